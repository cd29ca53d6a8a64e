/** The text lane: what people write to each other while they talk. It is kept nowhere, and says so. */

import { el, say, set, show } from "../shared/dom";
import { t } from "../shared/words";
import type { ConversationState, Line } from "./call";
import type { Conversation } from "./face";

const LONGEST = 2000;

const SIZE = "blikk.lane";

export interface Lane {
  readonly root: HTMLElement;
  update(state: ConversationState): void;
  /** `quietly` leaves the focus where it is. */
  open(shown: boolean, quietly?: boolean): void;
  enlarge(large: boolean): void;
  isOpen(): boolean;
}

function lineOf(line: Line): HTMLElement {
  const who = el("bdi", { class: "line-who" }, line.mine ? t("Deg") : line.from);
  return el("li", line.mine ? { class: "line-mine" } : {}, who, el("p", { dir: "auto" }, line.words));
}

/** The field and its button. What could not be sent stays where it is. */
function makeForm(conversation: Conversation) {
  const fault = el("p", { class: "lane-fault", role: "alert" });
  const input = el("textarea", {
    id: "lane-input",
    class: "lane-input",
    rows: 2,
    maxlength: LONGEST,
    "data-test": "text-input",
    "aria-describedby": "lane-kept",
  });
  const label = el("label", { for: "lane-input" }, t("Skriv til de andre"));
  const button = el(
    "button",
    { type: "submit", class: "tool tool-plain", "data-test": "text-send" },
    t("Send"),
  );
  const form = el("form", { class: "lane-form" }, label, input, button);
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
  return { form, fault, input };
}

function keptSize(): boolean {
  try {
    return sessionStorage.getItem(SIZE) === "large";
  } catch {
    return false;
  }
}

function keepSize(large: boolean): void {
  try {
    sessionStorage.setItem(SIZE, large ? "large" : "small");
  } catch {
    // then it holds until the next load
  }
}

/** What stands above the lines: that nothing is kept, and where else there may be words. */
function laneNotes() {
  const words = t("Teksten lagres ikke. Den er borte når samtalen er over.");
  const kept = el("p", { class: "lane-kept", id: "lane-kept" }, words);
  const where = t(
    "Mobilen eller nettleseren din kan vise det som sies som tekst. Se etter «Direkteteksting» i innstillingene.",
  );
  const hint = el("p", { class: "lane-kept", "data-test": "captions-hint", hidden: true }, where);
  return { kept, hint };
}

export function makeLane(conversation: Conversation, onClose: () => void): Lane {
  const list = el("ol", { class: "lane-lines", "data-test": "text-lane", "aria-live": "polite" });
  const { form, fault, input } = makeForm(conversation);
  const close = el("button", { type: "button", class: "tool tool-plain", onclick: onClose }, t("Lukk"));
  const size = el(
    "button",
    { type: "button", class: "tool tool-plain", "data-test": "text-large", "aria-pressed": "false" },
    t("Stor tekst"),
  );
  const head = el("div", { class: "lane-head" }, el("h2", {}, t("Tekst")), size, close);
  const { kept, hint } = laneNotes();
  const parts = [head, kept, hint, list, fault, form];
  const root = el("aside", { class: "lane", hidden: true, "aria-label": t("Tekst") }, ...parts);
  let written = 0;
  const enlarge = (large: boolean): void => {
    set(root, "data-large", large);
    set(size, "aria-pressed", String(large));
    list.scrollTop = list.scrollHeight;
  };
  size.addEventListener("click", () => {
    const large = size.getAttribute("aria-pressed") !== "true";
    enlarge(large);
    keepSize(large);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    onClose();
  });
  enlarge(keptSize());
  return {
    root,
    update(state) {
      for (const line of state.lines.slice(written)) list.append(lineOf(line));
      if (state.lines.length > written) list.scrollTop = list.scrollHeight;
      written = state.lines.length;
      show(hint, !state.people.some((one) => one.present && one.equipment.speech));
    },
    open(shown, quietly = false) {
      show(root, shown);
      if (shown && !quietly) input.focus();
    },
    enlarge,
    isOpen: () => !root.hidden,
  };
}
