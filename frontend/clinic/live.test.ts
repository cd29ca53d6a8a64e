import assert from "node:assert/strict";
import { test } from "node:test";
import { heard, isStale, readLive, readSlots, restFor, retryIn } from "./live";

const MONDAY = { day: "mandag 23. november", is_today: true, times: ["09:00–12:00"], why: "" };
const OPEN = {
  state: "open",
  headline: "Drop-in er åpent nå",
  detail: "3 venter nå.",
  may_enter: true,
  may_book: false,
  hours: [MONDAY],
} as const;
const EIGHT = { name: "202611260700-x", on: "2026-11-26", day: "torsdag", time: "08:00", who: "Kari" };
const FRESH = { missed: 0 };

test("an answer that lacks what is shown is no answer", () => {
  assert.deepEqual(readLive({ ...OPEN, type: "now", waiting: 3 }), OPEN);
  const broken = [{ headline: 3 }, { may_enter: "yes" }, { may_book: null }, { hours: [{ day: "x" }] }];
  for (const content of [null, "x", {}, ...broken.map((part) => ({ ...OPEN, ...part }))]) {
    assert.equal(readLive(content), null);
  }
});

test("free hours come whole, or as what went and what came", () => {
  assert.deepEqual(readSlots({ mark: "x", slots: [EIGHT] }), { is: "whole", slots: [EIGHT] });
  assert.deepEqual(readSlots({ type: "slots_changed", gone: ["a"], come: [EIGHT] }), {
    is: "change",
    gone: ["a"],
    come: [EIGHT],
  });
  const broken = { ...EIGHT, who: 3 };
  for (const content of [null, {}, { slots: [broken] }, { type: "slots_changed", gone: [1], come: [] }]) {
    assert.equal(readSlots(content), null);
  }
});

test("what was known is not called old before it was asked for in vain three times", () => {
  let pulse = heard(heard(FRESH, false), false);
  assert.equal(isStale(pulse), false);
  pulse = heard(pulse, false);
  assert.equal(isStale(pulse), true);
  assert.equal(isStale(heard(pulse, true)), false);
});

test("a server that does not answer is asked less and less often, but always again", () => {
  assert.equal(restFor(FRESH, 5), 5);
  assert.ok(restFor({ missed: 2 }, 5) > restFor({ missed: 1 }, 5));
  assert.equal(restFor({ missed: 100 }, 5), 60);
  assert.equal(restFor(FRESH, 90), 90);
});

test("a socket is tried again soon, then seldom, and not by everybody at once", () => {
  assert.ok(retryIn(0, 1) < 3);
  assert.ok(retryIn(3, 0.5) > retryIn(1, 0.5));
  assert.ok(retryIn(100, 1) <= 90);
  assert.notEqual(retryIn(4, 0), retryIn(4, 1));
});
