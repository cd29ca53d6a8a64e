/**
 * One connection to one other person, after the W3C "perfect negotiation" pattern.
 *
 * Two things differ from the pattern on purpose. Every step goes through one queue, so no two of them interleave. And
 * offers are made when somebody asks for one, never by `negotiationneeded`: both lines (sound, picture) exist from the
 * first offer and never change, so the only reasons to offer are the beginning, a dead path and the choice of codec.
 */

import type { Description, SignalBody } from "../shared/frames";
import { newMark } from "../shared/marks";
import { type Health, remedyFor } from "./recovery";

/** What this person sends; null is a line with nothing on it. */
export interface Outgoing {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  /** Never played; its id ties sound and picture together for the other side. */
  readonly stream: MediaStream;
}

export type PeerState = "connecting" | "connected" | "lost";

export interface PeerOptions {
  readonly connection: RTCPeerConnection;
  readonly offers: boolean;
  /** Exactly one of the two people yields when both offer at once; the server says which. */
  readonly yields: boolean;
  readonly outgoing: () => Outgoing;
  readonly send: (body: SignalBody) => void;
  /** The socket is open and the other person is present. */
  readonly isReachable: () => boolean;
  readonly onState: (state: PeerState) => void;
  /** A step failed; the connection goes on, the remedy comes with the next look. */
  readonly onTrouble: (what: string, error: unknown) => void;
  /** The connection is beyond repair and must be made anew. */
  readonly onHopeless: () => void;
  /** Ends the link. There is no close(): whoever started it holds the handle. */
  readonly signal: AbortSignal;
}

export interface Peer {
  readonly connection: RTCPeerConnection;
  /** What comes from the other side; always the same stream. */
  readonly remote: MediaStream;
  receive(body: SignalBody): void;
  /** Whether this describes another object at the other end than the one that this connection has agreed with. */
  isFromAnother(body: SignalBody): boolean;
  /** Puts another track on a line while talking. */
  replace(kind: "audio" | "video", track: MediaStreamTrack | null): void;
  /** The socket or the person came back: repair at once what is not well, or at any rate when `force`. */
  resync(force: boolean): void;
  /** Sends redundant sound, or plain. Takes effect with the answer to an offer, which this makes. */
  useRedundancy(on: boolean): void;
  look(): void;
  sender(kind: "audio" | "video"): RTCRtpSender | undefined;
  state(): PeerState;
}

/**
 * The first picture is sent at a quarter of its width. Measured in Chromium: before it knows the network it throws picture
 * after picture away that it believes too large, each smaller than the one before, and that costs a fifth of a second.
 */
export const FIRST_SCALE = 4;

/** Makes the two lines of a connection, in the order in which both sides know them. */
export function layLines(connection: RTCPeerConnection, outgoing: Outgoing): void {
  if (connection.getTransceivers().length > 0) return;
  for (const kind of ["audio", "video"] as const) {
    connection.addTransceiver(outgoing[kind] ?? kind, {
      direction: "sendrecv",
      streams: [outgoing.stream],
      ...(kind === "video" ? { sendEncodings: [{ scaleResolutionDownBy: FIRST_SCALE }] } : {}),
    });
  }
}

async function beginSmall(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings ?? [];
  if (!encoding) return;
  encoding.scaleResolutionDownBy = FIRST_SCALE;
  // A browser that refuses begins at full width, only later.
  await sender.setParameters(parameters).catch(() => undefined);
}

function lineOf(connection: RTCPeerConnection, kind: string): RTCRtpTransceiver | undefined {
  return connection.getTransceivers().find((line) => line.receiver.track.kind === kind);
}

/**
 * Puts redundant sound (RED) first or last in what the other side says it takes, which decides what is sent to it.
 *
 * Measured in Chromium: the order in the description that comes from the other side decides, own codec preferences
 * decide only what the other side sends, and `codec` in the parameters of the sender changes nothing.
 */
