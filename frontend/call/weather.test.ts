import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FAIR_WEATHER,
  nextWeather,
  pictureOn,
  qualityOf,
  type Second,
  steady,
  type Weather,
} from "./weather";

const CLEAR: Second = {
  sendable: 2500,
  lost: 0,
  concealed: 0,
  roundTrip: 0.03,
  framesPerSecond: 30,
  alive: true,
};

function after(weather: Weather, seconds: number, second: Partial<Second>): Weather {
  let now = weather;
  for (let i = 0; i < seconds; i++) now = nextWeather(now, { ...CLEAR, ...second });
  return now;
}

test("a good network carries the whole picture and redundant sound", () => {
  const weather = after(FAIR_WEATHER, 60, {});
  assert.equal(weather.step, "full");
  assert.equal(weather.redundant, true);
});

test("one bad second changes no picture, two do", () => {
  assert.equal(after(FAIR_WEATHER, 1, { sendable: 250 }).step, "full");
  assert.equal(after(FAIR_WEATHER, 2, { sendable: 250 }).step, "low");
  assert.equal(after(FAIR_WEATHER, 2, { sendable: 400 }).step, "reduced");
});

test("under what a picture needs, sound goes alone and plain", () => {
  const clear = after(FAIR_WEATHER, 1, {});
  const weather = after(clear, 3, { sendable: 60, roundTrip: 0.4 });
  assert.equal(weather.step, "paused");
  assert.equal(weather.redundant, false);
});

test("packets lost at random are no reason to drop what makes up for them", () => {
  assert.equal(after(FAIR_WEATHER, 20, { sendable: 60, lost: 0.2 }).redundant, true);
  const full = after(after(FAIR_WEATHER, 1, {}), 3, { sendable: 60, lost: 0.1, roundTrip: 0.4 });
  assert.equal(full.redundant, false);
});

test("the picture comes back by itself, step by step", () => {
  const paused = after(FAIR_WEATHER, 3, { sendable: 60 });
  const tried = after(paused, 30, {});
  assert.notEqual(tried.step, "paused");
  assert.equal(after(tried, 30, {}).step, "full");
  assert.equal(after(tried, 30, {}).redundant, true);
});

test("a network that stays bad is tried more and more seldom", () => {
  let weather = FAIR_WEATHER;
  let tries = 0;
  for (let i = 0; i < 300; i++) {
    const before = weather.step;
    weather = nextWeather(weather, { ...CLEAR, sendable: 60 });
    if (before === "paused" && weather.step === "low") tries += 1;
  }
  assert.ok(tries >= 2, `tried ${tries} times`);
  assert.ok(tries <= 12, `tried ${tries} times`);
});

test("a network at the border does not swing", () => {
  let weather = FAIR_WEATHER;
  let changes = 0;
  for (let i = 0; i < 120; i++) {
    const before = weather.step;
    weather = nextWeather(weather, { ...CLEAR, sendable: i % 2 ? 640 : 760 });
    if (weather.step !== before) changes += 1;
  }
  assert.ok(changes <= 1, `changed ${changes} times`);
});

test("a browser that says nothing about the network is left alone", () => {
  assert.deepEqual(after(FAIR_WEATHER, 10, { sendable: null }).step, "full");
});

test("four people together cost no more than two", () => {
  assert.ok(3 * pictureOn("full", 3).bitrate < 1.3 * pictureOn("full", 1).bitrate);
});

test("the grade says how it feels", () => {
  assert.equal(qualityOf(CLEAR), "good");
  assert.equal(qualityOf({ ...CLEAR, concealed: 0.05 }), "fair");
  assert.equal(qualityOf({ ...CLEAR, concealed: 0.2 }), "poor");
  assert.equal(qualityOf({ ...CLEAR, roundTrip: 1 }), "poor");
  assert.equal(qualityOf({ ...CLEAR, alive: false }), "none");
});

test("a grade falls at once and rises after three seconds", () => {
  assert.equal(steady("good", ["poor"]), "poor");
  assert.equal(steady("poor", ["poor", "good", "good"]), "poor");
  assert.equal(steady("poor", ["good", "good", "good"]), "good");
  assert.equal(steady("unknown", ["good"]), "good");
});
