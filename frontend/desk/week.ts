/** Where a period lies in the week while somebody moves it, by hand or by keys. Pure: no DOM, no clock. */

export const STEP = 15;
const MIDNIGHT = 24 * 60;
const DAYS = 7;

/** A stretch of every such weekday, in minutes of the wall clock. */
export interface Place {
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

export type Hand =
  | { readonly at: "resting" }
  | { readonly at: "holding"; readonly key: string; readonly was: Place; readonly is: Place }
  | { readonly at: "putting"; readonly key: string; readonly was: Place; readonly is: Place };

export type HandEvent =
  | { readonly type: "lifted"; readonly key: string; readonly place: Place }
  | { readonly type: "carried"; readonly days: number; readonly minutes: number }
  | { readonly type: "stretched"; readonly minutes: number }
  | { readonly type: "put" }
  | { readonly type: "settled" }
  | { readonly type: "dropped" };

const RESTING: Hand = { at: "resting" };

/** One thing is held at a time; nothing is sent that lies where it lay before. */
export function next(hand: Hand, event: HandEvent): Hand {
  switch (event.type) {
    case "lifted":
      return hand.at === "resting"
        ? { at: "holding", key: event.key, was: event.place, is: event.place }
        : hand;
    case "carried":
      return hand.at === "holding" ? { ...hand, is: carry(hand.is, event.days, event.minutes) } : hand;
    case "stretched":
      return hand.at === "holding" ? { ...hand, is: stretch(hand.is, event.minutes) } : hand;
    case "put":
      if (hand.at !== "holding") return hand;
      return isSame(hand.was, hand.is) ? RESTING : { ...hand, at: "putting" };
    case "settled":
      return hand.at === "putting" ? RESTING : hand;
    case "dropped":
      return hand.at === "holding" ? RESTING : hand;
    default:
      return unreachable(event);
  }
}

function unreachable(event: never): never {
  throw new Error(`no such event: ${JSON.stringify(event)}`);
}

/** Moves the whole stretch, which keeps its length and stays within the day and the week. */
export function carry(place: Place, days: number, minutes: number): Place {
  const length = place.to - place.from;
  const from = between(0, place.from + minutes, MIDNIGHT - length);
  return { day: between(0, place.day + days, DAYS - 1), from, to: from + length };
}

/** Moves the end alone; one step is the shortest there is. */
export function stretch(place: Place, minutes: number): Place {
  return { ...place, to: between(place.from + STEP, place.to + minutes, MIDNIGHT) };
}

/** The nearest whole step. */
export function snapped(minutes: number): number {
  return Math.round(minutes / STEP) * STEP;
}

export function isSame(one: Place, other: Place): boolean {
  return one.day === other.day && one.from === other.from && one.to === other.to;
}

/** Minutes as the clock shows them: 09:05. Midnight at the end of a day is the last minute, as forms have it. */
export function clock(minutes: number): string {
  const shown = Math.min(minutes, MIDNIGHT - 1);
  return `${String(Math.floor(shown / 60)).padStart(2, "0")}:${String(shown % 60).padStart(2, "0")}`;
}

export interface WeekKey {
  readonly key: string;
  readonly shiftKey: boolean;
}

/** What a key means to whoever holds a period. */
export function meaning({ key, shiftKey }: WeekKey): HandEvent | null {
  switch (key) {
    case "ArrowLeft":
      return { type: "carried", days: -1, minutes: 0 };
    case "ArrowRight":
      return { type: "carried", days: 1, minutes: 0 };
    case "ArrowUp":
      return shiftKey ? { type: "stretched", minutes: -STEP } : { type: "carried", days: 0, minutes: -STEP };
    case "ArrowDown":
      return shiftKey ? { type: "stretched", minutes: STEP } : { type: "carried", days: 0, minutes: STEP };
    case "Enter":
    case " ":
      return { type: "put" };
    case "Escape":
      return { type: "dropped" };
    default:
      return null;
  }
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), most);
}
