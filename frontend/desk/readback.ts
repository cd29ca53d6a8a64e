/** Reading back: the parts follow what is typed, and one key ticks a part and goes on to the next. */

import { find } from "../shared/dom";
import { sendForm } from "./fragments";

const PAUSE = 350;

/** Keeps the parts below each field fresh, wherever they stand on the page and whenever they came. */
export function startReadBack(address: string): void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const latest = new Map<string, AbortController>();
  const refresh = (place: HTMLElement): void => {
    latest.get(place.id)?.abort();
    const asking = new AbortController();
    latest.set(place.id, asking);
    void fill(place, address, asking.signal);
  };
  addEventListener("input", (event) => {
    const place = event.target instanceof HTMLInputElement ? placeOf(event.target) : null;
    if (!place) return;
    clearTimeout(timers.get(place.id));
    timers.set(
      place.id,
      setTimeout(() => refresh(place), PAUSE),
    );
  });
  addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-use]") : null;
    const place = button?.closest<HTMLElement>("[data-read-back]");
    if (!button || !place) return;
    const field = fieldOf(place);
    field.value = button.dataset["use"] ?? "";
    field.focus();
    refresh(place);
  });
  addEventListener("keydown", tickByKey);
  // Firefox presses the box when the key comes up again.
  addEventListener("keyup", (event) => {
    if (event.key === " " && isPart(event.target)) event.preventDefault();
  });
}

async function fill(place: HTMLElement, address: string, signal: AbortSignal): Promise<void> {
  const form = fieldOf(place).form;
  if (!form) return;
  const asked = new FormData(form);
  asked.set("read_back", place.dataset["readBack"] ?? "");
  asked.set("read_back_prefix", (place.dataset["prefix"] ?? "").replace(/-$/, ""));
  asked.set("read_back_of", place.dataset["of"] ?? "");
  const part = await sendForm(address, asked, signal);
  if (!signal.aborted && part.status === 200) place.replaceChildren(part.content);
}

function nameOf(place: HTMLElement): string {
  return `${place.dataset["prefix"] ?? ""}${place.dataset["readBack"] ?? ""}`;
}

function fieldOf(place: HTMLElement): HTMLInputElement {
  return find<HTMLInputElement>(`[name="${nameOf(place)}"]`, place.closest("form") ?? document);
}

/** Where the parts of this field stand, if it is one that is read back. */
function placeOf(field: HTMLInputElement): HTMLElement | null {
  const places = field.form?.querySelectorAll<HTMLElement>("[data-read-back]") ?? [];
  return [...places].find((place) => nameOf(place) === field.name) ?? null;
}

function isPart(target: EventTarget | null): target is HTMLInputElement {
  return target instanceof HTMLInputElement && target.dataset["part"] !== undefined;
}

/** Space or Enter: heard, go on. Backspace: not heard, go back. */
function tickByKey(event: KeyboardEvent): void {
  const part = event.target;
  if (!isPart(part) || event.ctrlKey || event.metaKey || event.altKey) return;
  const goesOn = event.key === " " || event.key === "Enter";
  if (!goesOn && event.key !== "Backspace") return;
  event.preventDefault();
  if (event.repeat) return;
  const form = part.closest("form") ?? document;
  const shown = (one: HTMLElement): boolean =>
    one.offsetParent !== null && !one.closest("details:not([open])");
  const parts = [...form.querySelectorAll<HTMLInputElement>("[data-part]")].filter(shown);
  const at = parts.indexOf(part);
  if (goesOn) {
    part.checked = true;
    (parts.slice(at + 1).find((one) => !one.checked) ?? submitOf(form))?.focus();
  } else {
    const before = parts[Math.max(at - 1, 0)];
    if (before) before.checked = false;
    part.checked = false;
    before?.focus();
  }
}

/** The button that does what the form is for, when all is heard. */
function submitOf(form: ParentNode): HTMLElement | null {
  return form.querySelector<HTMLElement>("button[type=submit]:not([name])");
}
