/** The page before the room of another video solution: where it leads, the phone, and the way back. */

import { el, say, set, show } from "../shared/dom";
import { t } from "../shared/words";
import { type ConversationState, phoneOf } from "./call";
import type { Conversation } from "./face";
import { roomRefusedWords, type Side } from "./sentences";

export interface ElsewhereOptions {
  readonly side: Side;
  readonly phone: string;
}

function wordsFor(side: Side, supplier: string, host: string): string {
  if (side === "clinician")
    return t("Pasienten er vist vei til det samme rommet. Notat, deltakere og avslutning er her i Blikk.");
  if (host === "") return t("Vi gjør klart rommet hos {supplier} …", { supplier });
  return t("Du går nå til {host}, som ikke er en del av Blikk. Behandleren møter deg der.", { host });
}

function drawElsewhere(side: Side) {
  const title = el("h2", { id: "elsewhere-title" });
  const words = el("p", {});
  const place = el("p", { class: "elsewhere-host", "data-test": "elsewhere-host" });
  // The other site learns neither where its visitor comes from nor how to reach this window.
  const link = el("a", {
    class: "tool tool-main elsewhere-go",
    "data-test": "elsewhere-go",
    target: "_blank",
    rel: "noopener noreferrer external",
    referrerpolicy: "no-referrer",
    hidden: true,
  });
  const fault = el("p", { role: "alert" });
  const again = el("button", { type: "button", class: "tool tool-plain", hidden: true }, t("Prøv igjen"));
  const isClinician = side === "clinician";
  const forOwn = { type: "button", class: "tool tool-plain", "data-test": "elsewhere-own" };
  const own = el("button", { ...forOwn, hidden: !isClinician }, t("Bruk Blikk i stedet"));
  const stay = isClinician
    ? t("La denne siden være åpen. Avslutt her når dere er ferdige.")
    : t("La denne siden være åpen. Kom tilbake hit når dere er ferdige.");
  const number = el("a", { class: "elsewhere-phone" });
  const phone = el("p", {}, t("Virker det ikke? Ring oss:"), " ", number);
  const choices = el("div", { class: "stage-choices" }, link, again, own);
  const parts = [title, words, place, choices, fault, el("p", {}, stay), phone];
  const about = { class: "stage-elsewhere", "data-test": "elsewhere", "aria-labelledby": "elsewhere-title" };
  const root = el("section", { ...about, hidden: true }, ...parts);
  return { root, title, words, place, link, fault, again, own, number, phone };
}

export function makeElsewhere(conversation: Conversation, options: ElsewhereOptions) {
  const { side } = options;
  const { root, title, words, place, link, fault, again, own, number, phone } = drawElsewhere(side);
  let asked = false;
  let supplier = "";

  async function find(): Promise<void> {
    show(again, false);
    say(fault, "");
    const room = await conversation.room();
    if ("code" in room || !room.address.startsWith("https://")) {
      say(fault, roomRefusedWords("code" in room ? room.code : "", supplier));
      show(again, true);
      return;
    }
    say(words, wordsFor(side, supplier, room.host));
    say(place, room.host);
    set(link, "href", room.address);
    show(link, true);
  }

  again.addEventListener("click", () => void find());
  own.addEventListener("click", async () => {
    own.disabled = true;
    const code = await conversation.useOwn();
    own.disabled = false;
    if (code !== null) say(fault, t("Det gikk ikke nå. Prøv igjen om litt."));
  });

  return {
    root,
    update(state: ConversationState): void {
      const isHere = state.engine.kind === "external" && state.place.at === "in";
      const isShown = isHere && phoneOf(state) !== "in_use";
      show(root, isShown);
      if (!isShown) return;
      supplier = state.engine.supplier;
      say(title, t("Samtalen holdes i {supplier}", { supplier }));
      say(link, side === "clinician" ? t("Åpne rommet") : t("Gå til {supplier}", { supplier }));
      const clinic = side === "patient" ? options.phone || state.phone : "";
      say(number, clinic);
      set(number, "href", `tel:${clinic.replace(/[^\d+]/g, "")}`);
      show(phone, clinic !== "");
      if (asked) return;
      asked = true;
      say(words, wordsFor(side, supplier, state.engine.host));
      void find();
    },
  };
}