export function preferRedundancy(sdp: string, on: boolean): string {
  const red = /^a=rtpmap:(\d+) red\/48000/m.exec(sdp)?.[1];
  if (!red) return sdp;
  return sdp.replace(/^(m=audio \S+ \S+ )([\d ]+)/m, (_, head: string, types: string) => {
    const others = types
      .trim()
      .split(" ")
      .filter((type) => type !== red);
    return head + (on ? [red, ...others] : [...others, red]).join(" ");
  });
}

/** Counted over all connections of the page, so that an answer never fits the offer of another one. */
let rounds = 0;

class NegotiatingPeer implements Peer {
  readonly connection: RTCPeerConnection;
  readonly remote = new MediaStream();
  private queue: Promise<void> = Promise.resolve();
  private waiting: (RTCIceCandidateInit | null)[] = [];
  private round = 0;
  private readonly line = newMark();
  /** The object at the other end that this one has agreed with. */
  private theirs: string | null = null;
  private offeredAt = Number.NEGATIVE_INFINITY;
  private readonly madeAt = performance.now();
  private unwellSince: number | null = performance.now();
  private everConnected = false;
  private redundant = true;

  constructor(private readonly options: PeerOptions) {
    const connection = options.connection;
    this.connection = connection;
    connection.onicecandidate = ({ candidate }) => {
      options.send({ candidate: candidate ? (candidate.toJSON() as never) : null });
    };
    connection.ontrack = ({ track }) => {
      if (!this.remote.getTracks().includes(track)) this.remote.addTrack(track);
    };
    connection.onconnectionstatechange = () => this.changed();
    connection.oniceconnectionstatechange = () => this.changed();
    options.signal.addEventListener("abort", () => {
      connection.onicecandidate = connection.ontrack = null;
      connection.onconnectionstatechange = connection.oniceconnectionstatechange = null;
      connection.close();
    });
    if (options.offers) this.enqueue("offer", () => this.offer(false));
  }

  state(): PeerState {
    if (this.isWell()) return "connected";
    return this.everConnected ? "lost" : "connecting";
  }

  sender(kind: "audio" | "video"): RTCRtpSender | undefined {
    return lineOf(this.connection, kind)?.sender;
  }

  receive(body: SignalBody): void {
    if ("description" in body) {
      // Who yields takes every offer, so it has agreed as soon as one has come.
      if (this.options.yields && body.description.type === "offer") this.theirs = body.line;
      this.enqueue("description", () => this.described(body.description, body.round, body.line));
    } else if ("candidate" in body) {
      this.enqueue("candidate", () => this.candidate(body.candidate));
    }
  }

  /**
   * Scar: an answer to an offer of before a rebuild was taken for the new object's, so the true answer looked like a
   * stranger's, the connection was made anew, and the two sides went on like that for ever. An answer counts for the
   * offer that it names and for no other.
   */
  isFromAnother(body: SignalBody): boolean {
    if (!("description" in body) || this.theirs === null || this.theirs === body.line) return false;
    return body.description.type === "offer" || body.round === this.round;
  }

  replace(kind: "audio" | "video", track: MediaStreamTrack | null): void {
    this.enqueue("replace", async () => {
      await this.sender(kind)?.replaceTrack(track);
    });
  }

  resync(force: boolean): void {
    const pending = this.connection.signalingState !== "stable";
    if (!force && !pending && this.isWell()) return;
    if (!this.options.offers && !this.everConnected) return;
    this.enqueue("resync", () => this.offer(true));
  }

  useRedundancy(on: boolean): void {
    if (on === this.redundant) return;
    this.redundant = on;
    this.enqueue("redundancy", async () => {
      if (this.connection.signalingState === "stable" && this.options.isReachable()) await this.offer(false);
    });
  }

  look(): void {
    const remedy = remedyFor(this.health());
    if (remedy === "restart") {
      this.offeredAt = performance.now();
      this.enqueue("restart", () => this.offer(true));
    } else if (remedy === "rebuild") {
      this.options.onHopeless();
    }
  }

