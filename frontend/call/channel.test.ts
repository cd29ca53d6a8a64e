import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Channel, Joined } from "../shared/frames";
import { type ConversationState, firstState, next } from "./call";
import { ChannelKeeper } from "./channel";

const DONE: Answer = { type: "done", re: 1 };
const AWAY: Answer = { type: "refused", re: 1, code: "not_connected" };

function a_talk(): ConversationState {
  const frame: Joined = {
    type: "joined",
    re: 1,
    you: "kari",
    role: "clinician",
    version: 1,
    channel: "video",
    roster: [
      {
        participant: "ola",
        role: "patient",
        name: "Ola",
        present: true,
        epoch: "e1",
        offers: true,
        yields: false,
      },
    ],
    ice: { servers: [], relay_only: false, expires_at: null },
    clinic: { phone: "" },
    engine: { kind: "mesh", supplier: "", host: "" },
    uses_text: false,
    phone_asked: false,
  };
  const joined = next(firstState({}), { type: "joined", frame, now: 0 });
  return next(joined, { type: "media", participant: "ola", media: "connected", now: 0 });
}

function a_keeper(answer: () => Answer = () => DONE) {
  const told: [Channel, boolean][] = [];
  const at = { state: a_talk() };
  const keeper = new ChannelKeeper({
    state: () => at.state,
    ask: async (channel, measured) => {
      told.push([channel, measured]);
      const said = answer();
      if (said.type === "done") at.state = next(at.state, { type: "channel", channel });
      return said;
    },
  });
  const look = async (from: number, to: number): Promise<void> => {
    for (let second = from; second <= to; second++) {
      keeper.look(second * 1000);
      await Promise.resolve();
    }
  };
  const weak = (on: boolean): void => {
    const { own } = at.state;
    at.state = next(at.state, { type: "own", own: { ...own, paused: on } });
    at.state = next(at.state, {
      type: "frame",
      frame: { type: "state", from: "ola", ...own, paused: on },
      now: 0,
    });
  };
  return { keeper, told, at, look, weak };
}

test("what the network does is in the record when it has lasted, and so is the way back", async () => {
  const { told, look, weak } = a_keeper();
  weak(true);
  await look(0, 14);
  assert.deepEqual(told, []);
  await look(15, 40);
  assert.deepEqual(told, [["sound", true]]);
  weak(false);
  await look(41, 55);
  assert.equal(told.length, 1);
  await look(56, 60);
  assert.deepEqual(told, [
    ["sound", true],
    ["video", true],
  ]);
});

test("a network that swings leaves no trace", async () => {
  const { told, look, weak } = a_keeper();
  for (let turn = 0; turn < 10; turn++) {
    weak(turn % 2 === 0);
    await look(turn * 12, turn * 12 + 11);
  }
  assert.deepEqual(told, []);
});

test("what somebody chose is told after five seconds, as a choice", async () => {
  const { told, look, at } = a_keeper();
  at.state = next(at.state, { type: "own", own: { picture: false, camera: false }, soundOnly: true });
  const theirs = { ...at.state.own, picture: false, camera: false };
  at.state = next(at.state, { type: "frame", frame: { type: "state", from: "ola", ...theirs }, now: 0 });
  await look(0, 6);
  assert.deepEqual(told, [["sound", false]]);
});

test("the phone holds while the link is away, and is told when it is back", async () => {
  let said: Answer = AWAY;
  const { keeper, told, look } = a_keeper(() => said);
  assert.equal(await keeper.choose("phone"), null);
  assert.equal(keeper.wish, "phone");
  await look(0, 40);
  assert.equal(told.length, 1);
  said = DONE;
  assert.equal(await keeper.tell(), null);
  assert.equal(keeper.wish, null);
  assert.deepEqual(told.at(-1), ["phone", false]);
});

test("a refusal is told, and nothing is wished any more", async () => {
  const { keeper } = a_keeper(() => ({ type: "refused", re: 1, code: "over" }));
  assert.equal(await keeper.choose("phone"), "over");
  assert.equal(keeper.wish, null);
});
