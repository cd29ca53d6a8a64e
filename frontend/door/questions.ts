/**
 * The control questions, one at a time. What was answered is shown nowhere, not even as a pressed button: who looks at the
 * screen, now or after a reload, sees that a question is answered and not how.
 */

import { el, say, set, show } from "../shared/dom";
import { t, useWords } from "../shared/words";
import type { DoorView } from "./door";

export interface Question {
  readonly name: string;
  readonly words: string;
  readonly choices: readonly { readonly code: string; readonly words: string }[];
}

export interface Given {
  readonly questions: readonly Question[];
  readonly words: Readonly<Record<string, string>>;
}

type Said =
  | {
      readonly type: "frame_answer";
      readonly question: string;
      readonly answer: string;
      readonly helped: boolean;
    }
  | { readonly type: "frame_wish"; readonly wish: string };
type Say = (said: Said) => Promise<string | null>;

export interface Questions {
  show(view: DoorView): void;
}

/** Which question stands on the screen: the one that is changed, else the first without an answer. */
export function current(
  questions: readonly Question[],
  answered: readonly string[],
  changing: string | null,
): Question | null {
  const changed = questions.find((one) => one.name === changing);
  return changed ?? questions.find((one) => !answered.includes(one.name)) ?? null;
}

/** Answers after which it helps to say that there is time, or another way. */
const HELPS: Readonly<Record<string, string>> = { place: "b", sound: "c", overheard: "c" };

export function helps(question: string, answer: string): boolean {
  return HELPS[question] === answer;
}

class Panel implements Questions {
  private answered: readonly string[] = [];
  private changing: string | null = null;
  private helped = false;
  private drawn = "";
  private readonly urgent = el("div", {
    class: "questions-urgent",
    role: "alert",
    "data-test": "urgent",
    hidden: true,
  });
  private readonly body = el("div", { class: "questions-body" });
  private readonly wrong = el("p", {
    class: "wrong",
    role: "alert",
    "data-test": "question-wrong",
    hidden: true,
  });
  private readonly other: HTMLDetailsElement;
  private readonly otherSaid = el("p", { class: "quiet", role: "status" });

  constructor(
    place: HTMLElement,
    private readonly questions: readonly Question[],
    private readonly tell: Say,
  ) {
    this.other = this.makeOther();
    place.replaceChildren(this.urgent, this.body, this.wrong, this.other);
  }

  show(view: DoorView): void {
    const frame = view.frame;
    if (!frame) return;
    this.answered = frame.answered;
    show(this.urgent, frame.is_urgent);
    if (frame.is_urgent && !this.urgent.firstChild) this.urgent.append(...urgentWords());
    say(this.otherSaid, wishWords(frame.wish));
    show(this.other, !view.on_hold);
    this.draw(false);
  }

  /** Drawn anew only when another question is to stand there, so that no press is lost under a finger. */
  private draw(moves: boolean): void {
    const asked = current(this.questions, this.answered, this.changing);
    const mark = `${asked?.name ?? "all"} ${this.helped}`;
    if (mark === this.drawn) return;
    this.drawn = mark;
    this.body.replaceChildren(...(asked ? this.ask(asked) : this.summary()));
    if (moves) this.body.querySelector<HTMLElement>("h2")?.focus({ preventScroll: false });
  }

  private ask(asked: Question): readonly HTMLElement[] {
    const number = this.questions.indexOf(asked) + 1;
    const count = t("Spørsmål {number} av {count}", { number, count: this.questions.length });
    const heading = el("h2", { tabindex: -1, id: "question", "data-test": "question" }, asked.words);
    const choices = asked.choices.map((choice) => {
      const button = el(
        "button",
        { type: "button", class: "question-choice", "data-test": `choice-${choice.code}` },
        choice.words,
      );
      button.addEventListener("click", () => void this.choose(asked, choice.code, button));
      return button;
    });
    const helped = el(
      "button",
      {
        type: "button",
        class: "question-helped",
        "aria-pressed": String(this.helped),
        "data-test": "helped",
      },
      this.helped ? t("Noen hjelper meg å svare ✓") : t("Noen hjelper meg å svare"),
    );
    helped.addEventListener("click", () => {
      this.helped = !this.helped;
      this.draw(false);
      this.body.querySelector<HTMLElement>(".question-helped")?.focus();
    });
    return [
      el("p", { class: "quiet" }, count),
      heading,
      el("div", { class: "question-choices", role: "group", "aria-labelledby": "question" }, ...choices),
      helped,
    ];
  }

