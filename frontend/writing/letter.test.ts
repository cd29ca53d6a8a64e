import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, isDue, isEmpty, isSame, isUnkept, type Letter, next } from "./letter";

const RESTING: Letter = { words: EMPTY, kept: EMPTY, at: "resting" };
const words = (text: string, ...answers: string[]) => ({ text, answers });

test("what is typed is due until the server has it", () => {
  const typed = next(RESTING, { type: "typed", words: words("Det klør") });
  assert.ok(isDue(typed));
  const saving = next(typed, { type: "saving" });
  assert.ok(!isDue(saving));
  const more = next(saving, { type: "typed", words: words("Det klør mer") });
  const kept = next(more, { type: "kept", words: words("Det klør") });
  assert.ok(isDue(kept));
  assert.ok(!isUnkept(next(kept, { type: "kept", words: words("Det klør mer") })));
});

test("a lost network leaves the words where they are, and they are due again", () => {
  const typed = next(RESTING, { type: "typed", words: words("Det klør") });
  const failed = next(next(typed, { type: "saving" }), { type: "failed" });
  assert.equal(failed.words.text, "Det klør");
  assert.ok(isDue(failed));
});

test("an answer that was left empty is the same as one that was never there", () => {
  assert.ok(isSame(words("", ""), EMPTY));
  assert.ok(!isSame(words("", "", "ja"), EMPTY));
  assert.ok(isEmpty(words("  ", "\n")));
});

test("what is being sent is not saved beside it, and sent leaves an empty letter", () => {
  const sending = next(next(RESTING, { type: "typed", words: words("Hei") }), { type: "sending" });
  assert.ok(!isDue(sending));
  assert.equal(next(sending, { type: "saving" }).at, "sending");
  assert.deepEqual(next(sending, { type: "sent" }), RESTING);
});

test("when the case is over nothing is saved any more and nothing typed goes away", () => {
  const over = next(next(RESTING, { type: "typed", words: words("Hei") }), { type: "over" });
  assert.ok(!isDue(over));
  assert.equal(next(over, { type: "failed" }).at, "over");
  assert.equal(over.words.text, "Hei");
});
