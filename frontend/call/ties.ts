/** The connections of this page to the other people in a conversation: made, repaired, tuned, dropped. */

import type { Ice, Notice, Quality, SignalBody } from "../shared/frames";
import { EPOCH } from "../shared/marks";
import type { CallEvent, Person } from "./call";
import { type Counters, countersOf, Gauge } from "./gauge";
import { connectPeer, layLines, type Outgoing, type Peer } from "./peer";
import { tune } from "./tuning";
import { FAIR_WEATHER, nextWeather, qualityOf, steady, type Weather } from "./weather";

/** What is made ready before anybody is let in; nothing of it has left the device. */
export interface Prepared {
  readonly stream: MediaStream | null;
  readonly certificate: RTCCertificate | null;
  readonly connection: RTCPeerConnection | null;
  /** Whether the connection was made ready to offer. */
  readonly offers: boolean;
  /** Its id ties sound and picture together for the others. */
  readonly lane: MediaStream;
}

export interface TiesOptions {
  readonly prepared: Prepared;
  readonly outgoing: () => Outgoing & { readonly sharing: boolean };
  readonly people: () => readonly Person[];
  readonly send: (notice: Notice) => void;
  readonly isOpen: () => boolean;
  readonly dispatch: (event: CallEvent) => void;
}

/** One connection to one person on one load of their page. */
interface Tie {
  readonly epoch: string;
  readonly peer: Peer;
  readonly gauge: Gauge;
  readonly ender: AbortController;
  readonly grades: Quality[];
  weather: Weather;
  alive: boolean;
  /** The share of this second's sound that had to be made up. */
  concealed: number | null;
  /** Readings for which silence means a dead path: a socket has just come back. */
  doubt: number;
  absentFor: number;
  /** Seconds that were read since the connection came about. */
  known: number;
  isOpening: boolean;
}

/** So many readings after a socket came back, a path on which nothing comes is not waited for. */
const DOUBT_LASTS = 4;
/** The server tells within so many milliseconds whether somebody who parted is gone. */
const PARTING = 300;
/** The first small picture is given up at so many kbit/s, or after so many seconds. */
const OPENING_ENDS = 700;
const OPENING_LASTS = 4;
/** Seconds until the sound of a new connection tells something. */
const SETTLED = 6;
const UNTRIED = {
  weather: FAIR_WEATHER,
  alive: true,
  concealed: null,
  doubt: 0,
  absentFor: 0,
  known: 0,
  isOpening: true,
} as const;

/** A person who is gone and from whom nothing comes is kept for so many seconds. */
const KEPT_FOR = 90;

function connectionWith(certificate: RTCCertificate | null): RTCPeerConnection {
  return new RTCPeerConnection({
    bundlePolicy: "max-bundle",
    ...(certificate ? { certificates: [certificate] } : {}),
  });
}

/** Makes certificate and connection object ready. Never throws. */
export async function prepareConnection(stream: MediaStream | null, offers: boolean): Promise<Prepared> {
  const made = { stream, lane: new MediaStream(), offers };
  try {
    const certificate = await RTCPeerConnection.generateCertificate({
      name: "ECDSA",
      namedCurve: "P-256",
    } as EcKeyGenParams);
    const connection = connectionWith(certificate);
    if (offers) {
      const [audio = null] = stream?.getAudioTracks() ?? [];
      const [video = null] = stream?.getVideoTracks() ?? [];
      layLines(connection, { audio, video, stream: made.lane });
      // Thrown away: the first offer of a page loads the codecs, and that is done now instead of after the admission.
      await connection.createOffer();
    }
    return { ...made, certificate, connection };
  } catch {
    return { ...made, certificate: null, connection: null };
  }
}

export class Ties {
  private readonly ties = new Map<string, Tie>();
  /** Pages to which a connection was dropped without their knowing. */
  private readonly forsaken = new Set<string>();
  private ice: Ice = { servers: [], relay_only: false, expires_at: null };
  private spare: RTCPeerConnection | null;
  private isOver = false;

  constructor(private readonly options: TiesOptions) {
    this.spare = options.prepared.connection;
  }

  streamOf(participant: string): MediaStream | null {
    return this.ties.get(participant)?.peer.remote ?? null;
  }

