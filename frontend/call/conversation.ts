/** Everything about one conversation, for both sides: the socket, the people, their connections. No DOM of its own. */

import { openDevices } from "../shared/devices";
import {
  type Channel,
  CLOSED,
  type Equipment,
  type Ice,
  type News,
  type Notice,
  type Seating,
} from "../shared/frames";
import type { Link, LinkState } from "../shared/link";
import { EPOCH, tabMark } from "../shared/marks";
import {
  type CallEvent,
  type ConversationState,
  channelInUse,
  firstState,
  isOver,
  next,
  type Place,
} from "./call";
import type { Counters } from "./gauge";
import type { Seated } from "./held";
import { Own, type Trouble, type Why } from "./own";
import { type Prepared, prepareConnection, Ties } from "./ties";

export type { ConversationState, Person } from "./call";
export type { Trouble, Why } from "./own";
export type { Prepared } from "./ties";

export interface PrepareOptions {
  /** The clinician's side offers. */
  readonly offers: boolean;
  /** Devices that are open already; asked for when left out. */
  readonly stream?: MediaStream | null;
}

export interface ConversationOptions {
  readonly socket: Link;
  readonly consultation: string;
  readonly prepared: Prepared;
  /** The seat that this page holds already; without one it joins. */
  readonly seated?: Seated | null;
  /** Ends the conversation on this page, stops the devices and closes every connection. */
  readonly signal: AbortSignal;
  readonly onChange?: (state: ConversationState) => void;
  /** Changes the camera's picture before anybody sees it. */
  readonly dress?: (track: MediaStreamTrack) => Promise<MediaStreamTrack>;
}

export interface Conversation {
  state(): ConversationState;
  /** Tells of every change; returns the way to stop. */
  subscribe(listener: (state: ConversationState) => void): () => void;
  onTrouble(listener: (trouble: Trouble, why: Why) => void): void;
  streamOf(participant: string): MediaStream | null;
  readonly ownStream: MediaStream;
  /** Takes devices that opened when the conversation had begun already. */
  adopt(stream: MediaStream): Promise<void>;
  setMicrophone(on: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  switchCamera(): Promise<void>;
  switchMicrophone(): Promise<void>;
  deviceNames(): { camera: string; microphone: string };
  share(on: boolean): Promise<void>;
  /** Own picture off, and the others are asked to send none. */
  setSoundOnly(on: boolean): Promise<void>;
  /** False when it could not be delivered. */
  say(words: string): Promise<boolean>;
  readLane(): void;
  /** Takes the place over from another tab or device. */
  moveHere(): Promise<void>;
  changeChannel(channel: Channel): Promise<string | null>;
  /** Leaves without ending; others go on. */
  stepOut(): Promise<void>;
  /** Ends for everybody; null when done, else the code of the refusal. */
  end(): Promise<string | null>;
  counters(): Promise<Record<string, Counters>>;
}

/** Makes devices, certificate and connection object ready, so that being let in costs one round trip. Never throws. */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const stream = options.stream === undefined ? (await openDevices()).stream : options.stream;
  return prepareConnection(stream, options.offers);
}

/** Where a person is whose socket was closed for good. */
function placeAfter(code: number): Place {
  if (code === CLOSED.movedAway) return { at: "moved_away" };
  if (code === CLOSED.ended) return { at: "ended", byRole: null, endedAt: null, isSentOut: false };
  if (code === CLOSED.signedOut) return { at: "refused", code: "signed_out" };
  return { at: "refused", code: code === CLOSED.notFound ? "not_found" : "closed" };
}

class Talk implements Conversation {
  private now: ConversationState;
  private readonly own: Own;
  private readonly ties: Ties;
  private readonly listeners = new Set<(state: ConversationState) => void>();
  private readonly troubled = new Set<(trouble: Trouble, why: Why) => void>();
  private ice: Ice | null = null;
  private iceAskedAt = 0;
  private joining = false;
  private seated: Seated | null;
  private everJoined = false;
  private reported: Channel | null = null;
  private pendingChannel: { channel: Channel; since: number } | null = null;

