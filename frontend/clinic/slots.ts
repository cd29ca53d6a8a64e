/** The free hours on the page: who looks sees at once what somebody else takes, and what falls free. */

import { readSlots, type Slot } from "./live";

type Made = (template: string) => HTMLElement;

/** Shows what is free now; false if it was nothing that can be shown. */
export function showSlots(frame: HTMLElement, content: unknown): boolean {
  const news = readSlots(content);
  if (!news) return false;
  const come = news.is === "whole" ? news.slots : news.come;
  const free = new Set(come.map((slot) => slot.name));
  const gone = new Set(news.is === "whole" ? [] : news.gone);
  const known = new Map<string, HTMLElement>();
  for (const form of frame.querySelectorAll<HTMLElement>("form[data-slot]")) {
    const name = form.dataset.slot ?? "";
    known.set(name, form);
    // What one holds oneself is taken to everybody else, and the socket knows nobody.
    if (form.dataset.mine !== undefined) continue;
    if (free.has(name)) mark(form, false);
    else if (gone.has(name) || news.is === "whole") mark(form, true);
  }
  const made: Made = (name) =>
    frame
      .querySelector<HTMLTemplateElement>(`template[data-part="${name}"]`)
      ?.content.firstElementChild?.cloneNode(true) as HTMLElement;
  for (const slot of come) if (!known.has(slot.name)) add(frame, slot, made);
  const none = frame.querySelector<HTMLElement>('[data-part="none"]');
  if (none && come.length > 0) none.hidden = true;
  return true;
}

/** A button that is taken keeps its place and the focus: nothing moves under a finger. */
function mark(form: HTMLElement, isTaken: boolean): void {
  const button = form.querySelector("button");
  const [words, who] = ["taken", "who"].map((name) =>
    form.querySelector<HTMLElement>(`[data-part="${name}"]`),
  );
  if (isTaken) button?.setAttribute("aria-disabled", "true");
  else button?.removeAttribute("aria-disabled");
  if (words) words.hidden = !isTaken;
  if (who) who.hidden = isTaken;
}

function add(frame: HTMLElement, slot: Slot, made: Made): void {
  const form = made("slot");
  const [at, who] = [form.querySelector('[data-part="time"]'), form.querySelector('[data-part="who"]')];
  if (at) at.textContent = slot.time;
  if (who) who.textContent = slot.who;
  form.dataset.slot = slot.name;
  form.setAttribute("action", `${frame.dataset.action}${slot.name}`);
  const place = dayOf(frame, slot, made).querySelector(".slots");
  const later = [...(place?.children ?? [])].find(
    (one) => ((one as HTMLElement).dataset.slot ?? "") > slot.name,
  );
  place?.insertBefore(form, later ?? null);
}

function dayOf(frame: HTMLElement, slot: Slot, made: Made): HTMLElement {
  const days = [...frame.querySelectorAll<HTMLElement>("section[data-on]")];
  const known = days.find((day) => day.dataset.on === slot.on);
  if (known) return known;
  const day = made("day");
  const heading = day.querySelector("h2");
  if (heading) {
    heading.textContent = slot.day;
    heading.id = `day-${slot.on}`;
    day.setAttribute("aria-labelledby", heading.id);
  }
  day.dataset.on = slot.on;
  const later = days.find((one) => (one.dataset.on ?? "") > slot.on);
  frame.insertBefore(day, later ?? frame.querySelector('[data-part="none"]'));
  return day;
}
