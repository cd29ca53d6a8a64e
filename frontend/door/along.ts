/** Those who come along with the patient: the question about each, and what was answered. */

import { roleWord } from "../call/sentences";
import { el, set, show } from "../shared/dom";
import type { Role } from "../shared/frames";
import { t } from "../shared/words";
import type { Door, Screen } from "./door";

/** Somebody who comes along, as the patient is told. */
export interface Along {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Of an interpreter. */
  readonly spoken: string;
  readonly answer: "" | "yes" | "no";
  /** A standing agreement says yes; a no of today counts more. */
  readonly is_agreed: boolean;
  /** The clinician has decided; it is not asked any more. */
  readonly is_settled: boolean;
  /** `waiting` at the door, `admitted`, or not there. */
  readonly status: string;
}

export type Question = "ask" | "yes" | "no" | "in" | "settled";

const WITH: ReadonlySet<Screen> = new Set<Screen>(["waiting", "away", "talk"]);

/** What stands beside somebody: the question, what was answered and may be changed, or nothing to press any more. */
export function questionAbout(one: Along): Question {
  if (one.status === "admitted") return "in";
  if (one.is_settled) return "settled";
  return one.answer === "" ? "ask" : one.answer;
}

/** In the conversation only who waits outside is worth covering a part of the picture. */
export function shownAlong(screen: Screen, along: readonly Along[]): readonly Along[] {
  if (!WITH.has(screen)) return [];
  if (screen !== "talk") return along;
  return along.filter((one) => one.status === "waiting" && questionAbout(one) === "ask");
}

export function whoWords(one: Along): string {
  const role = one.spoken ? `${roleWord(one.role)}, ${one.spoken}` : roleWord(one.role);
  return `${one.name} (${role})`;
}

export function alongWords(one: Along): string {
  const who = whoWords(one);
  switch (questionAbout(one)) {
    case "ask":
      return one.status === "waiting"
        ? t("{who} venter utenfor. Kan {name} være med i samtalen?", { who, name: one.name })
        : t("{who} er invitert. Kan {name} være med i samtalen?", { who, name: one.name });
    case "yes":
      return one.is_agreed
        ? t("{who} kan være med. Det har dere avtalt før.", { who })
        : t("{who} kan være med.", { who });
    case "in":
      return t("{who} er i samtalen.", { who });
    case "settled":
      return t("{who} venter utenfor.", { who });
    default:
      return t("{who} blir ikke med.", { who });
  }
}

function button(one: Along, answer: "yes" | "no", words: string, variant: string): HTMLElement {
  const made = el(
    "button",
    {
      type: "button",
      class: "ds-button",
      "data-variant": variant,
      "data-act": "companion",
      "data-companion": one.id,
      "data-answer": answer,
      "data-test": `along-${answer}`,
    },
    words,
  );
  made.setAttribute("aria-label", `${words}: ${one.name}`);
  return made;
}

function buttonsFor(one: Along): readonly HTMLElement[] {
  switch (questionAbout(one)) {
    case "ask":
      return [button(one, "yes", t("Ja"), "primary"), button(one, "no", t("Nei"), "secondary")];
    case "yes":
      return [button(one, "no", t("Nei, ikke nå"), "tertiary")];
    case "no":
      return [button(one, "yes", t("Ja, likevel"), "tertiary")];
    default:
      return [];
  }
}

function markOf(shown: readonly Along[], screen: Screen): string {
  return JSON.stringify([screen === "talk", shown.map((one) => [one.id, one.status, one.answer, one.name])]);
}

/** Shows them for the door as it is; drawn anew only when something about them has changed, so that focus stays. */
export function showAlong(door: Door): void {
  const frame = document.querySelector<HTMLElement>("#along");
  if (!frame) return;
  const shown = shownAlong(door.screen, door.view.along);
  show(frame, shown.length > 0);
  frame.classList.toggle("along-over", door.screen === "talk");
  const mark = markOf(shown, door.screen);
  if (frame.dataset["mark"] === mark) return;
  set(frame, "data-mark", mark);
  const focused = (document.activeElement as HTMLElement | null)?.dataset["companion"];
  const list = frame.querySelector("ul");
  list?.replaceChildren(
    ...shown.map((one) =>
      el(
        "li",
        { "data-companion-row": one.id, "data-question": questionAbout(one) },
        el("p", {}, el("bdi", {}, alongWords(one))),
        el("div", { class: "along-acts" }, ...buttonsFor(one)),
      ),
    ),
  );
  if (focused) frame.querySelector<HTMLElement>(`[data-companion="${CSS.escape(focused)}"]`)?.focus();
}