  constructor(private readonly options: ConversationOptions) {
    const { prepared, socket, signal } = options;
    this.now = firstState({});
    this.seated = options.seated ?? null;
    this.ties = new Ties({
      prepared,
      outgoing: () => ({
        audio: this.own.audio,
        video: this.own.video,
        stream: prepared.lane,
        sharing: this.own.isSharing,
      }),
      people: () => this.now.people,
      send: (notice: Notice) => void socket.send(notice),
      isOpen: () => socket.state().at === "open",
      dispatch: (event) => this.dispatch(event),
    });
    this.own = new Own({
      stream: prepared.stream,
      signal,
      onTrack: (kind, track) => this.ties.replace(kind, track),
      onChange: () => this.ownChanged(),
      onTrouble: (trouble, why) => {
        for (const listener of this.troubled) listener(trouble, why);
      },
      dress: options.dress,
    });
    this.now = firstState(this.equipment());
    if (options.onChange) this.listeners.add(options.onChange);
    const stop = [
      socket.onFrame((frame) => this.heard(frame)),
      socket.onState((state) => this.linked(state)),
    ];
    const clock = setInterval(() => void this.tick(), 1000);
    globalThis.addEventListener("pagehide", () => this.ties.farewell(), { signal });
    signal.addEventListener("abort", () => {
      clearInterval(clock);
      for (const end of stop) end();
      this.ties.finish();
    });
  }

  get ownStream(): MediaStream {
    return this.own.stream;
  }

  state(): ConversationState {
    return this.now;
  }

  subscribe(listener: (state: ConversationState) => void): () => void {
    this.listeners.add(listener);
    listener(this.now);
    return () => this.listeners.delete(listener);
  }

  onTrouble(listener: (trouble: Trouble, why: Why) => void): void {
    this.troubled.add(listener);
  }

  streamOf(participant: string): MediaStream | null {
    return this.ties.streamOf(participant);
  }

  adopt(stream: MediaStream): Promise<void> {
    return this.own.adopt(stream);
  }

  setMicrophone(on: boolean): Promise<void> {
    return this.own.setMicrophone(on);
  }

  async setCamera(on: boolean): Promise<void> {
    await this.own.setCamera(on);
    if (on && this.now.soundOnly) this.dispatch({ type: "own", own: { picture: true }, soundOnly: false });
    this.tell();
  }

  switchCamera(): Promise<void> {
    return this.own.switchCamera();
  }

  switchMicrophone(): Promise<void> {
    return this.own.switchMicrophone();
  }

  deviceNames(): { camera: string; microphone: string } {
    return this.own.names();
  }

  share(on: boolean): Promise<void> {
    return this.own.share(on);
  }

  async setSoundOnly(on: boolean): Promise<void> {
    this.dispatch({ type: "own", own: { picture: !on }, soundOnly: on });
    if (on && this.own.isSharing) await this.own.share(false);
    await this.own.setCamera(!on);
    this.tell();
  }

  async say(words: string): Promise<boolean> {
    const answer = await this.options.socket.ask({ type: "text", words });
    if (answer.type !== "done") return false;
    this.dispatch({ type: "said", line: { from: "", mine: true, words, at: new Date().toISOString() } });
    return true;
  }

  readLane(): void {
    this.dispatch({ type: "read" });
  }

  moveHere(): Promise<void> {
    return this.join(true);
  }

  async changeChannel(channel: Channel): Promise<string | null> {
    const answer = await this.options.socket.ask({ type: "channel", channel });
    return answer.type === "refused" ? answer.code : null;
  }

  async stepOut(): Promise<void> {
    const asked = this.options.socket.ask({ type: "step_out" });
    this.dispatch({ type: "closed", place: { at: "left" } });
    await asked;
  }

  async end(): Promise<string | null> {
    for (let tries = 0; tries < 3; tries++) {
      const answer = await this.options.socket.ask({ type: "end", version: this.now.version });
      if (answer.type !== "refused" || answer.code === "over") return null;
      if (answer.code !== "overtaken") return answer.code;
      // Somebody came or the channel changed meanwhile: ask for the state, then end what is there now.
      await this.join(false);
    }
    return "overtaken";
  }

  counters(): Promise<Record<string, Counters>> {
    return this.ties.counters();
  }

  private dispatch(event: CallEvent): void {
    const before = this.now;
    this.now = next(before, event);
    if (this.now === before) return;
    if (isOver(this.now) && !isOver(before)) this.ties.dropAll();
    for (const listener of [...this.listeners]) listener(this.now);
  }

  private linked(state: LinkState): void {
    const now = performance.now();
    if (state.at === "open") {
      this.dispatch({ type: "link", link: "open", now });
      const { seated } = this;
      this.seated = null;
      if (isOver(this.now)) return;
      if (!seated) void this.join(false);
      else {
        this.joined(seated.seating);
        for (const frame of seated.early) this.heard(frame);
      }
    } else if (state.at === "connecting") {
      this.seated = null;
      this.dispatch({ type: "link", link: "lost", now });
    } else if (!isOver(this.now)) {
      this.dispatch({ type: "closed", place: placeAfter(state.code) });
    }
  }

