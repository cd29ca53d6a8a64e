/** Parts of pages, made by the server: fetching them, and putting in only what changed. */

/** Marks what a page asks for by itself, so that it does not count as somebody working. */
const BY_ITSELF = { "X-Blikk-Background": "1" };

export interface Fetched {
  readonly status: number;
  readonly content: DocumentFragment;
}

/** Reads markup of our own server into nodes, without running anything in it. */
export function readMarkup(markup: string): DocumentFragment {
  const content = document.createDocumentFragment();
  content.append(...new DOMParser().parseFromString(markup, "text/html").body.childNodes);
  return content;
}

/** Fetches a part of a page; status 0 when the server cannot be reached. */
export async function fetchPart(address: string, signal?: AbortSignal): Promise<Fetched> {
  return ask(address, { headers: BY_ITSELF, ...(signal ? { signal } : {}) });
}

/** Sends a form and reads the part of the page that answers it. */
export async function sendForm(address: string, form: FormData, signal?: AbortSignal): Promise<Fetched> {
  return ask(address, { method: "POST", body: form, redirect: "manual", ...(signal ? { signal } : {}) });
}

/** Sends a form because something changed elsewhere, not because somebody did something here. */
export async function askAgain(address: string, form: FormData, signal: AbortSignal): Promise<Fetched> {
  return ask(address, { method: "POST", body: form, headers: BY_ITSELF, redirect: "manual", signal });
}

/** Fetches what somebody asked for by pressing something. */
export async function openPart(address: string, signal?: AbortSignal): Promise<Fetched> {
  return ask(address, signal ? { signal } : {});
}

/** Sent, and answered by the way to another page: it is done. */
export const DONE = 303;

/** Presses a button of a form without leaving the page. */
export async function press(
  form: HTMLFormElement,
  submitter: HTMLElement | null,
  signal?: AbortSignal,
): Promise<Fetched> {
  const body = new FormData(form, submitter);
  return ask(form.action, { method: "POST", body, redirect: "manual", ...(signal ? { signal } : {}) });
}

async function ask(address: string, how: RequestInit): Promise<Fetched> {
  try {
    const answer = await fetch(address, { credentials: "same-origin", redirect: "error", ...how });
    if (answer.type === "opaqueredirect") return { status: DONE, content: document.createDocumentFragment() };
    return { status: answer.status, content: readMarkup(await answer.text()) };
  } catch {
    return { status: 0, content: document.createDocumentFragment() };
  }
}

function marksOf(part: Element): string {
  const rows = [...part.querySelectorAll<HTMLElement>("[data-key][data-mark]")];
  return rows.map((row) => `${row.dataset["key"]} ${row.dataset["mark"]}`).join("\n");
}

function isSame(old: Element, fresh: Element): boolean {
  const [before, after] = [marksOf(old), marksOf(fresh)];
  if (before !== after) return false;
  return before !== "" || old.textContent === fresh.textContent;
}

const CAN_HAVE_FOCUS = "a[href], button, input, select, textarea, summary";

/** Where the focus is, in words that outlive the element. */
function focusIn(root: ParentNode): (() => void) | null {
  const active = document.activeElement;
  const row = active?.closest<HTMLElement>("[data-key][data-mark]");
  if (!active || !row || !root.contains(row)) return null;
  const key = row.dataset["key"] ?? "";
  const place = [...row.querySelectorAll(CAN_HAVE_FOCUS)].indexOf(active);
  return () => {
    const again = document.querySelector(`[data-key="${CSS.escape(key)}"][data-mark]`);
    const places = again ? [...again.querySelectorAll<HTMLElement>(CAN_HAVE_FOCUS)] : [];
    (places[place] ?? places[0])?.focus({ preventScroll: true });
  };
}

/** Puts each fresh part in the place of the old one, where they differ; the focus stays on its row. */
export function swapParts(root: ParentNode, fresh: DocumentFragment): boolean {
  const refocus = focusIn(root);
  let changed = false;
  for (const part of [...fresh.querySelectorAll<HTMLElement>("[data-part]")]) {
    const old = root.querySelector(`[data-part="${part.dataset["part"]}"]`);
    if (!old || isSame(old, part)) continue;
    old.replaceWith(part);
    changed = true;
  }
  if (changed && !document.activeElement?.closest("[data-key]")) refocus?.();
  return changed;
}