  /** The picture is held back for somebody, because the network is weak. */
  get isPaused(): boolean {
    return [...this.ties.values()].some((tie) => tie.weather.step === "paused");
  }

  /** Somebody is there: a connection is made, or the one we have is repaired. */
  meet(person: Person): void {
    const tie = this.ties.get(person.participant);
    if (tie && tie.epoch === person.epoch) {
      tie.absentFor = 0;
      tie.doubt = DOUBT_LASTS;
      tie.peer.resync(!tie.alive);
      return;
    }
    this.drop(person.participant);
    if (person.epoch !== null) this.make(person, person.epoch);
  }

  /** The server told who is there: connections to people and pages that are gone are dropped. */
  reconcile(): void {
    const people = this.options.people();
    for (const [participant, tie] of [...this.ties]) {
      const person = people.find((one) => one.participant === participant);
      if (!person || (person.epoch !== null && person.epoch !== tie.epoch)) this.drop(participant);
    }
    for (const person of people) if (person.present) this.meet(person);
  }

  receive(person: Person, body: SignalBody): void {
    if ("bye" in body) {
      this.parted(person);
      return;
    }
    // A new object at the other end has nothing in common with the one that ours was connected to.
    if (this.ties.get(person.participant)?.peer.isFromAnother(body)) this.drop(person.participant, true);
    if (!this.ties.has(person.participant)) this.meet(person);
    this.ties.get(person.participant)?.peer.receive(body);
  }

  /** The page is going: the others need not send to it, nor look at a picture that stands still. */
  farewell(): void {
    for (const [participant, tie] of this.ties) {
      const body = { bye: true } as const;
      this.options.send({ type: "signal", to: participant, to_epoch: tie.epoch, epoch: EPOCH, body });
    }
  }

  /** The other end threw its connection away. Who is still there a moment later is met anew; a page that went is not. */
  private parted(person: Person): void {
    this.drop(person.participant, true);
    setTimeout(() => {
      const still = this.person(person.participant);
      if (still?.present && still.epoch === person.epoch && !this.isOver) this.meet(still);
    }, PARTING);
  }

  replace(kind: "audio" | "video", track: MediaStreamTrack | null): void {
    for (const tie of this.ties.values()) tie.peer.replace(kind, track);
  }

  takeIce(ice: Ice): void {
    this.ice = ice;
    for (const tie of this.ties.values()) this.configure(tie.peer.connection);
  }

  /** `isKnown`: the other end dropped it first. */
  drop(participant: string, isKnown = false): void {
    const tie = this.ties.get(participant);
    if (!tie) return;
    this.ties.delete(participant);
    if (!isKnown) this.forsaken.add(`${participant} ${tie.epoch}`);
    tie.ender.abort();
    this.options.dispatch({ type: "media", participant, media: "none", now: performance.now() });
  }

  /** `isKnown`: the others drop theirs too, by the same news. */
  dropAll(isKnown = false): void {
    for (const participant of [...this.ties.keys()]) this.drop(participant, isKnown);
  }

  /** The worst share of sound that was made up this second; null where it tells nothing about the picture. */
  heardUnder(hasPicture: boolean): number | null {
    const settled = [...this.ties].filter(([participant, tie]) => {
      const own = this.person(participant)?.equipment;
      const shows = own !== undefined && ((own.camera && !own.paused) || own.sharing);
      return tie.known > SETTLED && tie.alive && (shows || !hasPicture);
    });
    const shares = settled.flatMap(([, tie]) => (tie.concealed === null ? [] : [tie.concealed]));
    return shares.length > 0 ? Math.max(...shares) : null;
  }

  /** Closes what was never used as well. */
  finish(): void {
    this.isOver = true;
    this.dropAll();
    this.spare?.close();
    this.spare = null;
  }

  retune(): void {
    const people = this.ties.size;
    const { sharing } = this.options.outgoing();
    for (const [participant, tie] of this.ties) {
      const wanted = this.person(participant)?.equipment.picture ?? true;
      const { isOpening } = tie;
      void tune(tie.peer, { step: wanted ? tie.weather.step : "paused", sharing, people, isOpening });
    }
  }

