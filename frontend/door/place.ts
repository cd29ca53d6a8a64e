/** Puts the place in the queue, the clinic's words and a late clinician on the page. */

import { el, say, set, show } from "../shared/dom";
import type { Door, DoorView, Screen } from "./door";
import {
  aheadWords,
  clockOf,
  holdWords,
  isInQueue,
  lateWords,
  pushedWords,
  serversWords,
  toldWords,
  waitWords,
} from "./queue";

const WITH_LATE: ReadonlySet<Screen> = new Set<Screen>(["early", "check", "waiting"]);

function each(selector: string, act: (element: HTMLElement) => void): void {
  for (const element of document.querySelectorAll<HTMLElement>(selector)) act(element);
}

/** Words that are empty take no room. */
function put(name: string, words: string): void {
  each(`[data-fill="${name}"]`, (place) => {
    say(place, words);
    show(place.closest<HTMLElement>("[data-with]") ?? place, words !== "");
  });
}

/** Shows all of it for the door as it is. */
export function showPlace(door: Door): void {
  const { view } = door;
  each("[data-queue]", (frame) => show(frame, isInQueue(view)));
  if (isInQueue(view)) showQueue(view);
  put("hold", view.on_hold ? holdWords(view) : "");
  each("[data-while]", (part) => show(part, Boolean(view.hold_until)));
  each("[data-unless-while]", (part) => show(part, !view.hold_until));
  showTold(view);
  showLate(door);
}

function showQueue(view: DoorView): void {
  const called = view.called_until;
  put("place", String(view.place));
  put("ahead", aheadWords(view));
  put("wait", waitWords(view));
  put("servers", serversWords(view));
  put("pushed", pushedWords(view));
  put("called", called === null ? "" : clockOf(called, view.zone));
  each("[data-unless-called]", (part) => show(part, called === null));
  each("[data-unless-hold]", (part) => show(part, !view.on_hold && called === null));
}

function showTold(view: DoorView): void {
  each("[data-told]", (list) => {
    show(list, view.words.length > 0);
    const known = new Set([...list.children].map((line) => (line as HTMLElement).dataset.at));
    for (const told of view.words) {
      if (known.has(told.at)) continue;
      const time = el("time", { datetime: told.at }, clockOf(told.at, view.zone));
      list.append(el("li", { "data-at": told.at }, time, " ", el("span", {}, toldWords(told))));
    }
  });
}

function showLate(door: Door): void {
  const { view } = door;
  each("[data-late]", (frame) => show(frame, view.late_minutes > 0 && WITH_LATE.has(door.screen)));
  if (view.late_minutes > 0) put("late", lateWords(view));
  each("[data-late-answer]", (button) => {
    set(button, "aria-pressed", String(button.dataset.lateAnswer === view.late_answer));
  });
  each("[data-late-said]", (line) => show(line, line.dataset.lateSaid === view.late_answer));
}
