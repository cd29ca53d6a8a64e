import assert from "node:assert/strict";
import { test } from "node:test";
import { isBlinking } from "./face";
import { answerTo, isOutOfPatience, playing, STEPS } from "./script";
import { timeFor } from "./voice";

test("the patient plays the first step that is neither done nor passed over", () => {
  assert.equal(playing([], []), "waiting");
  assert.equal(playing(["waiting", "questions"], []), "identity");
  assert.equal(playing(["waiting", "identity"], ["questions"]), "network");
  assert.equal(playing(STEPS, []), null);
});

test("what was forgotten never stops the practice, and the end is the clinician's alone", () => {
  for (const step of STEPS) {
    assert.equal(isOutOfPatience(step, 10_000), !["waiting", "end", "close_out"].includes(step), step);
    assert.equal(isOutOfPatience(step, 1), false);
  }
});

test("exactly one control question has a red answer", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(answerTo), ["a", "c", "a", "a", "a", "a"]);
});

test("eyes are open nearly all the time, and words take their time", () => {
  const shut = Array.from({ length: 1000 }, (_, at) => isBlinking(at / 10)).filter(Boolean).length;
  assert.ok(shut > 10 && shut < 120, String(shut));
  assert.ok(timeFor("Hei") < timeFor("Hei, jeg heter Nora Øvesen"));
  assert.ok(timeFor("x".repeat(1000)) <= 8);
});
