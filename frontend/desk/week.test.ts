import assert from "node:assert/strict";
import { test } from "node:test";
import { carry, clock, type Hand, meaning, next, snapped, stretch } from "./week";

const MORNING = { day: 0, from: 540, to: 720 };
const RESTING: Hand = { at: "resting" };

function held(): Hand {
  return next(RESTING, { type: "lifted", key: "a", place: MORNING });
}

test("what is carried keeps its length, within the day and the week", () => {
  assert.deepEqual(carry(MORNING, 2, 30), { day: 2, from: 570, to: 750 });
  assert.deepEqual(carry(MORNING, -1, -2000), { day: 0, from: 0, to: 180 });
  assert.deepEqual(carry(MORNING, 9, 2000), { day: 6, from: 1260, to: 1440 });
});

test("the end never comes before the beginning", () => {
  assert.deepEqual(stretch(MORNING, 30), { day: 0, from: 540, to: 750 });
  assert.deepEqual(stretch(MORNING, -500), { day: 0, from: 540, to: 555 });
});

test("what was lifted, moved and put is sent once", () => {
  const moved = next(held(), { type: "carried", days: 1, minutes: 0 });
  const putting = next(moved, { type: "put" });
  assert.equal(putting.at, "putting");
  assert.equal(next(putting, { type: "put" }), putting);
  assert.equal(next(putting, { type: "carried", days: 1, minutes: 0 }), putting);
  assert.deepEqual(next(putting, { type: "settled" }), RESTING);
});

test("what was put back where it lay is not sent", () => {
  assert.deepEqual(next(held(), { type: "put" }), RESTING);
});

test("escape lets go, and a second thing is not lifted beside the first", () => {
  assert.deepEqual(next(held(), { type: "dropped" }), RESTING);
  const one = held();
  assert.equal(next(one, { type: "lifted", key: "b", place: MORNING }), one);
});

test("keys mean what a hand would do", () => {
  assert.deepEqual(meaning({ key: "ArrowRight", shiftKey: false }), { type: "carried", days: 1, minutes: 0 });
  assert.deepEqual(meaning({ key: "ArrowUp", shiftKey: true }), { type: "stretched", minutes: -15 });
  assert.deepEqual(meaning({ key: "Escape", shiftKey: false }), { type: "dropped" });
  assert.equal(meaning({ key: "a", shiftKey: false }), null);
});

test("times are whole steps and read as a clock", () => {
  assert.equal(snapped(547), 540);
  assert.equal(snapped(548), 555);
  assert.equal(clock(545), "09:05");
  assert.equal(clock(1440), "23:59");
});
