import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, doorIn } from "./api";
import { type Check, found, isSettled, UNTRIED, worstFault } from "./check";

const READY = { is: "ready" } as const;
const WELL: Check = { camera: READY, microphone: READY, sound: { is: "idle" }, network: READY };

test("the check is settled without an ear for the loudspeaker", () => {
  assert.equal(isSettled(UNTRIED), false);
  assert.equal(isSettled({ ...WELL, network: { is: "asking" } }), false);
  assert.equal(isSettled(WELL), true);
  assert.equal(isSettled({ ...WELL, camera: { is: "out", fault: "missing" } }), true);
});

test("help is given for what stops most", () => {
  assert.equal(worstFault(WELL), null);
  const check: Check = {
    ...WELL,
    camera: { is: "out", fault: "in_use" },
    network: { is: "out", fault: "no_relay" },
  };
  assert.deepEqual(worstFault(check), { device: "camera", fault: "in_use" });
  assert.deepEqual(worstFault({ ...check, microphone: { is: "out", fault: "denied" } }), {
    device: "microphone",
    fault: "denied",
  });
});

test("the clinic is told codes, and what was not tried is said to be so", () => {
  assert.deepEqual(found({ ...WELL, camera: { is: "out", fault: "denied" } }), {
    camera: "denied",
    microphone: "ok",
    sound: "not_tried",
    network: "ok",
  });
});

test("a form's own code comes before the general one", () => {
  assert.equal(codeOf({ code: "invalid", fields: { birth_date: "malformed" } }), "malformed");
  assert.equal(codeOf({ code: "too_many" }), "too_many");
  assert.equal(codeOf({}), "other");
});

test("only a door is taken for a door", () => {
  assert.equal(doorIn({ door: { step: "check" } })?.step, "check");
  assert.equal(doorIn({ door: null }), null);
  assert.equal(doorIn({ to: "/m/x" }), null);
});
