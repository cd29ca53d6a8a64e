/** The words that the server does not have yet, in the storage of this tab alone: they survive a reload and a crash.
 *
 * They are taken away as soon as the server has them. A patient's page never has this: only the staff's note does.
 */

export interface Spare {
  readonly text: string;
  /** What the server had when this was typed. */
  readonly kept: string;
}

const PREFIX = "blikk.note:";

export function hold(href: string, spare: Spare): void {
  try {
    sessionStorage.setItem(PREFIX + href, JSON.stringify(spare));
  } catch {
    // A full or forbidden storage: the words stay in the page, as they always did.
  }
}

export function forget(href: string): void {
  try {
    sessionStorage.removeItem(PREFIX + href);
  } catch {
    // Nothing was put there.
  }
}

/** What was typed after the server's text and did not reach it; null where there is nothing to bring back. */
export function leftBehind(href: string, now: string): string | null {
  const found = read(href);
  if (!found) return null;
  if (found.text === now) {
    forget(href);
    return null;
  }
  return together(found, now);
}

/** The same text, or both where the note has changed elsewhere since: nobody's words are thrown away. */
export function together(spare: Spare, now: string): string {
  if (now === spare.kept || spare.text.startsWith(now)) return spare.text;
  if (now.startsWith(spare.text) || now.endsWith(spare.text)) return now;
  return `${now}\n\n${spare.text}`;
}

function read(href: string): Spare | null {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(PREFIX + href) ?? "null");
    return isSpare(found) ? found : null;
  } catch {
    return null;
  }
}

function isSpare(found: unknown): found is Spare {
  if (typeof found !== "object" || found === null) return false;
  const { text, kept } = found as Record<string, unknown>;
  return typeof text === "string" && typeof kept === "string";
}
