import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, chosen, NOTHING_CHOSEN, openChosen, pictureOf } from "../shared/chosen";
import { paceJudge } from "./blur";
import { type Clock, EVERY, LASTS, reminder } from "./look";

test("the reminder lights up for a while every so often, and only when it is switched on", () => {
  const lit: boolean[] = [];
  let act: (() => void) | null = null;
  let later: (() => void) | null = null;
  const clock: Clock = {
    every(ms, what) {
      assert.equal(ms, EVERY);
      act = what;
      return () => {
        act = null;
      };
    },
    after(ms, what) {
      assert.equal(ms, LASTS);
      later = what;
    },
  };
  const turn = reminder((isLit) => lit.push(isLit), clock);
  turn(false);
  assert.equal(act, null);
  turn(true);
  (act as (() => void) | null)?.();
  (later as (() => void) | null)?.();
  assert.deepEqual(lit, [false, false, true, false]);
  turn(false);
  assert.equal(act, null);
});

test("a machine that makes too few pictures is told so after three slow seconds, and not while it warms up", () => {
  const judge = paceJudge();
  assert.deepEqual([0, 3, 5, 9].map(judge), Array(4).fill("warming"));
  assert.deepEqual([20, 10, 10, 22, 8, 8, 8].map(judge), [
    "good",
    "good",
    "good",
    "good",
    "good",
    "good",
    "slow",
  ]);
});

test("what was chosen is remembered, and what cannot be read counts as not chosen", () => {
  const kept = new Map<string, string>();
  const keeper = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  };
  assert.deepEqual(chosen(keeper), NOTHING_CHOSEN);
  assert.equal(choose({ camera: "abc", quiet: false }, keeper).camera, "abc");
  assert.equal(chosen(keeper).quiet, false);
  for (const broken of ["{", "null", "7", '{"camera": 3}']) {
    kept.set("blikk.equipment", broken);
    assert.deepEqual(chosen(keeper), NOTHING_CHOSEN);
  }
});

test("a chosen device that is not there stops nothing", async () => {
  const wish = { ...NOTHING_CHOSEN, camera: "abc", microphone: "def", quiet: false };
  assert.equal(pictureOf(wish).facingMode, undefined);
  assert.equal(pictureOf(NOTHING_CHOSEN).facingMode, "user");
  const asked: unknown[] = [];
  const opened = await openChosen(wish, async (audio, video) => {
    asked.push([audio.deviceId, video.deviceId, audio.noiseSuppression]);
    const camera = video.deviceId ? ({ is: "out", fault: "missing" } as const) : ({ is: "ready" } as const);
    return { stream: null, camera, microphone: { is: "ready" } };
  });
  assert.deepEqual(asked, [
    [{ exact: "def" }, { exact: "abc" }, false],
    [undefined, undefined, false],
  ]);
  assert.equal(opened.camera.is, "ready");
});