  private health(): Health {
    const now = performance.now();
    return {
      connection:
        this.isWell() || this.connection.connectionState !== "connected"
          ? this.connection.connectionState
          : "disconnected",
      signaling: this.connection.signalingState,
      everConnected: this.everConnected,
      offers: this.options.offers,
      reachable: this.options.isReachable(),
      unwellFor: this.unwellSince === null ? 0 : now - this.unwellSince,
      sinceOffer: now - this.offeredAt,
      age: now - this.madeAt,
    };
  }

  private isWell(): boolean {
    const ice = this.connection.iceConnectionState;
    return this.connection.connectionState === "connected" && (ice === "connected" || ice === "completed");
  }

  private changed(): void {
    if (this.isWell()) {
      this.everConnected = true;
      this.unwellSince = null;
    } else {
      this.unwellSince ??= performance.now();
    }
    this.options.onState(this.state());
    this.look();
  }

  private enqueue(what: string, step: () => Promise<void>): void {
    this.queue = this.queue.then(async () => {
      if (this.options.signal.aborted || this.connection.signalingState === "closed") return;
      try {
        await step();
      } catch (error) {
        this.options.onTrouble(what, error);
      }
    });
  }

  private async offer(restart: boolean): Promise<void> {
    const connection = this.connection;
    if (connection.signalingState === "have-remote-offer") return;
    if (connection.signalingState === "have-local-offer") {
      // Rolling the first offer back renumbers its lines, and who has answered it meanwhile can take no other:
      // it is said again as it is.
      if (connection.currentRemoteDescription === null) {
        this.offeredAt = performance.now();
        this.sendDescription(this.round);
        return;
      }
      await connection.setLocalDescription({ type: "rollback" });
    }
    layLines(connection, this.options.outgoing());
    rounds += 1;
    this.round = rounds;
    this.offeredAt = performance.now();
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: restart }));
    this.sendDescription(this.round);
  }

  private async described({ type, sdp }: Description, round: number, line: string): Promise<void> {
    const connection = this.connection;
    const description = { type, sdp: preferRedundancy(sdp, this.redundant) };
    if (description.type === "answer") {
      if (connection.signalingState !== "have-local-offer" || round !== this.round) return;
      await connection.setRemoteDescription(description);
      this.theirs = line;
    } else {
      const collides = connection.signalingState !== "stable";
      if (collides && !this.options.yields) return;
      await connection.setRemoteDescription(description);
      this.theirs = line;
      await this.takeLines();
      await connection.setLocalDescription();
      this.sendDescription(round);
    }
    await this.addWaiting();
  }

  /** Sends on the lines that the other side laid. */
  private async takeLines(): Promise<void> {
    const outgoing = this.options.outgoing();
    for (const kind of ["audio", "video"] as const) {
      const line = lineOf(this.connection, kind);
      if (!line) continue;
      if (line.direction !== "sendrecv") {
        line.direction = "sendrecv";
        line.sender.setStreams?.(outgoing.stream);
      }
      if (kind === "video" && !this.everConnected) await beginSmall(line.sender);
      if (line.sender.track !== outgoing[kind]) await line.sender.replaceTrack(outgoing[kind]);
    }
  }

  private sendDescription(round: number): void {
    const made = this.connection.localDescription;
    if (!made || (made.type !== "offer" && made.type !== "answer")) return;
    this.options.send({ description: { type: made.type, sdp: made.sdp }, round, line: this.line });
  }

  private async candidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (!this.connection.remoteDescription) {
      this.waiting.push(candidate);
      return;
    }
    try {
      await this.connection.addIceCandidate(candidate ?? undefined);
    } catch {
      // It belongs to a description that was ignored or rolled back; those that count come with the next one.
    }
  }

  private async addWaiting(): Promise<void> {
    const held = this.waiting;
    this.waiting = [];
    for (const candidate of held) await this.candidate(candidate);
  }
}

/** Starts negotiating with one other person. */
export function connectPeer(options: PeerOptions): Peer {
  return new NegotiatingPeer(options);
}
