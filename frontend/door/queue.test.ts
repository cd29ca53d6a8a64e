import assert from "node:assert/strict";
import { test } from "node:test";
import type { DoorView } from "./door";
import {
  aheadWords,
  holdWords,
  isInQueue,
  isNewlyCalled,
  pushedWords,
  serversWords,
  toldWords,
  waitWords,
} from "./queue";

const VIEW: DoorView = {
  step: "waiting",
  invitation: "i",
  phone: "22 33 44 55",
  zone: "Europe/Oslo",
  opens_at: "2026-11-25T13:00:00Z",
  tries_left: 5,
  code_to: "",
  wrong: false,
  waiting_since: null,
  consultation: "",
  words: [],
  late_minutes: 0,
  late_answer: "",
  showing: "",
  wish: "",
  is_external: false,
  uses_text: false,
  along: [],
  place: 4,
  wait_low: 12,
  wait_high: 20,
  servers: 2,
  server_names: ["Kari Lie", "Ola By"],
  paused: 0,
  pushed: "",
  is_away: false,
  on_hold: false,
  hold_words: "",
  called_until: null,
  opening_name: "Drop-in",
  gone: "",
};

function view(changes: Partial<DoorView>): DoorView {
  return { ...VIEW, ...changes };
}

test("the wait is a range, and no number is made up where there is none", () => {
  assert.match(waitWords(VIEW), /12 til 20 minutter/);
  assert.equal(/\d/.test(waitWords(view({ servers: 0 }))), false);
  assert.equal(/\d/.test(waitWords(view({ servers: 0, paused: 1 }))), false);
  assert.equal(/\d/.test(waitWords(view({ wait_low: null, wait_high: null }))), false);
  assert.notEqual(waitWords(view({ servers: 0 })), waitWords(view({ servers: 0, paused: 1 })));
});

test("who is next is told so, and the others how many are before them", () => {
  assert.equal(aheadWords(view({ place: 1 })), "Du er den neste.");
  assert.equal(aheadWords(view({ place: 2 })), "Det er én foran deg.");
  assert.equal(aheadWords(view({ place: 9 })), "Det er 8 foran deg.");
});

test("who is at work is named, and nobody while nobody is", () => {
  const words = (...server_names: string[]): string =>
    serversWords(view({ servers: server_names.length, server_names }));
  assert.equal(words(), "");
  assert.equal(words("Kari Lie"), "Kari Lie tar imot fra køen.");
  assert.equal(words("Kari Lie", "Ola By", "Ida Vik"), "Kari Lie, Ola By og Ida Vik tar imot fra køen.");
});

test("a place that goes back has its reason, each its own", () => {
  const reasons = (["priority", "transferred_in", "missed_call"] as const).map((pushed) =>
    pushedWords(view({ pushed })),
  );
  assert.equal(new Set(reasons).size, 3);
  for (const reason of reasons) assert.ok(reason.length > 20);
  assert.equal(pushedWords(VIEW), "");
});

test("a code of the clinic becomes a sentence, and its own words are left as they are", () => {
  const told = (code: string, words = ""): string => toldWords({ at: "2026-11-24T09:00:00Z", code, words });
  const said = ["soon", "delayed", "urgent", "stay_close", "ready_camera", "closing_soon", "missed_call"].map(
    (code) => told(code),
  );
  assert.equal(new Set(said).size, 7);
  assert.equal(told("", "Vi åpner et vindu til."), "Vi åpner et vindu til.");
});

test("on hold there are always words", () => {
  assert.equal(
    holdWords(view({ on_hold: true, hold_words: "Jeg ringer et sykehus." })),
    "Jeg ringer et sykehus.",
  );
  assert.ok(holdWords(view({ on_hold: true })).length > 10);
});

test("the tone sounds once for a call", () => {
  const called = view({ called_until: "2026-11-24T09:10:00Z" });
  assert.equal(isNewlyCalled(VIEW, called), true);
  assert.equal(isNewlyCalled(called, called), false);
  assert.equal(isNewlyCalled(called, VIEW), false);
});

test("a booked hour has no place", () => {
  assert.equal(isInQueue(view({ place: 0 })), false);
});
