/** The whole behaviour of a conversation as seen by one of the people in it. Pure: no sockets, no clock, no DOM. */

import type { Channel, EngineFacts, Equipment, News, Quality, Role, Seat, Seating } from "../shared/frames";
import { type Captions, FRESH_CAPTIONS, heardCaption } from "./captions";

export type Media = "none" | "connecting" | "connected" | "lost";

/** Another person in the conversation. */
export interface Person {
  readonly participant: string;
  readonly role: Role;
  readonly name: string;
  readonly present: boolean;
  readonly epoch: string | null;
  readonly offers: boolean;
  readonly yields: boolean;
  readonly equipment: Equipment;
  readonly media: Media;
  readonly quality: Quality;
}

export interface Line {
  readonly from: string;
  readonly mine: boolean;
  readonly words: string;
  readonly at: string;
}

export type Place =
  | { readonly at: "joining" }
  | { readonly at: "in" }
  | { readonly at: "elsewhere" }
  | { readonly at: "refused"; readonly code: string }
  | { readonly at: "moved_away" }
  | { readonly at: "left" }
  | {
      readonly at: "ended";
      readonly byRole: Role | null;
      readonly endedAt: string | null;
      /** Asked to leave; the others go on. */
      readonly isSentOut: boolean;
    };

export interface ConversationState {
  readonly place: Place;
  readonly link: "open" | "lost";
  readonly you: string;
  readonly role: Role | null;
  readonly version: number;
  readonly channel: Channel;
  readonly phone: string;
  readonly engine: EngineFacts;
  /** The patient reads and writes: the text lane is the main thing. */
  readonly usesText: boolean;
  /** The patient would rather talk on the phone, and has said so. */
  readonly phoneAsked: boolean;
  readonly captions: Captions;
  readonly people: readonly Person[];
  readonly own: Equipment;
  /** A second picture source is open, so that switching makes sense. */
  readonly soundOnly: boolean;
  readonly lines: readonly Line[];
  readonly unread: number;
  /** When something that had worked stopped working; null while all is well. */
  readonly troubleSince: number | null;
  readonly overdue: boolean;
}

export type CallEvent =
  | { readonly type: "joined"; readonly frame: Seating; readonly now: number }
  | { readonly type: "frame"; readonly frame: News; readonly now: number }
  | { readonly type: "refused"; readonly code: string }
  | { readonly type: "link"; readonly link: "open" | "lost"; readonly now: number }
  | { readonly type: "closed"; readonly place: Place }
  | { readonly type: "media"; readonly participant: string; readonly media: Media; readonly now: number }
  | { readonly type: "quality"; readonly participant: string; readonly quality: Quality }
  | { readonly type: "own"; readonly own: Partial<Equipment>; readonly soundOnly?: boolean }
  | { readonly type: "said"; readonly line: Line }
  | { readonly type: "read" }
  /** Chosen here; the record may not have heard of it yet. */
  | { readonly type: "channel"; readonly channel: Channel }
  | { readonly type: "phone_asked" }
  | { readonly type: "tick"; readonly now: number };

const NOTHING_KNOWN: Equipment = {
  camera: true,
  microphone: true,
  sharing: false,
  picture: true,
  paused: false,
  captions: false,
  speech: false,
  quality: "unknown",
};

/** So long people wait for sound to come back before the phone is offered; a silence is noticed after three seconds. */
export const OVERDUE = 10_000;

export function firstState(own: Partial<Equipment>): ConversationState {
  return {
    place: { at: "joining" },
    link: "open",
    you: "",
    role: null,
    version: 0,
    channel: "video",
    phone: "",
    engine: { kind: "mesh", supplier: "", host: "" },
    usesText: false,
    phoneAsked: false,
    captions: FRESH_CAPTIONS,
    people: [],
    own: { ...NOTHING_KNOWN, ...own },
    soundOnly: false,
    lines: [],
    unread: 0,
    troubleSince: null,
    overdue: false,
  };
}

export function isOver(state: ConversationState): boolean {
  return !["joining", "in"].includes(state.place.at);
}