  private async join(move: boolean): Promise<void> {
    if (this.joining || this.options.signal.aborted) return;
    this.joining = true;
    const { socket, consultation } = this.options;
    const answer = await socket.ask({ type: "join", consultation, tab: tabMark(), epoch: EPOCH, move });
    this.joining = false;
    if (this.options.signal.aborted) return;
    if (answer.type === "joined") this.joined(answer);
    else if (answer.type === "refused") this.notJoined(answer.code);
  }

  private notJoined(code: string): void {
    // The link comes back by itself, and with it the next try.
    const isPassing = code === "not_connected" || code === "no_answer";
    if (!isPassing) this.dispatch({ type: "refused", code });
  }

  private joined(frame: Seating): void {
    this.takeIce(frame.ice);
    this.dispatch({ type: "joined", frame, now: performance.now() });
    this.ties.reconcile();
    this.everJoined = true;
    this.tell();
  }

  private heard(frame: News): void {
    if (!this.everJoined || isOver(this.now)) return;
    if (frame.type === "signal") {
      const person = this.now.people.find((one) => one.participant === frame.from);
      if (person && person.epoch === frame.epoch) this.ties.receive(person, frame.body);
      return;
    }
    this.dispatch({ type: "frame", frame, now: performance.now() });
    if (frame.type === "present") {
      const person = this.now.people.find((one) => one.participant === frame.participant);
      if (person) this.ties.meet(person);
      this.tell();
    } else if (frame.type === "absent" && frame.left) {
      this.ties.drop(frame.participant);
    } else if (frame.type === "state") {
      this.ties.retune();
    }
  }

  private takeIce(ice: Ice): void {
    this.ice = ice;
    this.iceAskedAt = performance.now();
    this.ties.takeIce(ice);
  }

  private equipment(): Equipment {
    const grades = this.now.people.filter((one) => one.media === "connected").map((one) => one.quality);
    return {
      camera: this.own.hasCamera,
      microphone: !this.own.isMuted,
      sharing: this.own.isSharing,
      picture: this.now.own.picture,
      paused: this.ties.isPaused,
      quality: grades[0] ?? "unknown",
    };
  }

  private ownChanged(): void {
    this.tell();
    this.ties.retune();
  }

  /** Lets the others know what we send and want. */
  private tell(): void {
    const own = this.equipment();
    this.dispatch({ type: "own", own });
    if (this.now.place.at === "in") this.options.socket.send({ type: "state", ...own });
  }

  private async tick(): Promise<void> {
    const before = JSON.stringify(this.equipment());
    await this.ties.read();
    if (JSON.stringify(this.equipment()) !== before) this.tell();
    this.dispatch({ type: "tick", now: performance.now() });
    this.reportChannel();
    await this.renewIce();
  }

  /** The clinician's side says which channel is really used, once it has been so for five seconds. */
  private reportChannel(): void {
    const channel = channelInUse(this.now);
    if (this.now.role !== "clinician" || channel === null || this.now.channel === "phone") return;
    if (channel === this.now.channel || channel === this.reported) {
      this.pendingChannel = null;
      if (channel === this.now.channel) this.reported = null;
      return;
    }
    const now = performance.now();
    if (this.pendingChannel?.channel !== channel) this.pendingChannel = { channel, since: now };
    if (now - this.pendingChannel.since < 5000) return;
    this.reported = channel;
    void this.changeChannel(channel);
  }

  private async renewIce(): Promise<void> {
    if (!this.ice?.expires_at || this.ice.servers.length === 0 || this.now.link !== "open") return;
    const left = Date.parse(this.ice.expires_at) - Date.now();
    if (left > 120_000 || performance.now() - this.iceAskedAt < 60_000) return;
    this.iceAskedAt = performance.now();
    const answer = await this.options.socket.ask({ type: "ice" });
    if (answer.type === "ice") this.takeIce(answer.ice);
  }
}

let current: Talk | null = null;

/** Joins the consultation over an open link, and stays in it until it ends or `signal` does. */
export function startConversation(options: ConversationOptions): Conversation {
  current = new Talk(options);
  return current;
}

// Counters only: for the browser tests, and for whoever helps somebody on the phone.
Object.assign(globalThis, { blikkStats: async () => (await current?.counters()) ?? {} });
