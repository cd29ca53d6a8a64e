import assert from "node:assert/strict";
import { test } from "node:test";
import type { Equipment, Notice } from "../shared/frames";
import { EPOCH } from "../shared/marks";
import type { Person } from "./call";
import { FakeConnection, FakeStream } from "./fakes";
import { Ties } from "./ties";

class CountedConnection extends FakeConnection {
  static count = 0;

  constructor() {
    super();
    CountedConnection.count += 1;
  }
}
Object.assign(globalThis, { MediaStream: FakeStream, RTCPeerConnection: CountedConnection });

interface Side {
  readonly ties: Ties;
  readonly other: Person;
  readonly sent: Notice[];
}

function side(name: string, offers: boolean): Side {
  const other: Person = {
    participant: name,
    role: offers ? "patient" : "clinician",
    name,
    present: true,
    epoch: EPOCH,
    offers,
    yields: !offers,
    equipment: { picture: true } as Equipment,
    media: "connecting",
    quality: "unknown",
  };
  const sent: Notice[] = [];
  const lane = new FakeStream() as unknown as MediaStream;
  const ties = new Ties({
    prepared: { stream: null, certificate: null, connection: null, offers, lane },
    outgoing: () => ({ audio: null, video: null, stream: lane, sharing: false }),
    people: () => [other],
    send: (notice) => sent.push(notice),
    isOpen: () => true,
    dispatch: () => undefined,
  });
  return { ties, other, sent };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 80; i++) await Promise.resolve();
}

function deliver(notices: readonly Notice[], to: Side): void {
  for (const notice of notices) if (notice.type === "signal") to.ties.receive(to.other, notice.body);
}

/** Carries until nobody has anything more to say; how many connection objects that cost. */
async function carryOn(a: Side, b: Side): Promise<number> {
  const before = CountedConnection.count;
  for (let turn = 0; turn < 30; turn++) {
    await settled();
    const [from, back] = [a.sent.splice(0), b.sent.splice(0)];
    if (from.length + back.length === 0) return CountedConnection.count - before;
    deliver(from, b);
    deliver(back, a);
  }
  throw new Error("they never come to an end");
}

test("an answer that crosses a rebuilt connection does not set off another rebuilding, and another", async () => {
  const [kari, ola] = [side("ola", true), side("kari", false)];
  kari.ties.meet(kari.other);
  await carryOn(kari, ola);
  // She offers anew, he answers; before that answer comes she has thrown the connection away and offers with another.
  kari.ties.meet(kari.other);
  await settled();
  deliver(kari.sent.splice(0), ola);
  await settled();
  const late = ola.sent.splice(0);
  assert.ok(late.some((notice) => notice.type === "signal" && "description" in notice.body));
  kari.ties.drop("ola");
  kari.ties.meet(kari.other);
  await settled();
  deliver(late, kari);
  assert.equal(await carryOn(kari, ola), 1, "his one new object, and no more");
});

test("a new object at the other end is met with a new one at this end", async () => {
  const [kari, ola] = [side("ola", true), side("kari", false)];
  kari.ties.meet(kari.other);
  await carryOn(kari, ola);
  kari.ties.drop("ola");
  kari.ties.meet(kari.other);
  assert.equal(await carryOn(kari, ola), 1);
});
