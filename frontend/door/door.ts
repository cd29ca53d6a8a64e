/** The whole behaviour of the patient's one page, as a pure function: no sockets, no clock, no DOM. */

import type { Along } from "./along";

/** Where the server says that this person is. */
export type Step =
  | "early"
  | "birth_date"
  | "code"
  | "check"
  | "waiting"
  | "admitted"
  | "ended"
  | "cancelled"
  | "moved"
  | "replaced"
  | "locked"
  | "expired"
  | "given_up"
  | "in_person"
  | "queue_closed";

/** Why a place in the queue grew: it never does without one of these. */
export type Pushed = "" | "priority" | "transferred_in" | "missed_call";

/** What the clinic told those who wait: a fixed text by its code, or words of its own. */
export interface Told {
  readonly at: string;
  readonly code: string;
  readonly words: string;
}

/** The place in a drop-in queue; of no meaning for a booked hour, where `place` is 0. */
export interface Place {
  readonly place: number;
  /** From so many minutes to so many; null while nobody can say. */
  readonly wait_low: number | null;
  readonly wait_high: number | null;
  /** How many are at work in the queue. */
  readonly servers: number;
  readonly server_names: readonly string[];
  /** How many of those who serve it have a break. */
  readonly paused: number;
  readonly pushed: Pushed;
  readonly is_away: boolean;
  readonly on_hold: boolean;
  readonly hold_words: string;
  /** When who was given a few minutes comes back by themselves. */
  readonly hold_until?: string | null;
  /** It is their turn, until then. */
  readonly called_until: string | null;
  readonly opening_name: string;
  /** Why they no longer stand in the queue. */
  readonly gone: "" | "left" | "declined" | "missed";
}

/** What the server tells about the door; times are ISO 8601. */
export interface DoorView extends Place {
  readonly invitation: string;
  readonly step: Step;
  readonly phone: string;
  readonly zone: string;
  readonly opens_at: string;
  readonly tries_left: number;
  readonly code_to: string;
  /** The answer that led here was wrong, and a try was used up. */
  readonly wrong: boolean;
  readonly waiting_since: string | null;
  readonly consultation: string;
  readonly words: readonly Told[];
  /** How late the clinician of a booked hour is, and what the patient wants to do about it. */
  readonly late_minutes: number;
  readonly late_answer: "" | "wait" | "phone" | "new_time";
  /** How far it is with showing who the clinician is: `asked`, `shown`, `seen`, `unsure`, or nothing. */
  readonly showing: string;
  /** What the patient has asked for; "offered": there are times in person to choose between. */
  readonly wish: "" | "in_person" | "cannot_come" | "offered";
  /** The conversation is held in another video solution. */
  readonly is_external: boolean;
  /** This patient reads and writes. */
  readonly uses_text: boolean;
  /** Which control questions are answered, and never how; of a patient who waits. */
  readonly frame?: {
    readonly answered: readonly string[];
    readonly is_urgent: boolean;
    readonly wish: string;
  } | null;
  /** Those who come along with this patient. */
  readonly along: readonly Along[];
}

export type Screen =
  | "link"
  | "early"
  | "birth-date"
  | "code"
  | "check"
  | "check-elsewhere"
  | "waiting"
  | "away"
  | "gone"
  | "talk"
  | "stepped-out"
  | "left"
  | "elsewhere"
  | "moved-away"
  | "lost"
  | "ended"
  | "sent-out"
  | "cancelled"
  | "moved"
  | "replaced"
  | "locked"
  | "expired"
  | "given-up"
  | "in-person"
  | "queue-closed";

export interface Door {
  readonly screen: Screen;
  readonly view: DoorView;
  /** A request is under way, so buttons wait. */
  readonly isBusy: boolean;
  /** What the server refused, by code; shown beside the field or above the button. */
  readonly problem: string | null;
  /** The socket is down; the place is kept. */
  readonly isOffline: boolean;
  /** Has pressed the first button in this tab. Before that nothing asks for the camera. */
  readonly hasBegun: boolean;
  /** Tries the equipment before the door opens. */
  readonly isRehearsing: boolean;
}

export type DoorEvent =
  | { readonly type: "began" }
  | { readonly type: "rehearsed"; readonly done: boolean }
  | { readonly type: "asked" }
  | { readonly type: "answered"; readonly view: DoorView }
  | { readonly type: "refused"; readonly code: string }
  | { readonly type: "news"; readonly view: DoorView }
  | { readonly type: "place"; readonly place: Partial<DoorView> }
  | { readonly type: "words"; readonly words: readonly Told[] }
  | { readonly type: "socket"; readonly up: boolean }
  | { readonly type: "elsewhere" }
  | { readonly type: "moved_away" }
  | { readonly type: "moved_here"; readonly view: DoorView }
  | { readonly type: "ended" }
  | { readonly type: "sent_out" }
  | { readonly type: "stepped_out" }
  | { readonly type: "left" }
  | { readonly type: "back_in" };

