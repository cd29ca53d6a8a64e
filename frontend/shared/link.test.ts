import assert from "node:assert/strict";
import { test } from "node:test";
import { isFinal, readFrame } from "./frames";
import { backOff, type Link, type LinkState, openLink } from "./link";

class FakeSocket {
  static made: FakeSocket[] = [];
  readonly sent: Record<string, unknown>[] = [];
  isClosed = false;
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.made.push(this);
  }

  static get last(): FakeSocket {
    const found = FakeSocket.made.at(-1);
    assert.ok(found);
    return found;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

function linked(): { link: Link; states: LinkState[]; end: AbortController } {
  FakeSocket.made = [];
  const end = new AbortController();
  const link = openLink("ws://x", {
    make: () => new FakeSocket() as unknown as WebSocket,
    delay: () => 100,
    signal: end.signal,
  });
  const states: LinkState[] = [];
  link.onState((state) => states.push(state));
  return { link, states, end };
}

test("a question is answered by the frame that carries its number", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { link } = linked();
  FakeSocket.last.onopen?.();
  const first = link.ask({ type: "ice" });
  const second = link.ask({ type: "step_out" });
  FakeSocket.last.say({ type: "done", re: 2 });
  FakeSocket.last.say({ type: "refused", re: 1, code: "not_found" });
  assert.deepEqual(await first, { type: "refused", re: 1, code: "not_found" });
  assert.deepEqual(await second, { type: "done", re: 2 });
});

test("a question to a link that is down is refused and never hangs", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { link } = linked();
  assert.equal((await link.ask({ type: "ice" })).type, "refused");
  FakeSocket.last.onopen?.();
  const asked = link.ask({ type: "ice" });
  FakeSocket.last.onclose?.({ code: 1006 });
  assert.deepEqual(await asked, { type: "refused", re: 2, code: "not_connected" });
  t.mock.timers.tick(100);
  FakeSocket.last.onopen?.();
  const patient = link.ask({ type: "ice" });
  t.mock.timers.tick(10_000);
  assert.equal((await patient).type, "refused");
});

test("a link on which a question stays unanswered is made anew, though it beats", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { link, states } = linked();
  const slow = FakeSocket.last;
  slow.onopen?.();
  const asked = link.ask({ type: "ice" });
  const other = link.ask({ type: "step_out" });
  slow.say({ type: "done", re: 2 });
  assert.equal((await other).type, "done");
  t.mock.timers.tick(9_900);
  slow.say({ type: "beat", every: 20 });
  assert.equal(states.at(-1)?.at, "open");
  t.mock.timers.tick(100);
  assert.deepEqual(await asked, { type: "refused", re: 1, code: "no_answer" });
  assert.equal(states.at(-1)?.at, "connecting");
  assert.equal(slow.isClosed, true);
  t.mock.timers.tick(100);
  assert.notEqual(FakeSocket.last, slow);
});

test("in a conversation silence of three seconds is a dead socket", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { states } = linked();
  FakeSocket.last.onopen?.();
  FakeSocket.last.say({ type: "beat", every: 1 });
  assert.deepEqual(FakeSocket.last.sent, [{ type: "beat" }]);
  t.mock.timers.tick(2500);
  assert.equal(states.at(-1)?.at, "open");
  const dead = FakeSocket.last;
  t.mock.timers.tick(200);
  assert.equal(states.at(-1)?.at, "connecting");
  assert.equal(dead.isClosed, true);
  t.mock.timers.tick(200);
  assert.equal(FakeSocket.made.length, 2);
});

test("while waiting twenty seconds between beats are no silence", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { states } = linked();
  FakeSocket.last.onopen?.();
  FakeSocket.last.say({ type: "beat", every: 20 });
  t.mock.timers.tick(45_000);
  assert.equal(states.at(-1)?.at, "open");
});

test("a final code is final, every other one is not", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const code of [4400, 4401, 4404, 4409, 4410]) {
    const { states } = linked();
    FakeSocket.last.onclose?.({ code });
    t.mock.timers.tick(60_000);
    assert.deepEqual(states.at(-1), { at: "closed", code });
    assert.equal(FakeSocket.made.length, 1);
  }
  for (const code of [1006, 1009, 1012, 4429]) {
    assert.equal(isFinal(code), false);
    linked();
    FakeSocket.last.onclose?.({ code });
    t.mock.timers.tick(101);
    assert.equal(FakeSocket.made.length, 2);
  }
});

test("an old socket that speaks late is not listened to", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { link, states } = linked();
  const old = FakeSocket.last;
  const late = old.onclose;
  link.renew();
  FakeSocket.last.onopen?.();
  late?.({ code: 4404 });
  assert.equal(states.at(-1)?.at, "open");
});

test("who ends the link ends it for good", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { end, states } = linked();
  end.abort();
  t.mock.timers.tick(60_000);
  assert.equal(states.at(-1)?.at, "closed");
  assert.equal(FakeSocket.made.length, 1);
});

test("in a conversation nobody waits three seconds to try again", () => {
  for (let attempt = 1; attempt < 50; attempt++) {
    assert.ok(backOff(attempt, true) <= 3300);
    assert.ok(backOff(attempt, false) <= 13_000);
  }
  assert.ok(backOff(1, true) < 300);
});

test("what is no frame of ours is nothing", () => {
  for (const text of [
    "",
    "null",
    "[]",
    '"beat"',
    '{"type":"toString"}',
    '{"type":"beat"}',
    '{"type":"done","re":"1"}',
  ]) {
    assert.equal(readFrame(text), null);
  }
  assert.deepEqual(readFrame('{"type":"beat","every":1}'), { type: "beat", every: 1 });
  assert.equal(readFrame('{"type":"day","more":1}')?.type, "day");
});

test("what is said to a socket that is just closing is dropped, and a question refused", async () => {
  const { link, end } = linked();
  FakeSocket.last.onopen?.();
  assert.equal(link.send({ type: "beat" }), true);
  FakeSocket.last.readyState = 2;
  assert.equal(link.send({ type: "beat" }), false);
  assert.deepEqual(await link.ask({ type: "ice" }), { type: "refused", re: 1, code: "not_connected" });
  assert.equal(FakeSocket.last.sent.length, 1);
  end.abort();
});
