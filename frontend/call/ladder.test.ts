import assert from "node:assert/strict";
import { test } from "node:test";
import { type Heard, type Ladder, nextRung, TOP } from "./ladder";

function after(ladder: Ladder, seconds: number, heard: Heard): Ladder {
  let now = ladder;
  for (let i = 0; i < seconds; i++) now = nextRung(now, heard);
  return now;
}

test("the picture is given up for the sound after four bad seconds, and not before", () => {
  assert.equal(after(TOP, 3, 0.4).wantsPicture, true);
  assert.equal(after(TOP, 4, 0.4).wantsPicture, false);
  assert.equal(after(after(TOP, 3, 0.4), 1, 0).wantsPicture, true);
  assert.equal(after(TOP, 60, 0.1).wantsPicture, true);
});

test("it comes back by itself after ten calm seconds", () => {
  const sound = after(TOP, 4, 0.4);
  assert.equal(after(sound, 9, 0).wantsPicture, false);
  assert.equal(after(sound, 10, 0).wantsPicture, true);
  assert.equal(after(after(sound, 9, 0), 1, 0.1).calm, 0);
});

test("each time that was too early it waits twice as long, a minute at most", () => {
  let ladder = TOP;
  const waits: number[] = [];
  for (let fall = 0; fall < 5; fall++) {
    ladder = after(ladder, 4, 0.4);
    let waited = 0;
    while (!ladder.wantsPicture) {
      ladder = nextRung(ladder, 0);
      waited += 1;
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [10, 20, 40, 60, 60]);
});

test("a picture that lasted is tried again early the next time", () => {
  const again = after(after(TOP, 4, 0.4), 10, 0);
  assert.equal(again.patience, 20);
  assert.equal(after(again, 30, 0).patience, 10);
});

test("where nobody can tell, nothing is changed", () => {
  assert.equal(after(TOP, 100, null).wantsPicture, true);
  assert.equal(after(after(TOP, 4, 0.4), 100, null).wantsPicture, false);
});