export function next(state: ConversationState, event: CallEvent): ConversationState {
  if (state.place.at === "ended") return state;
  switch (event.type) {
    case "joined":
      return withTrouble(joined(state, event.frame), event.now);
    case "frame":
      return withTrouble(heard(state, event.frame), event.now);
    case "refused":
      return { ...state, place: refusal(event.code) };
    case "link":
      return withTrouble({ ...state, link: event.link }, event.now);
    case "closed":
      return { ...state, place: event.place };
    case "media":
      return withTrouble(change(state, event.participant, mediaNow(event.media)), event.now);
    case "quality":
      return change(state, event.participant, { quality: event.quality });
    case "own":
      return { ...state, own: { ...state.own, ...event.own }, soundOnly: event.soundOnly ?? state.soundOnly };
    case "said":
      return { ...state, lines: [...state.lines, event.line] };
    case "read":
      return state.unread === 0 ? state : { ...state, unread: 0 };
    case "channel":
      return withChannel(state, event.channel);
    case "phone_asked":
      return { ...state, phoneAsked: true };
    case "tick":
      return withTrouble(state, event.now);
    default:
      return unreachable(event);
  }
}

function unreachable(event: never): never {
  throw new Error(`no such event: ${JSON.stringify(event)}`);
}

function refusal(code: string): Place {
  if (code === "elsewhere") return { at: "elsewhere" };
  if (code === "over") return { at: "ended", byRole: null, endedAt: null, isSentOut: false };
  return { at: "refused", code };
}

/** The roster of the server replaces ours, so that nobody who left meanwhile stays as a ghost. */
function joined(state: ConversationState, frame: Seating): ConversationState {
  const people = frame.roster
    .filter((row) => row.participant !== frame.you)
    .map((row) => seated(state, row, row.present));
  return {
    ...state,
    place: { at: "in" },
    you: frame.you,
    role: frame.role,
    version: frame.version,
    channel: frame.channel,
    phone: frame.clinic.phone,
    engine: frame.engine,
    usesText: frame.uses_text,
    phoneAsked: frame.phone_asked,
    people,
  };
}

function seated(state: ConversationState, seat: Seat, present: boolean): Person {
  const before = state.people.find((person) => person.participant === seat.participant);
  const isSamePage = before !== undefined && before.epoch === seat.epoch;
  return {
    participant: seat.participant,
    role: seat.role,
    name: seat.name,
    present,
    epoch: seat.epoch,
    offers: seat.offers,
    yields: seat.yields,
    equipment: isSamePage ? before.equipment : NOTHING_KNOWN,
    media: isSamePage ? before.media : present ? "connecting" : "none",
    quality: isSamePage ? before.quality : "unknown",
  };
}

function cameIn(state: ConversationState, frame: Seat): ConversationState {
  const person = seated(state, frame, true);
  const place = state.people.findIndex((one) => one.participant === frame.participant);
  if (place < 0) return { ...state, people: [...state.people, person] };
  return { ...state, people: state.people.map((one, i) => (i === place ? person : one)) };
}

function heard(state: ConversationState, frame: News): ConversationState {
  switch (frame.type) {
    case "present":
      return cameIn(state, frame);
    case "absent":
      return change(
        state,
        frame.participant,
        frame.left ? { present: false, media: "none" } : { present: false },
      );
    case "state": {
      const { camera, microphone, sharing, picture, paused, captions, speech, quality } = frame;
      const equipment = { camera, microphone, sharing, picture, paused, captions, speech, quality };
      return change(state, frame.from, { equipment });
    }
    case "text": {
      const name = state.people.find((person) => person.participant === frame.from)?.name ?? "";
      const line = { from: name, mine: false, words: frame.words, at: frame.at };
      return { ...state, lines: [...state.lines, line], unread: state.unread + 1 };
    }
    case "caption":
      return { ...state, captions: heardCaption(state.captions, frame) };
    case "channel":
      return withChannel(state, frame.channel);
    case "phone_asked":
      return { ...state, phoneAsked: true };
    case "ended":
      return {
        ...state,
        place: { at: "ended", byRole: frame.by_role, endedAt: frame.at, isSentOut: frame.sent_out === true },
      };
    case "moved_away":
      return { ...state, place: { at: "moved_away" } };
    default:
      return state;
  }
}

/** How an earlier connection felt says nothing about the next. */
function mediaNow(media: Media): Partial<Person> {
  return media === "connected" ? { media } : { media, quality: "unknown" };
}

function change(state: ConversationState, participant: string, changes: Partial<Person>): ConversationState {
  const people = state.people.map((one) => (one.participant === participant ? { ...one, ...changes } : one));
  return { ...state, people };
}

function withChannel(state: ConversationState, channel: Channel): ConversationState {
  return { ...state, channel, phoneAsked: state.phoneAsked && channel !== "phone" };
}

