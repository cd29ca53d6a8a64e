import assert from "node:assert/strict";
import { test } from "node:test";
import { heard, isStale, type Pulse, readLive, restFor } from "./live";

const OPEN = {
  state: "open",
  headline: "Drop-in er åpent nå",
  detail: "3 venter nå.",
  may_enter: true,
} as const;
const NOTHING: Pulse = { live: null, missed: 0 };

test("an answer that lacks what is shown is no answer", () => {
  assert.deepEqual(readLive({ ...OPEN, waiting: 3 }), OPEN);
  for (const content of [null, "x", {}, { ...OPEN, headline: 3 }, { ...OPEN, may_enter: "yes" }]) {
    assert.equal(readLive(content), null);
  }
});

test("a silence keeps what was known until it is said to be old", () => {
  let pulse = heard(NOTHING, OPEN);
  pulse = heard(heard(pulse, null), null);
  assert.equal(pulse.live, OPEN);
  assert.equal(isStale(pulse), false);
  pulse = heard(pulse, null);
  assert.equal(isStale(pulse), true);
  assert.equal(isStale(heard(pulse, OPEN)), false);
});

test("a server that does not answer is asked less and less often, but always again", () => {
  const silent = (missed: number): Pulse => ({ live: null, missed });
  assert.equal(restFor(NOTHING, 5), 5);
  assert.ok(restFor(silent(2), 5) > restFor(silent(1), 5));
  assert.equal(restFor(silent(100), 5), 60);
  assert.equal(restFor(silent(0), 90), 90);
});
