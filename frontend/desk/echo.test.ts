import assert from "node:assert/strict";
import { test } from "node:test";
import { ECHO_FROM, ECHO_UNTIL, excessOf, judge, PITCH, strengthOf } from "./echo";

const RATE = 48_000;

/** A window of what a microphone hears: the tone at some strength, a hum, and noise. */
function heard(tone: number, noise = 0.01, hum = 0): Float32Array {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  return Float32Array.from(
    { length: 4096 },
    (_, place) =>
      tone * Math.sin((2 * Math.PI * PITCH * place) / RATE) +
      hum * Math.sin((2 * Math.PI * 200 * place) / RATE) +
      noise * 2 * random(),
  );
}

const windows = (tone: number, noise?: number, hum?: number): number[] =>
  Array.from({ length: 8 }, () => strengthOf(heard(tone, noise, hum), RATE));

test("a tone is measured at its own strength, and neither hum nor noise is taken for it", () => {
  assert.ok(Math.abs(strengthOf(heard(0.1, 0), RATE) - 0.1) < 0.005);
  assert.ok(strengthOf(heard(0, 0.02, 0.3), RATE) < 0.003);
});

test("a loudspeaker at twenty decibels below is an echo, and a headset is none", () => {
  assert.equal(judge({ on: windows(0.025, 0.01), off: windows(0, 0.01) }), "echo");
  assert.equal(judge({ on: windows(0, 0.01, 0.2), off: windows(0, 0.01, 0.2) }), "none");
});

test("a tone that goes on all the time is somebody else's", () => {
  assert.equal(judge({ on: windows(0.1), off: windows(0.1) }), "none");
});

test("a microphone that hears nothing at all proves nothing, and neither do too few windows", () => {
  assert.equal(judge({ on: [0, 0, 0, 0], off: [0, 0, 0, 0] }, "none"), "unmeasured");
  assert.equal(judge({ on: [1], off: [0] }), "unmeasured");
});

test("between the two borders what was found the last time stands", () => {
  const between = 10 ** ((ECHO_FROM + ECHO_UNTIL) / 2 / 20);
  const both = { on: Array(5).fill(0.01 * between), off: Array(5).fill(0.01) };
  const excess = excessOf(both) ?? 0;
  assert.ok(excess > ECHO_UNTIL && excess < ECHO_FROM);
  assert.equal(judge(both, "echo"), "echo");
  assert.equal(judge(both, "none"), "none");
});
