/** The last step of the ladder: the number, large, for both sides, when it is offered, asked for, or in use. */

import { el, say, set, show } from "../shared/dom";
import { t } from "../shared/words";
import { type ConversationState, phoneOf } from "./call";
import type { Conversation } from "./face";
import type { Side } from "./sentences";

export interface PhoneOptions {
  readonly side: Side;
  /** The patient's number for the clinician, the clinic's for everybody else. */
  readonly phone: string;
  /** Asks whether to end for everybody. */
  readonly onEnd: () => void;
}

type Standing = ReturnType<typeof phoneOf>;

/** What stands above the number. */
function wordsFor(
  standing: Standing,
  side: Side,
  state: ConversationState,
): { title: string; words: string } {
  if (standing === "in_use") {
    const title = t("Samtalen fortsetter på telefon");
    if (side === "clinician")
      return { title, words: t("Ring pasienten nå. Kamera og mikrofon er slått av på begge sider.") };
    if (state.role !== "patient")
      return { title, words: t("Behandleren ringer pasienten. Kamera og mikrofon er slått av her.") };
    return {
      title,
      words: t("Behandleren ringer deg nå. Kamera og mikrofon er slått av her. Ringer det ikke? Ring oss."),
    };
  }
  if (standing === "asked")
    return {
      title: t("Pasienten vil heller snakke på telefon"),
      words: t("Samtalen går som før til du velger."),
    };
  const title = t("Lyden kommer ikke fram");
  if (side === "clinician")
    return { title, words: t("Vi prøver fortsatt. Dere kan også fortsette på telefon nå.") };
  return { title, words: t("Vi prøver fortsatt. Du kan ringe oss, eller be behandleren ringe deg.") };
}

function button(test: string, words: string, kind = "tool-plain"): HTMLButtonElement {
  return el("button", { type: "button", class: `tool ${kind}`, "data-test": test }, words);
}

function drawPhone() {
  const title = el("h2", { id: "phone-title" });
  const words = el("p", { role: "status" });
  const number = el("a", { class: "phone-number", "data-test": "phone-number" });
  const none = el("p", {}, t("Pasienten har ikke oppgitt telefon."));
  const go = button("phone-go", t("Fortsett på telefon"), "tool-main");
  const ask = button("phone-ask", t("Be om å bli ringt"), "tool-main");
  const back = button("phone-back", t("Tilbake til video"));
  const silent = button("phone-unanswered", t("Får ikke svar"));
  const end = button("phone-end", t("Avslutt"));
  const wait = button("phone-wait", t("Ikke nå"));
  const said = el("p", { role: "status", class: "phone-said" });
  const choices = el("div", { class: "stage-choices" }, go, ask, back, silent, end, wait);
  const parts = [title, words, number, none, choices, said];
  const root = el(
    "section",
    { class: "stage-phone", hidden: true, "aria-labelledby": "phone-title" },
    ...parts,
  );
  return { root, title, words, number, none, go, ask, back, silent, end, wait, said };
}

function unansweredWords(isNoted: boolean): string {
  if (isNoted)
    return t("Notert at ingen svarte. Prøv igjen, eller avslutt. Da er «Fikk ikke kontakt» valgt for deg.");
  return t("Det ble ikke notert, for vi har ikke kontakt med Blikk. Prøv igjen om litt.");
}

/** The words, the number and the choices of a standing. */
function fillPhone(
  drawn: ReturnType<typeof drawPhone>,
  options: PhoneOptions,
  state: ConversationState,
  standing: Standing,
): void {
  const isClinician = options.side === "clinician";
  const above = wordsFor(standing, options.side, state);
  say(drawn.title, above.title);
  say(drawn.words, above.words);
  const phone = options.phone || (isClinician ? "" : state.phone);
  say(drawn.number, phone);
  set(drawn.number, "href", `tel:${phone.replace(/[^\d+]/g, "")}`);
  show(drawn.number, phone !== "");
  show(drawn.none, phone === "" && isClinician);
  const isInUse = standing === "in_use";
  show(drawn.go, isClinician && !isInUse);
  show(drawn.ask, standing === "offered" && state.role === "patient" && !state.phoneAsked);
  show(drawn.back, isClinician && isInUse);
  show(drawn.silent, isClinician && isInUse);
  show(drawn.wait, !isInUse);
}

export function makePhone(conversation: Conversation, options: PhoneOptions) {
  const { side } = options;
  const drawn = drawPhone();
  const { root, said } = drawn;
  let shown: Standing = "none";
  let putAway: Standing = "none";
  let isUnanswered = false;

  drawn.go.addEventListener("click", () => void toPhone());
  drawn.back.addEventListener("click", () => void toVideo());
  drawn.end.addEventListener("click", options.onEnd);
  drawn.wait.addEventListener("click", () => {
    putAway = shown;
    update(conversation.state());
  });
  drawn.ask.addEventListener("click", async () => {
    const told = await conversation.askPhone();
    say(said, told ? t("Behandleren har fått beskjed.") : t("Beskjeden kom ikke fram. Ring oss i stedet."));
  });
  drawn.silent.addEventListener("click", async () => {
    drawn.silent.disabled = true;
    isUnanswered = await conversation.unanswered();
    drawn.silent.disabled = false;
    say(said, unansweredWords(isUnanswered));
    update(conversation.state());
  });

  async function toPhone(): Promise<void> {
    const code = await conversation.changeChannel("phone");
    if (code !== null) say(said, t("Det gikk ikke nå. Ring pasienten, og prøv igjen."));
  }
  async function toVideo(): Promise<void> {
    const code = await conversation.changeChannel("video");
    if (code !== null) say(said, t("Det gikk ikke nå. Prøv igjen om litt."));
  }

  function update(state: ConversationState): void {
    const found = phoneOf(state);
    // The patient has asked, and waits: there is nothing more to choose.
    const standing = found === "asked" && side !== "clinician" ? "none" : found;
    if (standing !== putAway) putAway = "none";
    if (standing !== shown) {
      isUnanswered = false;
      say(said, "");
    }
    shown = standing;
    const isShown = standing !== "none" && standing !== putAway;
    show(root, isShown);
    set(root, "data-is", standing);
    set(root, "data-test", isShown ? `phone-${standing}` : null);
    if (!isShown) return;
    fillPhone(drawn, options, state, standing);
    show(drawn.end, standing === "in_use" && side === "clinician" && isUnanswered);
  }
  return { root, update, toPhone };
}
