/** The plan: each part keeps itself at every pause, tells when a colleague has written, and never writes over them. */

import { type Draft, type DraftEvent, isDue, isUnkept, next } from "../desk/draft";
import { find, say, show } from "../shared/dom";
import { t } from "../shared/words";
import { type Theirs, together } from "./together";

const PAUSE = 600;
const RETRY = 3000;
/** How often who only reads is shown what colleagues have written. */
const FRESH = 15_000;

export function startPlan(): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-part]")) mountPart(part);
}

type Answer =
  | { readonly is: "kept" | "there"; readonly part: Theirs }
  | { readonly is: "overtaken" | "failed" };

function mountPart(part: HTMLElement): void {
  const field = find<HTMLTextAreaElement>("[data-words]", part);
  const said = find("[data-saved]", part);
  const other = find("[data-other]", part);
  const href = field.dataset["href"] ?? "";
  let draft: Draft = {
    text: field.value,
    kept: field.value,
    version: Number(field.dataset["version"] ?? 0),
    sent: null,
    at: "resting",
  };
  let theirs: Theirs | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;

  const dispatch = (event: DraftEvent): void => {
    draft = next(draft, event);
    say(said, wordsFor(draft));
  };
  const later = (time: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), time);
  };
  const save = async (): Promise<void> => {
    clearTimeout(timer);
    if (isRunning || !isDue(draft)) return;
    isRunning = true;
    const { text, version } = draft;
    dispatch({ type: "sent" });
    const answer = await ask(`${href}/skriv`, { words: text, version });
    isRunning = false;
    if (answer.is === "kept") {
      dispatch({ type: "kept", text, version: answer.part.version });
      say(find("[data-last]", part), answer.part.last);
    } else if (answer.is === "overtaken") await meet();
    else dispatch({ type: "failed" });
    if (isDue(draft)) later(draft.at === "failed" ? RETRY : PAUSE);
  };
  /** A colleague has written: both texts stand side by side until the person says what shall be. */
  const meet = async (): Promise<void> => {
    const found = await ask(href);
    if (found.is !== "there") return dispatch({ type: "failed" });
    theirs = found.part;
    dispatch({ type: "overtaken" });
    say(find("[data-who]", other), `${theirs.last}:`);
    say(find("[data-theirs]", other), theirs.words);
    show(other, true);
  };
  const settle = (text: string): void => {
    if (!theirs) return;
    draft = { text, kept: theirs.words, version: theirs.version, sent: null, at: "resting" };
    field.value = text;
    theirs = null;
    show(other, false);
    field.focus();
    void save();
  };
  /** Who reads and has typed nothing sees what colleagues have written since. */
  const catchUp = async (): Promise<void> => {
    if (isUnkept(draft) || isRunning || theirs) return;
    const found = await ask(href);
    if (found.is !== "there" || isUnkept(draft) || found.part.version <= draft.version) return;
    field.value = found.part.words;
    draft = {
      text: found.part.words,
      kept: found.part.words,
      version: found.part.version,
      sent: null,
      at: "resting",
    };
    say(find("[data-last]", part), found.part.last);
  };

  listen(part, field, {
    typed() {
      dispatch({ type: "typed", text: field.value });
      if (!isRunning) later(PAUSE);
    },
    save,
    catchUp,
    settleBoth: () => settle(together(draft.text, theirs?.words ?? "")),
    settleMine: () => settle(draft.text),
    isUnkept: () => isUnkept(draft),
  });
}

interface PartActs {
  typed(): void;
  save(): Promise<void>;
  catchUp(): Promise<void>;
  settleBoth(): void;
  settleMine(): void;
  isUnkept(): boolean;
}

function listen(part: HTMLElement, field: HTMLTextAreaElement, acts: PartActs): void {
  field.addEventListener("input", () => acts.typed());
  field.addEventListener("blur", () => void acts.save());
  field.addEventListener("focus", () => void acts.catchUp());
  setInterval(() => document.visibilityState === "visible" && void acts.catchUp(), FRESH);
  find("[data-both]", part).addEventListener("click", () => acts.settleBoth());
  find("[data-mine]", part).addEventListener("click", () => acts.settleMine());
  addEventListener("beforeunload", (event) => {
    if (!acts.isUnkept()) return;
    void acts.save();
    event.preventDefault();
  });
  addEventListener("pagehide", () => void acts.save());
}

function wordsFor(draft: Draft): string {
  if (draft.at === "overtaken")
    return t("En kollega skrev her samtidig. Teksten din står fortsatt. Velg hva som skal gjelde.");
  if (draft.at === "failed") return t("Ikke lagret ennå. Teksten står her, og vi prøver igjen.");
  if (draft.at === "saving" || isUnkept(draft)) return t("Lagrer …");
  return t("Lagret");
}

async function ask(path: string, body?: object): Promise<Answer> {
  try {
    const answer = await fetch(path, {
      credentials: "same-origin",
      cache: "no-store",
      headers: { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { method: "POST", keepalive: true, body: JSON.stringify(body) } : {}),
    });
    if (answer.ok) return { is: body ? "kept" : "there", part: (await answer.json()) as Theirs };
    return { is: answer.status === 409 ? "overtaken" : "failed" };
  } catch {
    return { is: "failed" };
  }
}