  private summary(): readonly HTMLElement[] {
    const rows = this.questions.map((one) => {
      const button = el(
        "button",
        { type: "button", class: "ds-button", "data-variant": "tertiary", "data-test": "change-answer" },
        t("Endre"),
      );
      button.setAttribute("aria-label", t("Endre svaret på: {question}", { question: one.words }));
      button.addEventListener("click", () => {
        this.changing = one.name;
        this.draw(true);
      });
      return el("li", {}, el("span", {}, one.words), button);
    });
    const details = el(
      "details",
      {},
      el("summary", {}, t("Se over eller endre svar")),
      el("ul", {}, ...rows),
    );
    return [
      el("h2", { tabindex: -1, "data-test": "questions-done" }, t("Takk, du har svart på alt")),
      el("p", {}, t("Behandleren ser svarene før du slippes inn. Du kan endre dem så lenge du venter.")),
      details,
    ];
  }

  private async choose(asked: Question, answer: string, button: HTMLButtonElement): Promise<void> {
    if (this.body.classList.contains("busy")) return;
    this.body.classList.add("busy");
    set(button, "aria-busy", true);
    const code = await this.tell({
      type: "frame_answer",
      question: asked.name,
      answer,
      helped: this.helped,
    });
    this.body.classList.remove("busy");
    set(button, "aria-busy", null);
    show(this.wrong, code !== null);
    if (code !== null) {
      say(this.wrong, t("Svaret kom ikke fram. De andre svarene er lagret. Prøv igjen."));
      return;
    }
    this.changing = null;
    if (helps(asked.name, answer)) this.other.open = true;
    this.draw(true);
  }

  private async wish(wish: string): Promise<void> {
    const code = await this.tell({ type: "frame_wish", wish });
    show(this.wrong, code !== null);
    if (code !== null) say(this.wrong, t("Ønsket kom ikke fram. Prøv igjen, eller ring klinikken."));
    // How long, and the button back, stand at the top of the page.
    else if (wish === "five_minutes")
      document.querySelector('[data-test="on-hold"]')?.scrollIntoView({ block: "center" });
  }

  private makeOther(): HTMLDetailsElement {
    const wishes: readonly (readonly [string, string])[] = [
      ["five_minutes", t("Jeg trenger fem minutter")],
      ["sound", t("Helst bare lyd")],
      ["phone", t("Ring meg heller")],
    ];
    const buttons = wishes.map(([wish, words]) => {
      const button = el(
        "button",
        { type: "button", class: "ds-button", "data-variant": "secondary", "data-test": `wish-${wish}` },
        words,
      );
      button.addEventListener("click", () => void this.wish(wish));
      return button;
    });
    return el(
      "details",
      { class: "questions-other", "data-test": "other-way" },
      el("summary", {}, t("Passer det ikke akkurat nå?")),
      el("p", {}, t("Ta den tiden du trenger. Plassen din er trygg.")),
      el("div", { class: "question-choices" }, ...buttons),
      this.otherSaid,
    );
  }
}

function urgentWords(): readonly HTMLElement[] {
  const call = (number: string, words: string): HTMLElement =>
    el("a", { class: "ds-button", href: `tel:${number}` }, words);
  return [
    el("p", {}, el("strong", {}, t("Behandleren ser at du er blitt verre."))),
    el("p", {}, t("Er det fare for liv, ring 113 nå. Haster det, ring legevakten.")),
    el("div", { class: "question-choices" }, call("113", t("Ring 113")), call("116117", t("Ring 116 117"))),
  ];
}

function wishWords(wish: string): string {
  if (wish === "sound") return t("Behandleren ser at du helst vil ha bare lyd.");
  if (wish === "phone") return t("Behandleren ser at du heller vil bli ringt.");
  return "";
}

/** Puts the questions into their place, in the words that came with them. */
export function mount(place: HTMLElement, given: Given, tell: Say): Questions {
  useWords(given.words);
  return new Panel(place, given.questions, tell);
}
