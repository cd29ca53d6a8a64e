import assert from "node:assert/strict";
import { test } from "node:test";
import type { Equipment, Joined, News } from "../shared/frames";
import {
  bannerOf,
  type CallEvent,
  type ConversationState,
  channelInUse,
  firstState,
  isMeasured,
  isMediaClosed,
  isOver,
  next,
  phoneOf,
} from "./call";

const EQUIPMENT: Equipment = {
  camera: true,
  microphone: true,
  sharing: false,
  picture: true,
  paused: false,
  captions: false,
  speech: false,
  quality: "good",
};
const OLA = {
  participant: "ola",
  role: "patient",
  name: "Ola Hansen",
  epoch: "e1",
  offers: true,
  yields: false,
} as const;

function joined(...roster: Joined["roster"][number][]): CallEvent {
  const frame: Joined = {
    type: "joined",
    re: 1,
    you: "kari",
    role: "clinician",
    version: 3,
    channel: "video",
    roster,
    ice: { servers: [], relay_only: false, expires_at: null },
    clinic: { phone: "55 55 01 00" },
    engine: { kind: "mesh", supplier: "", host: "" },
    uses_text: false,
    phone_asked: false,
  };
  return { type: "joined", frame, now: 0 };
}

function news(frame: News, now = 0): CallEvent {
  return { type: "frame", frame, now };
}

function media(value: "connecting" | "connected" | "lost", now = 0): CallEvent {
  return { type: "media", participant: "ola", media: value, now };
}

function after(...events: CallEvent[]): ConversationState {
  return events.reduce(next, firstState({}));
}

const TOGETHER = [joined({ ...OLA, present: true }), media("connected")];

test("who is awaited is named", () => {
  const state = after(joined({ ...OLA, epoch: null, present: false }));
  assert.deepEqual(bannerOf(state), { is: "alone", names: ["Ola Hansen"] });
});

test("together there is nothing to say", () => {
  assert.deepEqual(bannerOf(after(...TOGETHER)), { is: "none" });
});

test("a server that is away is told quietly while people talk", () => {
  const state = after(...TOGETHER, { type: "link", link: "lost", now: 10 });
  assert.deepEqual(bannerOf(state), { is: "signalling" });
  assert.equal(state.troubleSince, null);
});

test("a lost person is waited for, and after ten seconds there is a number to ring", () => {
  const lost = after(...TOGETHER, media("lost", 1000));
  assert.equal(bannerOf(lost).is, "reconnecting");
  assert.equal(bannerOf(next(lost, { type: "tick", now: 10_999 })).is, "reconnecting");
  const overdue = next(lost, { type: "tick", now: 11_000 });
  assert.equal(bannerOf(overdue).is, "overdue");
  assert.equal(bannerOf(next(overdue, media("connected", 12_000))).is, "none");
});

test("a person who left is no trouble", () => {
  const state = after(...TOGETHER, news({ type: "absent", participant: "ola", left: true }));
  assert.equal(state.troubleSince, null);
  assert.equal(bannerOf(state).is, "alone");
});

test("a socket that is gone does not take the person away while their sound flows", () => {
  const state = after(...TOGETHER, news({ type: "absent", participant: "ola", left: false }));
  assert.equal(state.people[0]?.media, "connected");
});

test("a reload is a new page of the same person", () => {
  const state = after(
    ...TOGETHER,
    news({ type: "state", from: "ola", ...EQUIPMENT, camera: false }),
    news({ type: "present", ...OLA, epoch: "e2" }),
  );
  assert.equal(state.people.length, 1);
  assert.equal(state.people[0]?.epoch, "e2");
  assert.equal(state.people[0]?.media, "connecting");
  assert.equal(state.people[0]?.equipment.camera, true);
});

test("the roster after a reconnection leaves no ghost", () => {
  const randi = { ...OLA, participant: "randi", name: "Randi", present: true };
  const state = after(
    joined({ ...OLA, present: true }, randi),
    media("connected"),
    joined({ ...OLA, present: true }),
  );
  assert.deepEqual(
    state.people.map((one) => one.participant),
    ["ola"],
  );
  assert.equal(state.people[0]?.media, "connected");
});

test("the end is the end, whatever arrives late", () => {
  const ended = after(...TOGETHER, news({ type: "ended", by_role: "clinician", at: "now" }));
  assert.equal(isOver(ended), true);
  for (const event of [...TOGETHER, { type: "refused", code: "elsewhere" } as const]) {
    assert.equal(next(ended, event), ended);
  }
});

test("a refusal says why, and another tab can be moved from", () => {
  assert.deepEqual(after({ type: "refused", code: "room_full" }).place, { at: "refused", code: "room_full" });
  const elsewhere = after({ type: "refused", code: "elsewhere" });
  assert.equal(elsewhere.place.at, "elsewhere");
  assert.equal(next(elsewhere, joined()).place.at, "in");
});

