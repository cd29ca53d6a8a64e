/** The note's field: keeps every change on the server and until then in the browser, and says so. */

import { el, say } from "../shared/dom";
import { t } from "../shared/words";
import { type Draft, type DraftEvent, foundAgain, isDue, isUnkept, next, toSend } from "./draft";
import { type Keeper, keeperFor, type Unkept } from "./kept";

// How long the server is behind while somebody writes without a pause.
const PAUSE = 400;
const RETRY = 3000;

export interface Note {
  /** Keeps what is left to keep; true when nothing is left. */
  flush(): Promise<boolean>;
  version(): number;
}

function wordsFor(draft: Draft): string {
  if (draft.at === "overtaken") {
    return t("Notatet er endret i et annet vindu. Kopier teksten din, og last siden på nytt.");
  }
  if (draft.at === "signed_out") {
    return t("Du er logget ut. Teksten er tatt vare på her. Logg inn igjen, og åpne siden på nytt.");
  }
  if (draft.at === "failed") return t("Ikke lagret ennå. Teksten står her, og vi prøver igjen.");
  if (draft.at === "saving" || isUnkept(draft)) return t("Lagrer …");
  return t("Lagret");
}

/** Mounts the note; what the server does not have yet is in this browser too, sealed. */
export function mountNote(field: HTMLTextAreaElement, said: HTMLElement): Note {
  const href = field.dataset["href"] ?? "";
  // What came with the page is kept; who was quicker than this script has written more than that already.
  let draft: Draft = {
    text: field.defaultValue,
    kept: field.defaultValue,
    version: Number(field.dataset["version"] ?? 1),
    sent: null,
    at: "resting",
  };
  const keeper = keeperFor(href, field.dataset["keptKey"] ?? "");
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: Promise<void> | null = null;
  let isLeaving = false;

  const dispatch = (event: DraftEvent): void => {
    draft = next(draft, event);
    say(said, wordsFor(draft));
    const { text, kept, sent } = draft;
    if (isUnkept(draft)) keeper.keep({ text, base: kept, sent, at: Date.now() });
    // The next page may be on its way already, without what came to the server after it was made.
    else if (!isLeaving) keeper.forget();
  };
  // Never put off by the next keystroke: who writes without a pause is kept as well.
  const later = (time: number): void => {
    timer ??= setTimeout(() => void save(), time);
  };
  const save = async (): Promise<void> => {
    clearTimeout(timer ?? undefined);
    timer = null;
    if (running) return running;
    if (!isDue(draft)) return;
    const { version } = draft;
    const text = toSend(draft);
    dispatch({ type: "sent" });
    running = send(href, text, version).then((event) => {
      running = null;
      dispatch(event);
      if (isDue(draft)) later(draft.at === "resting" ? PAUSE : RETRY);
    });
    return running;
  };

  field.addEventListener("input", () => {
    isLeaving = false;
    dispatch({ type: "typed", text: field.value });
    if (!running) later(PAUSE);
  });
  field.addEventListener("blur", () => void save());
  guardLeaving(field, save, () => {
    isLeaving = true;
    return isUnkept(draft);
  });
  if (field.value !== field.defaultValue) type(field, field.value);
  void takeUp(keeper, field, said, () => draft);
  return {
    version: () => draft.version,
    async flush() {
      for (let tries = 0; tries < 3 && isUnkept(draft) && draft.at !== "overtaken"; tries++) await save();
      return !isUnkept(draft);
    },
  };
}

/** Goes on with what an earlier page left in the browser, or shows it where it does not fit. */
async function takeUp(
  keeper: Keeper,
  field: HTMLTextAreaElement,
  said: HTMLElement,
  now: () => Draft,
): Promise<void> {
  const found = await keeper.find();
  if (!found) return;
  const is = foundAgain(now().kept, found);
  if (is === "ours" && field.value === now().kept) type(field, found.text);
  else if (is !== "kept") offer(field, said, found);
  else if (!isUnkept(now())) keeper.forget();
}

/** Keeps what is left when the page goes away, and asks whether it should where that may not be in time.
 *
 * `leave` hears that the page is about to go, and says whether anything is left.
 */
function guardLeaving(field: HTMLElement, save: () => Promise<void>, leave: () => boolean): void {
  addEventListener("beforeunload", (event) => {
    if (!leave() || !field.isConnected) return;
    void save();
    event.preventDefault();
  });
  addEventListener("pagehide", () => void save());
}

function type(field: HTMLTextAreaElement, words: string): void {
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Words that do not fit what the server has now: shown, for the person to take or to leave. */
function offer(field: HTMLTextAreaElement, said: HTMLElement, found: Unkept): void {
  const take = el(
    "button",
    { type: "button", class: "ds-button", "data-size": "sm" },
    t("Sett det inn nederst"),
  );
  const leave = el(
    "button",
    { type: "button", class: "ds-button", "data-size": "sm", "data-variant": "tertiary" },
    t("Kast det"),
  );
  const box = el(
    "div",
    { class: "panel", "data-test": "note-found" },
    el("p", {}, t("Dette ble skrevet i denne nettleseren, men ikke lagret:")),
    el("p", { class: "draft" }, found.text),
    el("div", { class: "cluster" }, take, leave),
  );
  take.addEventListener("click", () => {
    type(field, [field.value.trimEnd(), found.text].filter(Boolean).join("\n\n"));
    box.remove();
    field.focus();
  });
  leave.addEventListener("click", () => {
    box.remove();
    field.focus();
  });
  said.after(box);
}

async function send(href: string, text: string, version: number): Promise<DraftEvent> {
  try {
    const answer = await fetch(href, {
      method: "POST",
      credentials: "same-origin",
      keepalive: text.length < 15_000,
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ free_text: text, note_version: version }),
    });
    if (answer.ok) {
      const said = (await answer.json()) as { version: number };
      return { type: "kept", text, version: said.version };
    }
    // A page that is there no more for us: signed out, or for good; the words stay here either way.
    if (answer.status === 404) return { type: "signed_out" };
    return { type: answer.status === 409 ? "overtaken" : "failed" };
  } catch {
    return { type: "failed" };
  }
}
