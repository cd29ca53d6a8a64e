import assert from "node:assert/strict";
import { test } from "node:test";
import { type Health, remedyFor } from "./recovery";

const WELL: Health = {
  connection: "connected",
  signaling: "stable",
  everConnected: true,
  offers: true,
  reachable: true,
  unwellFor: 0,
  sinceOffer: 60_000,
  age: 60_000,
};
const SICK: Health = { ...WELL, connection: "disconnected", unwellFor: 1000 };

test("a connection that is well is left alone", () => {
  assert.equal(remedyFor(WELL), "none");
});

test("a broken path is mended by the side that offers, soon, and by the other only later", () => {
  assert.equal(remedyFor(SICK), "restart");
  assert.equal(remedyFor({ ...SICK, offers: false }), "none");
  assert.equal(remedyFor({ ...SICK, offers: false, unwellFor: 3000 }), "restart");
});

test("nothing is offered while nobody can hear it", () => {
  assert.equal(remedyFor({ ...SICK, reachable: false, unwellFor: 60_000 }), "none");
});

test("an offer that nobody answers is made again", () => {
  const pending: Health = { ...SICK, signaling: "have-local-offer" };
  assert.equal(remedyFor({ ...pending, sinceOffer: 1000 }), "none");
  assert.equal(remedyFor({ ...pending, sinceOffer: 3500 }), "restart");
});

test("one restart gets time before the next", () => {
  assert.equal(remedyFor({ ...SICK, connection: "failed", sinceOffer: 2000 }), "none");
  assert.equal(remedyFor({ ...SICK, connection: "failed", sinceOffer: 5000 }), "restart");
});

test("the first connection is not disturbed while it is being made", () => {
  const fresh: Health = {
    ...SICK,
    connection: "connecting",
    everConnected: false,
    sinceOffer: 5000,
    age: 5000,
  };
  assert.equal(remedyFor({ ...fresh, unwellFor: 3000 }), "none");
  assert.equal(remedyFor({ ...fresh, unwellFor: 5000 }), "restart");
  assert.equal(remedyFor({ ...fresh, unwellFor: 5000, offers: false }), "none");
});

test("what nothing has helped is made anew by one side only", () => {
  const hopeless: Health = { ...SICK, connection: "failed", unwellFor: 20_000 };
  assert.equal(remedyFor(hopeless), "rebuild");
  assert.notEqual(remedyFor({ ...hopeless, offers: false }), "rebuild");
});

test("an offer made after a long silence gets its time before everything is thrown away", () => {
  const back: Health = { ...SICK, connection: "connecting", unwellFor: 40_000, sinceOffer: 500 };
  assert.equal(remedyFor(back), "none");
  assert.equal(remedyFor({ ...back, sinceOffer: 5000 }), "rebuild");
});
