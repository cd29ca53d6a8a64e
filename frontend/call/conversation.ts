/** Everything about one conversation, for both sides: the socket, the people, their connections. No DOM of its own. */

import { openDevices } from "../shared/devices";
import { type Channel, CLOSED, type Equipment, type News, type Notice, type Seating } from "../shared/frames";
import type { LinkState } from "../shared/link";
import { EPOCH, tabMark } from "../shared/marks";
import {
  type CallEvent,
  type ConversationState,
  firstState,
  isMediaClosed,
  isOver,
  next,
  type Place,
} from "./call";
import { ChannelKeeper, isPassing } from "./channel";
import type { Conversation, ConversationOptions, PrepareOptions, Room } from "./face";
import type { Counters } from "./gauge";
import type { Seated } from "./held";
import { nextRung, TOP } from "./ladder";
import { Own, type Trouble, type Why } from "./own";
import { Relay } from "./relay";
import { Speaker } from "./speaker";
import { type Prepared, prepareConnection, Ties } from "./ties";

export type { ConversationState, Person } from "./call";
export type { Conversation, ConversationOptions, PrepareOptions } from "./face";
export type { Trouble, Why } from "./own";
export type { Prepared } from "./ties";

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
  private readonly relay: Relay;
  private readonly channel: ChannelKeeper;
  private readonly speaker: Speaker;
  private ladder = TOP;
  private joining = false;
  private seated: Seated | null;
  private everJoined = false;

  constructor(private readonly options: ConversationOptions) {
    const { prepared, socket, signal } = options;
    this.now = firstState({});
    this.seated = options.seated ?? null;
    this.ties = this.makeTies();
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
    this.relay = new Relay(socket, (ice) => this.ties.takeIce(ice));
    this.channel = new ChannelKeeper({
      state: () => this.now,
      ask: (channel, measured) => socket.ask({ type: "channel", channel, measured }),
    });
    this.speaker = new Speaker({
      track: () => this.own.audio,
      say: (caption) => void socket.send({ type: "caption", ...caption }),
      onKnown: () => this.tell(),
      signal,
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

  private makeTies(): Ties {
    const { prepared, socket } = this.options;
    return new Ties({
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

  redress(): Promise<void> {
    return this.own.redress();
  }

  deviceNames(): { camera: string; microphone: string } {
    return this.own.names();
  }

  share(on: boolean): Promise<void> {
    return this.own.share(on);
  }

  async setSoundOnly(on: boolean): Promise<void> {
    // Who asks for the picture again is not told to wait for the measurement.
    if (!on) this.ladder = TOP;
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
    const before = this.now.channel;
    this.dispatch({ type: "channel", channel });
    const code = await this.channel.choose(channel);
    if (code !== null) this.dispatch({ type: "channel", channel: before });
    return code;
  }

  async askPhone(): Promise<boolean> {
    const answer = await this.options.socket.ask({ type: "ask_phone" });
    if (answer.type === "done") this.dispatch({ type: "phone_asked" });
    return answer.type === "done";
  }

  async unanswered(): Promise<boolean> {
    return (await this.options.socket.ask({ type: "unanswered" })).type === "done";
  }

  async room(): Promise<Room | { code: string }> {
    const answer = await this.options.socket.ask({ type: "room" });
    if (answer.type === "done")
      return { address: String(answer["address"] ?? ""), host: String(answer["host"] ?? "") };
    return { code: answer.type === "refused" ? answer.code : "no_answer" };
  }

  async useOwn(): Promise<string | null> {
    const answer = await this.options.socket.ask({ type: "use_own" });
    return answer.type === "refused" ? answer.code : null;
  }

  showCaptions(on: boolean): void {
    this.dispatch({ type: "own", own: { captions: on } });
    this.tell();
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
    if (isMediaClosed(this.now) !== isMediaClosed(before)) this.flow(!isMediaClosed(this.now));
    this.speaker.follow(this.now);
    for (const listener of [...this.listeners]) listener(this.now);
  }

  /** Picture and sound flow, or rest while people are on the phone or see each other elsewhere: lights out. */
  private flow(on: boolean): void {
    if (!on) {
      this.ties.dropAll(true);
      void this.own.rest();
      return;
    }
    void this.own.wake().then(() => {
      if (this.now.place.at === "in" && !isMediaClosed(this.now)) this.ties.reconcile();
    });
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
    if (!isPassing(code)) this.dispatch({ type: "refused", code });
  }

  private joined(frame: Seating): void {
    this.relay.take(frame.ice);
    // What was chosen while the link was away counts more than what the server still believes.
    const seating = { ...frame, channel: this.channel.wish ?? frame.channel };
    this.dispatch({ type: "joined", frame: seating, now: performance.now() });
    void this.channel.tell();
    if (!isMediaClosed(this.now)) this.ties.reconcile();
    this.everJoined = true;
    this.tell();
  }

  private heard(frame: News): void {
    if (!this.everJoined || isOver(this.now)) return;
    if (frame.type === "signal") {
      const person = this.now.people.find((one) => one.participant === frame.from);
      if (person && person.epoch === frame.epoch && !isMediaClosed(this.now))
        this.ties.receive(person, frame.body);
      return;
    }
    // The record's own news of what was just chosen here otherwise.
    if (frame.type === "channel" && this.channel.wish !== null && this.channel.wish !== frame.channel) return;
    this.dispatch({ type: "frame", frame, now: performance.now() });
    if (frame.type === "present") {
      const person = this.now.people.find((one) => one.participant === frame.participant);
      if (person && !isMediaClosed(this.now)) this.ties.meet(person);
      this.tell();
    } else if (frame.type === "absent" && frame.left) {
      this.ties.drop(frame.participant);
    } else if (frame.type === "state") {
      this.ties.retune();
    } else if (frame.type === "engine") {
      void this.join(false);
    }
  }

  private equipment(): Equipment {
    const grades = this.now.people.filter((one) => one.media === "connected").map((one) => one.quality);
    return {
      camera: this.own.hasCamera,
      microphone: !this.own.isMuted,
      sharing: this.own.isSharing,
      picture: !this.now.soundOnly && this.ladder.wantsPicture,
      paused: this.ties.isPaused,
      captions: this.now.own.captions,
      speech: this.speaker.isAble,
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
    this.ladder = nextRung(this.ladder, this.ties.heardUnder(this.ladder.wantsPicture));
    if (JSON.stringify(this.equipment()) !== before) this.tell();
    this.dispatch({ type: "tick", now: performance.now() });
    this.channel.look(performance.now());
    await this.relay.renew(this.now.link === "open");
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