/** Nothing of picture and sound flows through this page: they are on the phone, or see each other elsewhere. */
export function isMediaClosed(state: ConversationState): boolean {
  return state.channel === "phone" || state.engine.kind === "external";
}

/**
 * A person from whom sound should come, and none does, or none that anybody understands; also when the server has given
 * their page up meanwhile. Who left by their own will has no media any more.
 */
function isLost(person: Person): boolean {
  const isSilent = person.media === "connected" && person.quality === "none" && person.equipment.microphone;
  return person.media === "lost" || isSilent;
}

/** Whether picture or sound that should flow does not. */
export function hasTrouble(state: ConversationState): boolean {
  if (state.place.at !== "in" || isMediaClosed(state)) return false;
  return state.people.some(isLost);
}

function isStuck(state: ConversationState): boolean {
  if (isMediaClosed(state)) return false;
  if (state.link === "lost" && (state.place.at === "joining" || !hasMedia(state))) return true;
  return state.people.some((one) => one.present && one.media === "connecting");
}

function hasMedia(state: ConversationState): boolean {
  return state.people.some((one) => one.media === "connected");
}

function withTrouble(state: ConversationState, now: number): ConversationState {
  const troubled = hasTrouble(state) || isStuck(state);
  const troubleSince = troubled ? (state.troubleSince ?? now) : null;
  const overdue = troubleSince !== null && now - troubleSince >= OVERDUE;
  if (troubleSince === state.troubleSince && overdue === state.overdue) return state;
  return { ...state, troubleSince, overdue };
}

export type Banner =
  | { readonly is: "none" }
  /** Nobody else is here. */
  | { readonly is: "alone"; readonly names: readonly string[] }
  | { readonly is: "connecting" }
  /** Our server is away, but people still see and hear each other. */
  | { readonly is: "signalling" }
  | { readonly is: "reconnecting"; readonly names: readonly string[] }
  | { readonly is: "overdue" }
  /** The own picture is held back, so that the sound holds. */
  | { readonly is: "paused" }
  /** No picture flows any more, because the network is weak. */
  | { readonly is: "sound" };

export function bannerOf(state: ConversationState): Banner {
  if (state.place.at === "joining") return state.overdue ? { is: "overdue" } : { is: "connecting" };
  if (state.place.at !== "in") return { is: "none" };
  if (isMediaClosed(state)) return { is: "none" };
  if (state.overdue) return { is: "overdue" };
  const lost = state.people.filter(isLost);
  if (lost.length > 0) return { is: "reconnecting", names: lost.map((one) => one.name) };
  if (state.link === "lost")
    return hasMedia(state) ? { is: "signalling" } : { is: "reconnecting", names: [] };
  const here = state.people.filter((one) => one.present);
  if (here.length === 0) return { is: "alone", names: state.people.map((one) => one.name) };
  if (here.some((one) => one.media === "connecting")) return { is: "connecting" };
  if (channelInUse(state) === "sound" && isMeasured(state)) return { is: "sound" };
  if (isHeldBack(state.own)) return { is: "paused" };
  return { is: "none" };
}

/** A camera that is on and whose picture is not sent, or a picture that is not asked for: because the network is weak. */
function isHeldBack(own: Equipment): boolean {
  return own.camera && (own.paused || !own.picture);
}

/** Whether it is the network that took the picture, and nobody's choice. */
export function isMeasured(state: ConversationState): boolean {
  const here = state.people.filter((one) => one.present && one.media === "connected");
  return isHeldBack(state.own) || here.some((one) => isHeldBack(one.equipment));
}

/** The channel that is really used, as the clinician's side reports it to the record; null while that cannot be said. */
export function channelInUse(state: ConversationState): Channel | null {
  const here = state.people.filter((one) => one.present && one.media === "connected");
  if (state.place.at !== "in" || isMediaClosed(state) || here.length === 0) return null;
  const shows = (own: Equipment): boolean => (own.camera && !own.paused) || own.sharing;
  const outgoing = shows(state.own) && here.some((one) => one.equipment.picture);
  const incoming = state.own.picture && here.some((one) => shows(one.equipment));
  return outgoing || incoming ? "video" : "sound";
}

/** What there is to say about the phone: it is in use, it is offered, or the patient asked for it. */
export function phoneOf(state: ConversationState): "none" | "in_use" | "offered" | "asked" {
  if (state.place.at !== "in" && state.place.at !== "joining") return "none";
  if (state.channel === "phone") return "in_use";
  if (state.overdue) return "offered";
  return state.phoneAsked ? "asked" : "none";
}
