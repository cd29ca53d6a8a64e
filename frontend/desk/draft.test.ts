import assert from "node:assert/strict";
import { test } from "node:test";
import { type Draft, type DraftEvent, foundAgain, isDue, isUnkept, next, toSend } from "./draft";

const EMPTY: Draft = { text: "", kept: "", version: 1, sent: null, at: "resting" };

function after(draft: Draft, ...events: DraftEvent[]): Draft {
  return events.reduce(next, draft);
}

test("what was typed is due until it is kept", () => {
  const typed = after(EMPTY, { type: "typed", text: "Hoste" });
  assert.equal(isDue(typed), true);
  const kept = after(typed, { type: "sent" }, { type: "kept", text: "Hoste", version: 2 });
  assert.equal(isUnkept(kept), false);
  assert.equal(kept.version, 2);
});

test("what is typed while a save is on its way is due afterwards", () => {
  const during = after(
    EMPTY,
    { type: "typed", text: "Hoste" },
    { type: "sent" },
    { type: "typed", text: "Hoste og feber" },
  );
  assert.equal(isDue(during), false);
  const kept = after(during, { type: "kept", text: "Hoste", version: 2 });
  assert.equal(isDue(kept), true);
});

test("a save that failed is tried again, and nothing is lost", () => {
  const failed = after(EMPTY, { type: "typed", text: "Hoste" }, { type: "sent" }, { type: "failed" });
  assert.equal(failed.text, "Hoste");
  assert.equal(isDue(failed), true);
});

test("a note that was written in from elsewhere is not written over", () => {
  const overtaken = after(EMPTY, { type: "typed", text: "Hoste" }, { type: "sent" }, { type: "overtaken" });
  assert.equal(isDue(overtaken), false);
  assert.equal(isUnkept(overtaken), true);
  assert.equal(after(overtaken, { type: "kept", text: "x", version: 9 }).version, 1);
});

test("what got no answer is sent once more before what came after it", () => {
  const failed = after(
    EMPTY,
    { type: "typed", text: "Ho" },
    { type: "sent" },
    { type: "typed", text: "Hoste" },
    { type: "failed" },
  );
  assert.equal(toSend(failed), "Ho");
  const kept = after(failed, { type: "sent" }, { type: "kept", text: "Ho", version: 2 });
  assert.equal(isDue(kept), true);
  assert.equal(toSend(kept), "Hoste");
});

test("who is signed out loses nothing, and goes on when signed in again", () => {
  const out = after(EMPTY, { type: "typed", text: "Hoste" }, { type: "sent" }, { type: "signed_out" });
  assert.equal(isUnkept(out), true);
  assert.equal(isDue(out), true);
});

test("words that were left behind are gone on with only where the server has what they were written on", () => {
  const found = { text: "Hoste og feber", base: "Hoste", sent: "Hoste og" };
  assert.equal(foundAgain("Hoste og feber", found), "kept");
  assert.equal(foundAgain("Hoste", found), "ours");
  assert.equal(foundAgain("Hoste og", found), "ours");
  assert.equal(foundAgain("Ho", found), "ours");
  assert.equal(foundAgain("Noe fra et annet vindu", found), "apart");
});
