import assert from "node:assert/strict";
import { test } from "node:test";
import { type Desk, isKey, minutesSince, newcomers, next, titleOf } from "./day";

const PLAIN = { key: "s", ctrlKey: false, altKey: false, metaKey: false, repeat: false };

test("one press goes from the row to the conversation", () => {
  let desk: Desk = { at: "day" };
  desk = next(desk, { type: "pressed", arrival: "a" });
  desk = next(desk, { type: "admitted", consultation: "c" });
  assert.deepEqual(desk, { at: "talking", consultation: "c" });
});

test("a second press while the first is on its way does nothing", () => {
  const desk = next({ at: "day" }, { type: "pressed", arrival: "a" });
  assert.equal(next(desk, { type: "pressed", arrival: "b" }), desk);
});

test("who was refused is back at the day and may press again", () => {
  const refused = next({ at: "admitting", arrival: "a" }, { type: "refused" });
  assert.deepEqual(next(refused, { type: "pressed", arrival: "b" }), { at: "admitting", arrival: "b" });
});

test("nothing takes a clinician out of a conversation", () => {
  const talking: Desk = { at: "talking", consultation: "c" };
  for (const event of [
    { type: "pressed", arrival: "a" },
    { type: "admitted", consultation: "d" },
    { type: "refused" },
  ] as const) {
    assert.equal(next(talking, event), talking);
  }
});

test("only those who did not wait before are new", () => {
  assert.deepEqual(newcomers(new Set(["a"]), ["a", "b"]), ["b"]);
  assert.deepEqual(newcomers(new Set(["a"]), ["a"]), []);
});

test("the title counts, and never names anybody", () => {
  assert.equal(titleOf("Dagen", 0, "Noen venter"), "Dagen");
  assert.equal(titleOf("Dagen", 2, null), "(2) Dagen");
  assert.equal(titleOf("Dagen", 2, "Noen venter"), "(2) Noen venter");
});

test("minutes are whole and never negative", () => {
  const then = "2026-11-24T09:00:00Z";
  assert.equal(minutesSince(then, Date.parse("2026-11-24T09:03:59Z")), 3);
  assert.equal(minutesSince(then, Date.parse("2026-11-24T08:59:00Z")), 0);
});

test("the key lets somebody in only when it was meant to", () => {
  assert.equal(isKey(PLAIN, "s", false), true);
  assert.equal(isKey({ ...PLAIN, key: "S" }, "s", false), true);
  assert.equal(isKey(PLAIN, "s", true), false);
  assert.equal(isKey({ ...PLAIN, ctrlKey: true }, "s", false), false);
  assert.equal(isKey({ ...PLAIN, repeat: true }, "s", false), false);
  assert.equal(isKey({ ...PLAIN, key: "a" }, "s", false), false);
});
