/** The small script of the pages for everybody: how it is now, and forms that are sent once. */

import { follow } from "./ear";
import { type Hours, readLive } from "./live";
import { showSlots } from "./slots";

function part(root: ParentNode, name: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-part="${name}"]`);
}

function say(element: HTMLElement | null, words: string): void {
  if (element && element.textContent !== words) element.textContent = words;
}

function show(element: HTMLElement | null, isShown: boolean): void {
  if (element) element.hidden = !isShown;
}

function row(hours: Hours, today: string): HTMLElement {
  const [line, day, times] = ["div", "dt", "dd"].map((tag) => document.createElement(tag)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  day.textContent = hours.day;
  if (hours.is_today) {
    line.className = "today";
    line.setAttribute("aria-current", "date");
    const mark = document.createElement("span");
    mark.className = "quiet";
    mark.textContent = today;
    day.append(" ", mark);
  }
  times.textContent = hours.times.join(", ") || hours.why;
  line.append(day, times);
  return line;
}

/** The rows are put in anew only where something in them is different. */
function showHours(hours: readonly Hours[]): void {
  const week = part(document, "week");
  if (!week) return;
  show(part(document, "hours"), hours.length > 0);
  const rows = hours.map((day) => row(day, week.dataset.today ?? ""));
  const words = (nodes: Iterable<Element>): string =>
    [...nodes].map((one) => (one.textContent ?? "").replace(/\s+/g, "")).join();
  if (words(rows) !== words(week.children)) week.replaceChildren(...rows);
}

function showLive(frame: HTMLElement, content: unknown): boolean {
  const live = readLive(content);
  if (!live) return false;
  frame.dataset.state = live.state;
  say(part(frame, "headline"), live.headline);
  say(part(frame, "detail"), live.detail);
  show(part(frame, "enter"), live.may_enter);
  show(part(frame, "book"), live.may_book);
  showHours(live.hours);
  return true;
}

for (const frame of document.querySelectorAll<HTMLElement>("[data-live]")) {
  const { socket = "", live = "", every, action } = frame.dataset;
  follow({
    socket,
    address: live,
    every: Number(every) || 10,
    show: (content) => (action ? showSlots : showLive)(frame, content),
    stale: (isStale) => show(part(frame, "stale"), isStale),
  });
}

// A second press while the first is on its way would ask for the same thing twice.
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
}

// An hour that somebody else took meanwhile is not asked for.
document.addEventListener("submit", (event) => {
  if (event.submitter?.getAttribute("aria-disabled") === "true") event.preventDefault();
});

// What has to be mended is read first.
document.querySelector<HTMLElement>("#errors")?.focus();
