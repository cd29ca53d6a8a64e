/** Who the clinician is: the card, the wish to have it shown, and the frame in which the patient holds their own. */

import { drawGuide } from "../call/guide";
import { el, show } from "../shared/dom";
import type { Link } from "../shared/link";
import { t, useWords } from "../shared/words";
import { post } from "./api";
import type { Beside } from "./beside";
import type { Screen } from "./door";

interface Card {
  readonly name: string;
  readonly title: string;
  readonly profession: string;
  readonly hpr: string;
  readonly photo: string;
}

interface Faces {
  readonly cards: readonly Card[];
  readonly may_ask: boolean;
  readonly words: Readonly<Record<string, string>>;
}

const NOBODY: Faces = { cards: [], may_ask: false, words: {} };
const STAGE_AWAITED = 200;

const root = el("section", { class: "who", "data-test": "who", hidden: true });
let faces: Faces = NOBODY;
let fetchedFor: Screen | "" = "";
let drawn = "";
let heard: Link | null = null;
let isGuided = false;
let isFailing = false;

async function fetchFaces(base: string): Promise<Faces | null> {
  try {
    const answer = await fetch(`${base}/kort`, { credentials: "same-origin", cache: "no-store" });
    return answer.ok ? ((await answer.json()) as Faces) : null;
  } catch {
    return null;
  }
}

/** Shows who it is in the waiting room, and over the conversation. */
export function showCards(beside: Beside): void {
  const { screen } = beside.door;
  listen(beside.link);
  const isShown = screen === "waiting" || screen === "talk";
  if (!isShown) {
    fetchedFor = "";
    show(root, false);
    return;
  }
  if (fetchedFor !== screen) {
    fetchedFor = screen;
    void fetchFaces(beside.base).then((found) => {
      // Tried again with the next change at the door.
      if (!found) fetchedFor = "";
      else {
        faces = found;
        useWords(found.words);
      }
      draw(beside);
    });
    return;
  }
  draw(beside);
}

function draw(beside: Beside): void {
  const { screen, view } = beside.door;
  const showing = view.showing;
  const mark = JSON.stringify([screen, showing, faces.cards, faces.may_ask, isFailing]);
  place(screen);
  show(root, faces.cards.length > 0);
  if (mark === drawn) return;
  drawn = mark;
  const hadFocus = root.contains(document.activeElement);
  const isOver = screen === "talk";
  const people = el("ul", { class: "bare" }, ...faces.cards.map(cardFor));
  const asking = faces.may_ask ? askingFor(beside, showing) : null;
  if (isOver) {
    const wasOpen = root.querySelector("details")?.open ?? false;
    const details = el("details", {}, el("summary", { "data-test": "who-open" }, t("Hvem er behandleren?")));
    details.append(people);
    if (asking) details.append(asking);
    // What is asked of the patient must be seen; an answer closes it again.
    details.open = showing === "shown" || (wasOpen && showing !== "seen");
    root.replaceChildren(details);
  } else {
    root.replaceChildren(el("h2", {}, t("Du møter")), people);
    if (asking) root.append(asking);
  }
  if (hadFocus) root.querySelector<HTMLElement>("button, summary")?.focus({ preventScroll: true });
}

function place(screen: Screen): void {
  const isOver = screen === "talk";
  root.classList.toggle("who-over", isOver);
  const waiting = document.querySelector<HTMLElement>('[data-screen="waiting"]');
  if (isOver) {
    if (root.parentElement !== document.body) document.body.append(root);
  } else if (waiting && root.parentElement !== waiting) {
    waiting.insertBefore(root, waiting.querySelector(".own-view"));
  }
}

function cardFor(card: Card): HTMLElement {
  const face = card.photo
    ? el("img", { src: card.photo, alt: "", width: 72, height: 72 })
    : el("span", { class: "who-initial", "aria-hidden": "true" }, [...card.name][0] ?? "");
  const lines = [
    el("strong", {}, el("bdi", {}, card.name)),
    card.title && el("span", {}, card.title),
    card.profession && el("span", {}, card.profession),
    card.hpr && el("span", { class: "quiet" }, t("HPR-nummer {number}", { number: card.hpr })),
  ];
  return el("li", { class: "who-card", "data-test": "card" }, face, el("div", {}, ...lines));
}

function askingFor(beside: Beside, showing: string): HTMLElement {
  const words = el("p", { role: "status" }, askWords(showing, beside.door.screen));
  const box = el("div", { class: "who-ask" }, words);
  const button = (test: string, said: string, text: string, variant: string): HTMLElement =>
    el(
      "button",
      {
        type: "button",
        class: "ds-button",
        "data-variant": variant,
        "data-test": test,
        onclick: () => void answer(beside, said),
      },
      text,
    );
  if (showing === "shown") {
    box.append(button("card-seen", "seen", t("Ja"), "primary"));
    box.append(button("card-unsure", "unsure", t("Jeg er ikke sikker"), "secondary"));
  } else if (showing === "") {
    box.append(button("ask-card", "", t("Be om å se ID-kortet"), "secondary"));
  } else if (showing === "unsure") {
    box.append(button("ask-card", "", t("Be om å se det igjen"), "secondary"));
  }
  if (isFailing) box.append(el("p", { class: "wrong", role: "alert" }, t("Det kom ikke fram. Prøv igjen.")));
  return box;
}

function askWords(showing: string, screen: Screen): string {
  switch (showing) {
    case "asked":
      return screen === "talk"
        ? t("Behandleren har fått beskjed om å vise ID-kortet sitt.")
        : t("Behandleren har fått beskjed, og viser ID-kortet når samtalen begynner.");
    case "shown":
      return t("Så du hvem behandleren er? Du trenger ikke svare.");
    case "seen":
      return t("Du har sett hvem behandleren er.");
    case "unsure":
      return t("Det er greit. Du kan spørre behandleren, eller be om å se kortet igjen.");
    default:
      return t("Vil du se at det er riktig person? Det er lov å spørre.");
  }
}

async function answer(beside: Beside, said: string): Promise<void> {
  const reply = await post(`${beside.base}/vis-kort`, { answer: said });
  isFailing = reply.is === "refused";
  if (isFailing) draw(beside);
}

/** The frame for a card comes and goes over the own picture; the stage may still be on its way. */
function listen(link: Link | null): void {
  if (!link || link === heard) return;
  heard = link;
  link.onFrame((frame) => {
    if (frame.type === "guide") guide(frame.on);
    else if (frame.type === "ended" || frame.type === "moved_away") guide(false);
  });
}

const asked = el("p", { class: "who-asked", role: "status", "data-test": "card-asked" });

function guide(on: boolean): void {
  isGuided = on;
  const own = document.querySelector<HTMLElement>(".self");
  if (own) drawGuide(own, on);
  else if (on) setTimeout(() => isGuided && guide(true), STAGE_AWAITED);
  if (!on) {
    asked.remove();
    return;
  }
  if (!asked.isConnected) document.body.append(asked);
  asked.textContent = t("Vis legitimasjon med bilde: hold kortet i rammen. Bildet blir ikke lagret.");
}
