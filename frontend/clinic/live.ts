/** How it is now at a clinic: what the server says of its drop-in and its free hours, believed only if it is whole. */

export interface Hours {
  readonly day: string;
  readonly is_today: boolean;
  readonly times: readonly string[];
  readonly why: string;
}

/** What the server says of the drop-in now; the words are in the reader's language already. */
export interface Live {
  readonly state: "open" | "busy" | "closed" | "none";
  readonly headline: string;
  readonly detail: string;
  readonly may_enter: boolean;
  readonly may_book: boolean;
  readonly hours: readonly Hours[];
}

/** An hour that one can take. */
export interface Slot {
  readonly name: string;
  readonly on: string;
  readonly day: string;
  readonly time: string;
  readonly who: string;
}

/** What is different in a list of hours: all of it, or what went and what came. */
export type SlotNews =
  | { readonly is: "whole"; readonly slots: readonly Slot[] }
  | { readonly is: "change"; readonly gone: readonly string[]; readonly come: readonly Slot[] };

/** How often nobody answered. */
export interface Pulse {
  readonly missed: number;
}

const STALE_AFTER = 3;
const SLOWEST = 60;
const FIRST_RETRY = 1.5;

function fields(content: unknown): Readonly<Record<string, unknown>> | null {
  return typeof content === "object" && content !== null ? (content as Record<string, unknown>) : null;
}

function listOf<T>(content: unknown, read: (one: unknown) => T | null): T[] | null {
  if (!Array.isArray(content)) return null;
  const found = content.map(read);
  return found.includes(null) ? null : (found as T[]);
}

function text(content: unknown): string | null {
  return typeof content === "string" ? content : null;
}

function readHours(content: unknown): Hours | null {
  const said = fields(content);
  const times = listOf(said?.times, text);
  if (!said || !times || typeof said.day !== "string" || typeof said.why !== "string") return null;
  return { day: said.day, is_today: said.is_today === true, times, why: said.why };
}

/** An answer is believed only if it has what is shown. */
export function readLive(content: unknown): Live | null {
  const said = fields(content);
  const hours = listOf(said?.hours, readHours);
  if (!said || !hours) return null;
  const { state, headline, detail, may_enter, may_book } = said as Partial<Live>;
  if (typeof headline !== "string" || typeof detail !== "string") return null;
  if (typeof may_enter !== "boolean" || typeof may_book !== "boolean") return null;
  return { state: state ?? "none", headline, detail, may_enter, may_book, hours };
}

function readSlot(content: unknown): Slot | null {
  const said = fields(content);
  const values = ["name", "on", "day", "time", "who"].map((name) => said?.[name]);
  return values.every((value) => typeof value === "string") ? (content as Slot) : null;
}

/** The free hours as the socket tells them, or as the address that is asked by and by does. */
export function readSlots(content: unknown): SlotNews | null {
  const said = fields(content);
  if (said?.type === "slots_changed") {
    const [gone, come] = [listOf(said.gone, text), listOf(said.come, readSlot)];
    return gone && come ? { is: "change", gone, come } : null;
  }
  const slots = listOf(said?.slots, readSlot);
  return slots && { is: "whole", slots };
}

/** A silence counts, an answer ends it. */
export function heard(pulse: Pulse, hasAnswered: boolean): Pulse {
  return { missed: hasAnswered ? 0 : pulse.missed + 1 };
}

/** Old numbers say that they are old. */
export function isStale(pulse: Pulse): boolean {
  return pulse.missed >= STALE_AFTER;
}

/** How many seconds to leave the server alone: longer and longer while it does not answer. */
export function restFor(pulse: Pulse, every: number): number {
  return Math.min(every * 2 ** Math.min(pulse.missed, 6), Math.max(SLOWEST, every));
}

/** Seconds until a socket is tried again; `chance` spreads those who lost theirs at the same moment. */
export function retryIn(attempt: number, chance: number): number {
  return Math.min(FIRST_RETRY * 2 ** Math.min(attempt, 6), SLOWEST) * (0.5 + chance);
}