  /** Reads every connection; to be called once a second. */
  async read(): Promise<void> {
    await Promise.all([...this.ties].map(([participant, tie]) => this.readOne(participant, tie)));
    this.retune();
  }

  async counters(): Promise<Record<string, Counters>> {
    const all = [...this.ties].map(
      async ([name, tie]) => [name, await countersOf(tie.peer.connection)] as const,
    );
    return Object.fromEntries(await Promise.all(all));
  }

  private person(participant: string): Person | undefined {
    return this.options.people().find((one) => one.participant === participant);
  }

  private make(person: Person, epoch: string): void {
    const { participant, offers, yields } = person;
    const { options } = this;
    const ender = new AbortController();
    const connection = this.connectionFor(offers);
    const send = (body: SignalBody): void => {
      options.send({ type: "signal", to: participant, to_epoch: epoch, epoch: EPOCH, body });
    };
    options.dispatch({ type: "media", participant, media: "connecting", now: performance.now() });
    // Who offers says it with the new offer; who yields must say it in so many words.
    if (this.forsaken.delete(`${participant} ${epoch}`) && !offers) send({ bye: true });
    const peer = connectPeer({
      connection,
      offers,
      yields,
      send,
      signal: ender.signal,
      outgoing: options.outgoing,
      isReachable: () => options.isOpen() && this.person(participant)?.present === true,
      onState: (media) => {
        options.dispatch({ type: "media", participant, media, now: performance.now() });
        this.retune();
      },
      onTrouble: (what, error) => console.warn("blikk: %s: %s", what, error),
      onHopeless: () => {
        this.drop(participant);
        const still = this.person(participant);
        if (still) this.meet(still);
      },
    });
    this.ties.set(participant, { ...UNTRIED, epoch, peer, gauge: new Gauge(connection), ender, grades: [] });
  }

  private connectionFor(offers: boolean): RTCPeerConnection {
    const { prepared } = this.options;
    let connection = offers === prepared.offers ? this.spare : null;
    if (connection) this.spare = null;
    connection ??= connectionWith(prepared.certificate);
    this.configure(connection);
    return connection;
  }

  private configure(connection: RTCPeerConnection): void {
    try {
      connection.setConfiguration({
        ...connection.getConfiguration(),
        iceServers: this.ice.servers.map((server) => ({ ...server, urls: [server.urls].flat() as string[] })),
        iceTransportPolicy: this.ice.relay_only ? "relay" : "all",
      });
    } catch (error) {
      console.warn("blikk: ice: %s", error);
    }
  }

  /**
   * A socket that comes back often has a new address, and the old path is dead: the browser itself sees that after five
   * seconds, and then waits. The side that yields looks on a little longer, so that both do not offer at once.
   */
  private settleDoubt(tie: Tie, offers: boolean): void {
    if (tie.doubt === 0) return;
    tie.doubt -= 1;
    if (tie.gauge.silence < (offers ? 1 : 2)) return;
    tie.doubt = 0;
    tie.peer.resync(true);
  }

  private async readOne(participant: string, tie: Tie): Promise<void> {
    const second = await tie.gauge.second();
    if (this.ties.get(participant) !== tie) return;
    const offers = this.person(participant)?.offers ?? false;
    tie.alive = second.alive;
    tie.concealed = second.concealed;
    this.settleDoubt(tie, offers);
    tie.peer.look();
    const person = this.person(participant);
    tie.absentFor = person?.present ? 0 : tie.absentFor + 1;
    if (tie.absentFor > KEPT_FOR && !second.alive) return this.drop(participant);
    if (tie.peer.state() !== "connected") return;
    tie.known += 1;
    tie.isOpening &&= tie.known < OPENING_LASTS && (second.sendable ?? 0) < OPENING_ENDS;
    tie.weather = nextWeather(tie.weather, second);
    tie.peer.useRedundancy(tie.weather.redundant);
    tie.grades.push(qualityOf(second));
    tie.grades.splice(0, tie.grades.length - 3);
    const shown = person?.quality ?? "unknown";
    const quality = steady(shown, tie.grades);
    if (quality !== shown) this.options.dispatch({ type: "quality", participant, quality });
  }
}
