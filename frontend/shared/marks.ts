/** The two random marks of a page: `tab` lives as long as the tab, `epoch` as long as this load of the page. */

const KEY = "blikk.tab";

/** Random, url-safe, and long enough that two pages never share one. */
export function newMark(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

let unkept: string | null = null;

/** The mark of this tab; kept through reloads, a fresh one for each load where the browser keeps nothing. */
export function tabMark(): string {
  try {
    const kept = sessionStorage.getItem(KEY);
    if (kept) return kept;
    const made = newMark();
    sessionStorage.setItem(KEY, made);
    return made;
  } catch {
    unkept ??= newMark();
    return unkept;
  }
}

const load = globalThis as { blikkEpoch?: string };
load.blikkEpoch ??= newMark();

/** The mark of this load of the page, in all its scripts: a reload has a new certificate, so the others must know. */
export const EPOCH: string = load.blikkEpoch;
