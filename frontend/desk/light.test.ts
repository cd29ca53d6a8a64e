import assert from "node:assert/strict";
import { test } from "node:test";
import { lightOf } from "./light";

/** A picture of one brightness where the face is, and another around it. */
function picture(face: number, around: number): number[] {
  const pixels: number[] = [];
  for (let y = 0; y < 36; y++) {
    for (let x = 0; x < 64; x++) {
      const isFace = x >= 20 && x < 44 && y >= 6 && y < 30;
      const bright = isFace ? face : around;
      pixels.push(bright, bright, bright, 255);
    }
  }
  return pixels;
}

test("the light is judged by the face and what is around it", () => {
  assert.equal(lightOf(picture(140, 120), 64, 36), "ok");
  assert.equal(lightOf(picture(30, 25), 64, 36), "dark");
  assert.equal(lightOf(picture(60, 220), 64, 36), "backlit");
  assert.equal(lightOf(picture(254, 150), 64, 36), "bright");
});

test("a white wall behind a lit face is no light from behind", () => {
  assert.equal(lightOf(picture(170, 235), 64, 36), "ok");
});
