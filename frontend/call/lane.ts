/** The text lane: what people write to each other while they talk. It is kept nowhere, and says so. */

import { el, say, show } from "../shared/dom";
import { t } from "../shared/words";
import type { ConversationState, Line } from "./call";
import type { Conversation } from "./conversation";

const LONGEST = 2000;

export interface Lane {
  readonly root: HTMLElement;
  update(state: ConversationState): void;
  open(shown: boolean): void;
  isOpen(): boolean;
}

function lineOf(line: Line): HTMLElement {
  const who = el("bdi", { class: "line-who" }, line.mine ? t("Deg") : line.from);
  return el("li", line.mine ? { class: "line-mine" } : {}, who, el("p", { dir: "auto" }, line.words));
}

export function makeLane(conversation: Conversation, onClose: () => void): Lane {
  const list = el("ol", { class: "lane-lines", "data-test": "text-lane", "aria-live": "polite" });
  const fault = el("p", { class: "lane-fault", role: "alert" });
  const input = el("textarea", {
    id: "lane-input",
    class: "lane-input",
    rows: 2,
    maxlength: LONGEST,
    "data-test": "text-input",
    "aria-describedby": "lane-kept",
  });
  const form = el(
    "form",
    { class: "lane-form" },
    el("label", { for: "lane-input" }, t("Skriv til de andre")),
    input,
    el("button", { type: "submit", class: "tool tool-plain", "data-test": "text-send" }, t("Send")),
  );
  const send = async (): Promise<void> => {
    const words = input.value.trim();
    if (!words) return;
    const sent = await conversation.say(words);
    say(fault, sent ? "" : t("Teksten ble ikke sendt. Den står her fortsatt, så du kan prøve igjen."));
    if (sent && input.value.trim() === words) input.value = "";
    input.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  });
  const close = el("button", { type: "button", class: "tool tool-plain", onclick: onClose }, t("Lukk"));
  const head = el("div", { class: "lane-head" }, el("h2", {}, t("Tekst")), close);
  const kept = el(
    "p",
    { class: "lane-kept", id: "lane-kept" },
    t("Teksten lagres ikke. Den er borte når samtalen er over."),
  );
  const root = el(
    "aside",
    { class: "lane", hidden: true, "aria-label": t("Tekst") },
    head,
    kept,
    list,
    fault,
    form,
  );
  let written = 0;
  return {
    root,
    update(state) {
      for (const line of state.lines.slice(written)) list.append(lineOf(line));
      if (state.lines.length > written) list.scrollTop = list.scrollHeight;
      written = state.lines.length;
    },
    open(shown) {
      show(root, shown);
      if (shown) input.focus();
    },
    isOpen: () => !root.hidden,
  };
}
