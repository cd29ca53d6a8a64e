/** The note's field: keeps every change on the server, says so, and guards what is not kept yet. */

import { say } from "../shared/dom";
import { t } from "../shared/words";
import { type Draft, type DraftEvent, isDue, isUnkept, next } from "./draft";
import { forget, hold, leftBehind } from "./spare";

const PAUSE = 600;
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
  if (draft.at === "failed") return t("Ikke lagret ennå. Teksten står her, og vi prøver igjen.");
  if (draft.at === "saving" || isUnkept(draft)) return t("Lagrer …");
  return t("Lagret");
}

/** Mounts the note; words that the server does not have yet lie in this tab's own storage too, through a crash. */
export function mountNote(field: HTMLTextAreaElement, said: HTMLElement): Note {
  const href = field.dataset["href"] ?? "";
  let draft: Draft = {
    text: field.value,
    kept: field.value,
    version: Number(field.dataset["version"] ?? 1),
    at: "resting",
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;

  const dispatch = (event: DraftEvent): void => {
    draft = next(draft, event);
    if (isUnkept(draft)) hold(href, { text: draft.text, kept: draft.kept });
    else forget(href);
    say(said, wordsFor(draft));
  };
  const later = (time: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), time);
  };
  const save = async (): Promise<void> => {
    clearTimeout(timer);
    if (running) return running;
    if (!isDue(draft)) return;
    const { text, version } = draft;
    dispatch({ type: "sent" });
    running = send(href, text, version).then((event) => {
      running = null;
      dispatch(event);
      if (isDue(draft)) later(draft.at === "failed" ? RETRY : PAUSE);
    });
    return running;
  };

  field.addEventListener("input", () => {
    dispatch({ type: "typed", text: field.value });
    if (!running) later(PAUSE);
  });
  field.addEventListener("blur", () => void save());
  addEventListener("beforeunload", (event) => {
    if (!isUnkept(draft) || !field.isConnected) return;
    void save();
    event.preventDefault();
  });
  addEventListener("pagehide", () => void save());
  const spare = field.readOnly ? null : leftBehind(href, field.value);
  if (spare !== null) {
    field.value = spare;
    dispatch({ type: "typed", text: spare });
    void save();
  }
  return {
    version: () => draft.version,
    async flush() {
      for (let tries = 0; tries < 3 && isUnkept(draft) && draft.at !== "overtaken"; tries++) await save();
      return !isUnkept(draft);
    },
  };
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
    return { type: answer.status === 409 || answer.status === 404 ? "overtaken" : "failed" };
  } catch {
    return { type: "failed" };
  }
}