test("the channel is what is really used", () => {
  assert.equal(channelInUse(after(joined({ ...OLA, present: true }))), null);
  assert.equal(channelInUse(after(...TOGETHER)), "video");
  const blind = news({ type: "state", from: "ola", ...EQUIPMENT, camera: false });
  assert.equal(channelInUse(after(...TOGETHER, blind)), "video");
  const both = after(...TOGETHER, blind, { type: "own", own: { camera: false } });
  assert.equal(channelInUse(both), "sound");
  const deaf = news({ type: "state", from: "ola", ...EQUIPMENT, camera: false, picture: false });
  assert.equal(channelInUse(after(...TOGETHER, deaf)), "sound");
});

test("what others write is counted until it is read", () => {
  const state = after(...TOGETHER, news({ type: "text", from: "ola", words: "Hei", at: "" }));
  assert.equal(state.unread, 1);
  assert.equal(state.lines[0]?.from, "Ola Hansen");
  assert.equal(next(state, { type: "read" }).unread, 0);
});

test("sound that nobody understands offers the phone within fifteen seconds, and silence is noticed after three", () => {
  const silent = after(...TOGETHER, { type: "quality", participant: "ola", quality: "none" });
  const at = (now: number) => next(next(silent, { type: "tick", now: 3000 }), { type: "tick", now });
  assert.equal(bannerOf(at(4000)).is, "reconnecting");
  assert.equal(phoneOf(at(12_999)), "none");
  assert.equal(phoneOf(at(13_000)), "offered");
  const back = next(at(14_000), { type: "quality", participant: "ola", quality: "fair" });
  assert.equal(phoneOf(next(back, { type: "tick", now: 15_000 })), "none");
});

test("a microphone that is off is no silence of the network", () => {
  const muted = news({ type: "state", from: "ola", ...EQUIPMENT, microphone: false });
  const quiet = after(...TOGETHER, muted, { type: "quality", participant: "ola", quality: "none" });
  assert.equal(phoneOf(next(next(quiet, { type: "tick", now: 1 }), { type: "tick", now: 60_000 })), "none");
});

test("sound alone is told to both as the network's doing, or as somebody's choice", () => {
  const theirs = news({ type: "state", from: "ola", ...EQUIPMENT, paused: true });
  const mine: CallEvent = { type: "own", own: { paused: true } };
  assert.equal(channelInUse(after(...TOGETHER, theirs)), "video");
  assert.equal(bannerOf(after(...TOGETHER, mine)).is, "paused");
  const both = after(...TOGETHER, theirs, mine);
  assert.equal(channelInUse(both), "sound");
  assert.equal(isMeasured(both), true);
  assert.equal(bannerOf(both).is, "sound");
  const chosen = news({ type: "state", from: "ola", ...EQUIPMENT, camera: false, picture: false });
  assert.equal(isMeasured(after(...TOGETHER, chosen)), false);
});

test("on the phone nothing is measured and nothing is missed", () => {
  const called = after(...TOGETHER, { type: "phone_asked" }, { type: "channel", channel: "phone" });
  assert.equal(isMediaClosed(called), true);
  assert.equal(channelInUse(called), null);
  assert.deepEqual([phoneOf(called), called.phoneAsked], ["in_use", false]);
  const cut = next(next(called, { type: "media", participant: "ola", media: "none", now: 0 }), {
    type: "link",
    link: "lost",
    now: 0,
  });
  assert.equal(next(cut, { type: "tick", now: 90_000 }).overdue, false);
  assert.equal(phoneOf(next(called, news({ type: "channel", channel: "video" }))), "none");
});

test("who would rather be rung is heard until somebody rings", () => {
  assert.equal(phoneOf(after(...TOGETHER, news({ type: "phone_asked" }))), "asked");
});

test("in another solution nothing of picture and sound is ours", () => {
  const engine = { kind: "external", supplier: "Join", host: "join.example" } as const;
  const event = joined({ ...OLA, present: true });
  if (event.type !== "joined") throw new Error();
  const away = after({ ...event, frame: { ...event.frame, engine } });
  assert.equal(isMediaClosed(away), true);
  assert.equal(bannerOf(away).is, "none");
});

test("who was given up by the server and not heard is offered the phone all the same", () => {
  const gone = news({ type: "absent", participant: "ola", left: false });
  const cut = after(...TOGETHER, media("lost", 3000), gone);
  assert.equal(phoneOf(next(cut, { type: "tick", now: 13_000 })), "offered");
  const left = after(
    ...TOGETHER,
    media("lost", 3000),
    news({ type: "absent", participant: "ola", left: true }),
  );
  assert.equal(phoneOf(next(left, { type: "tick", now: 60_000 })), "none");
});
