import assert from "node:assert/strict";
import { test } from "node:test";
import { type Along, alongWords, questionAbout, shownAlong } from "./along";

const LIV: Along = {
  id: "l",
  name: "Liv Berge",
  role: "relative",
  spoken: "",
  answer: "",
  is_agreed: false,
  is_settled: false,
  status: "waiting",
};

test("who was not answered about is asked about", () => {
  assert.equal(questionAbout(LIV), "ask");
  assert.match(alongWords(LIV), /Liv Berge \(pårørende\) venter utenfor. Kan Liv Berge være med/);
  assert.match(alongWords({ ...LIV, status: "" }), /er invitert/);
});

test("an agreement says yes, and a no can still be said", () => {
  assert.equal(questionAbout({ ...LIV, answer: "yes", is_agreed: true }), "yes");
  assert.match(alongWords({ ...LIV, answer: "yes", is_agreed: true }), /avtalt før/);
  assert.equal(questionAbout({ ...LIV, answer: "no" }), "no");
});

test("what the clinician has decided, and who is let in, is not asked any more", () => {
  assert.equal(questionAbout({ ...LIV, answer: "no", is_settled: true }), "settled");
  assert.equal(questionAbout({ ...LIV, answer: "yes", status: "admitted" }), "in");
});

test("the picture is covered only for somebody who waits and was not answered about", () => {
  const along = [LIV, { ...LIV, id: "m", answer: "yes" as const }, { ...LIV, id: "n", status: "" }];
  assert.deepEqual(
    shownAlong("talk", along).map((one) => one.id),
    ["l"],
  );
  assert.equal(shownAlong("waiting", along).length, 3);
  assert.equal(shownAlong("check", along).length, 0);
});

test("an interpreter is named with the language", () => {
  assert.match(alongWords({ ...LIV, role: "interpreter", spoken: "arabisk" }), /\(tolk, arabisk\)/);
});