/** The page as it is when it has just been loaded. */
export function firstDoor(view: DoorView, hasBegun: boolean): Door {
  const door: Door = {
    screen: "link",
    view,
    isBusy: false,
    problem: null,
    isOffline: false,
    hasBegun,
    isRehearsing: false,
  };
  return { ...door, screen: screenFor(door, view) };
}

function screenFor(door: Door, view: DoorView): Screen {
  switch (view.step) {
    case "early":
      return door.isRehearsing ? "check" : "early";
    case "birth_date":
      return door.hasBegun ? "birth-date" : "link";
    case "code":
    case "check":
      if (view.gone === "missed" || view.gone === "declined") return "gone";
      if (door.hasBegun && view.step === "check" && view.is_external) return "check-elsewhere";
      return door.hasBegun ? view.step : "link";
    case "waiting":
      return view.is_away ? "away" : "waiting";
    case "queue_closed":
      return "queue-closed";
    case "given_up":
      return "given-up";
    case "in_person":
      return "in-person";
    case "admitted":
      return door.screen === "stepped-out" ? "stepped-out" : "talk";
    default:
      return view.step;
  }
}

const CLOSED: ReadonlySet<Screen> = new Set<Screen>([
  "ended",
  "sent-out",
  "cancelled",
  "moved",
  "replaced",
  "locked",
  "expired",
  "lost",
  "given-up",
  "in-person",
  "queue-closed",
]);

/** Over for good: no socket, no camera, no screen lock needed any more. */
export function isClosed(screen: Screen): boolean {
  return CLOSED.has(screen);
}

/** Whether camera and microphone are needed, or should be let go. */
export function needsDevices(screen: Screen, isExternal = false): boolean {
  if (isExternal) return false;
  return screen === "check" || screen === "waiting" || screen === "talk";
}

/** Whether news of the own arrival are awaited. */
export function needsSocket(door: Door): boolean {
  switch (door.screen) {
    case "waiting":
    case "away":
    case "talk":
    case "stepped-out":
    case "elsewhere":
      return true;
    // In a queue the place moves while the camera is still being tried.
    case "link":
    case "check":
    case "check-elsewhere":
      return door.view.place > 0;
    default:
      return false;
  }
}

function seen(door: Door, view: DoorView): Door {
  return { ...door, view, isBusy: false, problem: null, screen: screenFor(door, view) };
}

function answered(door: Door, view: DoorView): Door {
  const wrong = view.step === "code" ? "wrong_code" : "wrong_birth_date";
  return { ...seen(door, view), problem: view.wrong ? wrong : null };
}

/** What follows from an event. What is over stays over, whatever arrives late. */
export function next(door: Door, event: DoorEvent): Door {
  if (isClosed(door.screen)) return door;
  switch (event.type) {
    case "began":
      return seen({ ...door, hasBegun: true }, door.view);
    case "rehearsed":
      return seen({ ...door, isRehearsing: !event.done }, door.view);
    case "asked":
      return { ...door, isBusy: true, problem: null };
    case "answered":
      return answered(door, event.view);
    case "refused":
      if (event.code === "not_found") return { ...door, isBusy: false, screen: "lost" };
      return { ...door, isBusy: false, problem: event.code };
    case "news":
      return takeNews(door, event.view);
    case "place":
      return takeNews(door, { ...door.view, ...event.place });
    case "words":
      return takeNews(door, { ...door.view, words: joined(door.view.words, event.words) });
    case "socket":
      return { ...door, isOffline: !event.up };
    case "elsewhere":
      return { ...door, isBusy: false, screen: "elsewhere" };
    case "moved_away":
      return { ...door, isBusy: false, screen: "moved-away" };
    case "moved_here":
      return seen({ ...door, hasBegun: true }, event.view);
    case "ended":
      return { ...door, isBusy: false, screen: "ended" };
    case "sent_out":
      return { ...door, isBusy: false, screen: "sent-out" };
    case "stepped_out":
      return { ...door, screen: "stepped-out" };
    case "left":
      return { ...door, isBusy: false, screen: "left", problem: null };
    case "back_in":
      return seen({ ...door, screen: "check", hasBegun: true }, door.view);
    default:
      return unreachable(event);
  }
}

/** What was told before and what is told now; what comes twice stands there once. */
function joined(before: readonly Told[], more: readonly Told[]): readonly Told[] {
  const isNew = (one: Told): boolean => !before.some((old) => old.at === one.at && old.code === one.code);
  return [...before, ...more.filter(isNew)];
}

/** News about a door that was left or moved is kept, but brings nobody back in against their will. */
function takeNews(door: Door, view: DoorView): Door {
  const screen = screenFor(door, view);
  const isAway = door.screen === "left" || door.screen === "moved-away" || door.screen === "elsewhere";
  if (isAway && !isClosed(screen)) return { ...door, view };
  return { ...door, view, screen };
}

function unreachable(event: never): never {
  throw new Error(`no such event: ${String(event)}`);
}
