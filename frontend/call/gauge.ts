/** Readings of a connection from getStats: one second's worth for the weather, and counters for tests and support. */

import type { Second } from "./weather";

interface Reading {
  readonly packetsReceived: number;
  readonly concealed: number;
  readonly samples: number;
  readonly sendable: number | null;
  readonly lost: number;
  readonly roundTrip: number | null;
  readonly framesPerSecond: number | null;
}

/** What `window.blikkStats()` shows of one connection. Counters only, nothing about persons. */
export interface Counters {
  connectionState: string;
  iceConnectionState: string;
  candidateType: string;
  framesDecoded: number;
  framesSent: number;
  audioLevel: number;
  totalAudioEnergy: number;
  packetsReceived: number;
  concealedSamples: number;
  totalSamplesReceived: number;
  audioBytesSent: number;
  audioPacketsSent: number;
  frameWidth: number;
}

type Row = Record<string, unknown> & { type: string };

function number(row: Row | undefined, name: string): number {
  const value = row?.[name];
  return typeof value === "number" ? value : 0;
}

async function rows(connection: RTCPeerConnection): Promise<Row[]> {
  const found: Row[] = [];
  try {
    (await connection.getStats()).forEach((row: Row) => {
      found.push(row);
    });
  } catch {
    // a connection that has just been closed has nothing to tell
  }
  return found;
}

function of(all: readonly Row[], type: string, kind?: string): Row | undefined {
  return all.find((row) => row.type === type && (kind === undefined || row["kind"] === kind));
}

function chosenPair(all: readonly Row[]): Row | undefined {
  const id = of(all, "transport")?.["selectedCandidatePairId"];
  const pairs = all.filter((row) => row.type === "candidate-pair");
  return (
    pairs.find((row) => row["id"] === id) ??
    pairs.find((row) => row["nominated"] && row["state"] === "succeeded")
  );
}

function read(all: readonly Row[]): Reading {
  const pair = chosenPair(all);
  const sound = of(all, "inbound-rtp", "audio");
  const picture = of(all, "inbound-rtp", "video");
  const remote = all.filter((row) => row.type === "remote-inbound-rtp");
  const sendable = pair?.["availableOutgoingBitrate"];
  const roundTrip = pair?.["currentRoundTripTime"];
  return {
    packetsReceived:
      number(sound, "packetsReceived") +
      number(picture, "packetsReceived") +
      number(pair, "responsesReceived"),
    concealed: number(sound, "concealedSamples") - number(sound, "silentConcealedSamples"),
    samples: number(sound, "totalSamplesReceived"),
    sendable: typeof sendable === "number" ? sendable / 1000 : null,
    lost: Math.max(0, ...remote.map((row) => number(row, "fractionLost"))),
    roundTrip: typeof roundTrip === "number" ? roundTrip : null,
    framesPerSecond: picture ? number(picture, "framesPerSecond") : null,
  };
}

/** Reads a connection once a second. */
export class Gauge {
  private before: Reading | null = null;
  private silentFor = 0;

  constructor(private readonly connection: RTCPeerConnection) {}

  /** For how many readings nothing came. */
  get silence(): number {
    return this.silentFor;
  }

  async second(): Promise<Second> {
    const now = read(await rows(this.connection));
    const before = this.before ?? now;
    this.before = now;
    const samples = now.samples - before.samples;
    this.silentFor = now.packetsReceived > before.packetsReceived ? 0 : this.silentFor + 1;
    return {
      sendable: now.sendable,
      lost: now.lost,
      concealed: samples > 0 ? Math.max(0, now.concealed - before.concealed) / samples : null,
      roundTrip: now.roundTrip,
      framesPerSecond: now.framesPerSecond,
      alive: this.silentFor < 3,
    };
  }
}

/** The counters of one connection, for tests and for support. */
export async function countersOf(connection: RTCPeerConnection): Promise<Counters> {
  const all = await rows(connection);
  const sound = of(all, "inbound-rtp", "audio");
  const picture = of(all, "inbound-rtp", "video");
  const local = all.find((row) => row["id"] === chosenPair(all)?.["localCandidateId"]);
  const sent = of(all, "outbound-rtp", "audio");
  return {
    connectionState: connection.connectionState,
    iceConnectionState: connection.iceConnectionState,
    candidateType: String(local?.["candidateType"] ?? ""),
    framesDecoded: number(picture, "framesDecoded"),
    framesSent: number(of(all, "outbound-rtp", "video"), "framesSent"),
    audioLevel: number(sound, "audioLevel"),
    totalAudioEnergy: number(sound, "totalAudioEnergy"),
    packetsReceived: number(sound, "packetsReceived"),
    concealedSamples: number(sound, "concealedSamples"),
    totalSamplesReceived: number(sound, "totalSamplesReceived"),
    audioBytesSent: number(sent, "bytesSent"),
    audioPacketsSent: number(sent, "packetsSent"),
    frameWidth: number(picture, "frameWidth"),
  };
}
