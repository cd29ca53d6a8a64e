import assert from "node:assert/strict";
import { test } from "node:test";
import { current, helps, type Question } from "./questions";

const QUESTIONS: readonly Question[] = ["place", "safe", "worse"].map((name) => ({
  name,
  words: name,
  choices: [
    { code: "a", words: "Ja" },
    { code: "b", words: "Nei" },
  ],
}));

test("the first question without an answer stands on the screen", () => {
  assert.equal(current(QUESTIONS, [], null)?.name, "place");
  assert.equal(current(QUESTIONS, ["place"], null)?.name, "safe");
  assert.equal(current(QUESTIONS, ["place", "worse"], null)?.name, "safe");
});

test("when all are answered none is asked, and one can be changed", () => {
  const all = QUESTIONS.map((one) => one.name);
  assert.equal(current(QUESTIONS, all, null), null);
  assert.equal(current(QUESTIONS, all, "safe")?.name, "safe");
});

test("a question that is gone is not changed", () => {
  assert.equal(current(QUESTIONS, [], "gone")?.name, "place");
});

test("what must not be seen shows nothing that another answer does not", () => {
  for (const answer of ["a", "b", "c", "d"]) {
    assert.equal(helps("safe", answer), false);
    assert.equal(helps("company", answer), false);
  }
  assert.equal(helps("place", "b"), true);
});
