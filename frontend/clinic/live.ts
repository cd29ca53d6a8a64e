/** Keeps "how it is now" up to date on a clinic's page and on its badge, by asking a cheap address every few seconds. */

/** What the server says of the drop-in now; the words are in the reader's language already. */
export interface Live {
  readonly state: "open" | "busy" | "closed" | "none";
  readonly headline: string;
  readonly detail: string;
  readonly may_enter: boolean;
}

/** What to do next: the answer that came, or how often none did. */
export interface Pulse {
  readonly live: Live | null;
  readonly missed: number;
}

const STALE_AFTER = 3;
const SLOWEST = 60;

/** An answer is believed only if it has what is shown. */
export function readLive(content: unknown): Live | null {
  if (typeof content !== "object" || content === null) return null;
  const { state, headline, detail, may_enter } = content as Partial<Live>;
  if (typeof headline !== "string" || typeof detail !== "string" || typeof may_enter !== "boolean")
    return null;
  return { state: state ?? "none", headline, detail, may_enter };
}

/** After an answer it is as told; a silence keeps what was known, and counts. */
export function heard(pulse: Pulse, live: Live | null): Pulse {
  return live ? { live, missed: 0 } : { live: pulse.live, missed: pulse.missed + 1 };
}

/** Old numbers say that they are old. */
export function isStale(pulse: Pulse): boolean {
  return pulse.missed >= STALE_AFTER;
}

/** How many seconds to leave the server alone: longer and longer while it does not answer. */
export function restFor(pulse: Pulse, every: number): number {
  return Math.min(every * 2 ** Math.min(pulse.missed, 6), Math.max(SLOWEST, every));
}
