import assert from "node:assert/strict";
import { test } from "node:test";
import type { SignalBody } from "../shared/frames";
import { FakeConnection, FakeStream } from "./fakes";
import { following } from "./own";
import { connectPeer, type Peer, preferRedundancy } from "./peer";

interface Side {
  readonly peer: Peer;
  readonly connection: FakeConnection;
  readonly sent: SignalBody[];
  readonly troubles: string[];
}

function side(offers: boolean): Side {
  const connection = new FakeConnection();
  const sent: SignalBody[] = [];
  const troubles: string[] = [];
  const peer = connectPeer({
    connection: connection as unknown as RTCPeerConnection,
    offers,
    yields: !offers,
    outgoing: () => ({ audio: null, video: null, stream: new FakeStream() as unknown as MediaStream }),
    send: (body) => sent.push(body),
    isReachable: () => true,
    onState: () => undefined,
    onTrouble: (what, error) => troubles.push(`${what}: ${String(error)}`),
    onHopeless: () => undefined,
    signal: new AbortController().signal,
  });
  return { peer, connection, sent, troubles };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 60; i++) await Promise.resolve();
}

/** Carries what was sent, in order; what is dropped never arrives. */
async function carry(from: Side, to: Side, drop = false): Promise<void> {
  await settled();
  for (const body of from.sent.splice(0)) if (!drop) to.peer.receive(body);
  await settled();
}

function agree(a: Side, b: Side): void {
  assert.equal(a.connection.signalingState, "stable");
  assert.equal(b.connection.signalingState, "stable");
  const [offerer, answerer] = a.connection.localDescription?.type === "offer" ? [a, b] : [b, a];
  assert.equal(
    answerer.connection.localDescription?.sdp,
    `answer to ${offerer.connection.localDescription?.sdp}`,
  );
  assert.deepEqual([...a.troubles, ...b.troubles], []);
}

test("one offers, the other answers", async () => {
  const [kari, ola] = [side(true), side(false)];
  await carry(kari, ola);
  await carry(ola, kari);
  agree(kari, ola);
});

test("when both offer at once, the one who yields gives way", async () => {
  const [kari, ola] = [side(true), side(false)];
  await carry(kari, ola);
  await carry(ola, kari);
  kari.peer.resync(true);
  ola.peer.resync(true);
  await settled();
  // The other's offer is on its way already on both sides.
  const [hers, his] = [kari.sent.splice(0), ola.sent.splice(0)];
  for (const body of his) kari.peer.receive(body);
  for (const body of hers) ola.peer.receive(body);
  await settled();
  await carry(ola, kari);
  await carry(kari, ola);
  assert.equal(kari.connection.signalingState, "stable");
  assert.equal(ola.connection.signalingState, "stable");
});

test("a first offer that was lost is said again as it is, because rolling it back renumbers its lines", async () => {
  const [kari, ola] = [side(true), side(false)];
  await carry(kari, ola, true);
  const first = kari.connection.localDescription?.sdp;
  kari.peer.resync(false);
  await carry(kari, ola);
  await carry(ola, kari);
  agree(kari, ola);
  assert.equal(kari.connection.localDescription?.sdp, first);
});

test("a later offer that was lost is rolled back and made again with fresh credentials", async () => {
  const [kari, ola] = [side(true), side(false)];
  await carry(kari, ola);
  await carry(ola, kari);
  kari.peer.resync(true);
  await carry(kari, ola, true);
  const lost = kari.connection.localDescription?.sdp;
  kari.peer.resync(false);
  await carry(kari, ola);
  await carry(ola, kari);
  agree(kari, ola);
  assert.notEqual(kari.connection.localDescription?.sdp, lost);
  assert.match(String(kari.connection.localDescription?.sdp), /fresh/);
});

test("an answer to an offer that was rolled back is not taken for the new one's", async () => {
  const [kari, ola] = [side(true), side(false)];
  await carry(kari, ola);
  await carry(ola, kari);
  kari.peer.resync(true);
  await carry(kari, ola);
  const late = ola.sent.splice(0);
  kari.peer.resync(true);
  await settled();
  for (const body of late) kari.peer.receive(body);
  await settled();
  assert.equal(kari.connection.signalingState, "have-local-offer");
  await carry(kari, ola);
  await carry(ola, kari);
  agree(kari, ola);
});

test("candidates that come before the description wait for it", async () => {
  const ola = side(false);
  ola.peer.receive({
    candidate: { candidate: "early", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null },
  });
  await settled();
  assert.equal(ola.connection.candidates.length, 0);
  const kari = side(true);
  await carry(kari, ola);
  assert.equal(ola.connection.candidates.length, 1);
});

const SDP =
  "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n";

test("redundant sound is put first or last in what the other side takes", () => {
  assert.match(preferRedundancy(SDP, true), /SAVPF 63 111 9\r/);
  assert.match(preferRedundancy(preferRedundancy(SDP, true), false), /SAVPF 111 9 63\r/);
  const plain = SDP.replace(/a=rtpmap:63.*\r\n/, "");
  assert.equal(preferRedundancy(plain, true), plain);
});

test("the next device is the one after, round and round", () => {
  const two = [{ deviceId: "front" }, { deviceId: "back" }];
  assert.equal(following(two, "front"), "back");
  assert.equal(following(two, "back"), "front");
  assert.equal(following(two, undefined), "front");
  assert.equal(following(two.slice(1), "back"), null);
});
