/** What was written so far, in order. */

import { el } from "../shared/dom";
import { t } from "../shared/words";
import type { Photo } from "./photos";

export interface Message {
  readonly id: string;
  readonly mine: boolean;
  readonly who: string;
  readonly at: string;
  readonly text: string;
  readonly answers: readonly { readonly question: string; readonly answer: string }[];
  readonly photos: readonly Photo[];
  readonly read: boolean;
}

function picture(photo: Photo): HTMLElement {
  if (photo.gone) return el("p", { class: "quiet" }, t("Klinikken har sett bildet og slettet det."));
  return el("img", { src: photo.href, alt: t("Bilde du har sendt"), loading: "lazy" });
}

function state(message: Message): string {
  return message.read ? t("Lest av klinikken") : t("Sendt, ikke lest ennå");
}

function show(message: Message): HTMLLIElement {
  const who = message.mine ? t("Du") : message.who;
  return el(
    "li",
    { "data-from": message.mine ? "me" : "clinic", "data-test": "letter" },
    el("p", { class: "head" }, el("strong", {}, who), " ", el("span", { class: "quiet" }, message.at)),
    ...message.answers.map(({ question, answer }) =>
      el("div", {}, el("p", { class: "quiet" }, question), el("p", { class: "written" }, answer)),
    ),
    message.text !== "" && el("p", { class: "written" }, message.text),
    ...message.photos.map(picture),
    message.mine && el("p", { class: "quiet" }, state(message)),
  );
}

/** Shows the messages where they differ from what stands there. */
export function showThread(list: HTMLElement, thread: readonly Message[]): void {
  const mark = JSON.stringify(thread);
  if (list.dataset["mark"] === mark) return;
  list.dataset["mark"] = mark;
  list.replaceChildren(...thread.map(show));
  list.hidden = thread.length === 0;
}
