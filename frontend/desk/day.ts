/** The behaviour of the day page: who is new, what the title says, and the way from a row to a conversation. Pure. */

export type Desk =
  | { readonly at: "day" }
  | { readonly at: "admitting"; readonly arrival: string }
  | { readonly at: "talking"; readonly consultation: string };

export type DeskEvent =
  | { readonly type: "pressed"; readonly arrival: string }
  | { readonly type: "admitted"; readonly consultation: string }
  | { readonly type: "refused" };

/** A second press while the first is on its way does nothing; a conversation is left only by leaving the page. */
export function next(desk: Desk, event: DeskEvent): Desk {
  switch (event.type) {
    case "pressed":
      return desk.at === "day" ? { at: "admitting", arrival: event.arrival } : desk;
    case "admitted":
      return desk.at === "admitting" ? { at: "talking", consultation: event.consultation } : desk;
    case "refused":
      return desk.at === "admitting" ? { at: "day" } : desk;
    default:
      return unreachable(event);
  }
}

function unreachable(event: never): never {
  throw new Error(`no such event: ${JSON.stringify(event)}`);
}

/** Those who wait now and did not wait before. */
export function newcomers(before: ReadonlySet<string>, now: readonly string[]): readonly string[] {
  return now.filter((arrival) => !before.has(arrival));
}

/** The page's title: how many wait, and while it flashes, that somebody does. Never a name. */
export function titleOf(base: string, waiting: number, flash: string | null): string {
  if (waiting === 0) return base;
  return flash === null ? `(${waiting}) ${base}` : `(${waiting}) ${flash}`;
}

/** Whole minutes since then, never below zero. */
export function minutesSince(since: string, now: number): number {
  return Math.max(Math.floor((now - Date.parse(since)) / 60_000), 0);
}

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
}

/** Whether this is the key with that letter. `typing` says that it was meant for a field. */
export function isKey(key: Key, letter: string, typing: boolean): boolean {
  if (typing || key.repeat || key.ctrlKey || key.altKey || key.metaKey) return false;
  return key.key.toLowerCase() === letter;
}
