/** The small script of the pages for everybody: the state now, and forms that are sent once. */

import { heard, isStale, type Live, type Pulse, readLive, restFor } from "./live";

function part(frame: HTMLElement, name: string): HTMLElement | null {
  return frame.querySelector<HTMLElement>(`[data-part="${name}"]`);
}

function say(element: HTMLElement | null, words: string): void {
  if (element && element.textContent !== words) element.textContent = words;
}

function showLive(frame: HTMLElement, pulse: Pulse): void {
  const stale = part(frame, "stale");
  if (stale) stale.hidden = !isStale(pulse);
  if (!pulse.live) return;
  frame.dataset.state = pulse.live.state;
  say(part(frame, "headline"), pulse.live.headline);
  say(part(frame, "detail"), pulse.live.detail);
  const enter = part(frame, "enter");
  if (enter) enter.hidden = !pulse.live.may_enter;
}

async function ask(address: string): Promise<Live | null> {
  try {
    const answer = await fetch(address, { credentials: "omit", headers: { accept: "application/json" } });
    return answer.ok ? readLive(await answer.json()) : null;
  } catch {
    return null;
  }
}

function follow(frame: HTMLElement): void {
  const address = frame.dataset.live ?? "";
  const every = Number(frame.dataset.every) || 10;
  let pulse: Pulse = { live: null, missed: 0 };
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function beat(): Promise<void> {
    clearTimeout(timer);
    if (!document.hidden) {
      pulse = heard(pulse, await ask(address));
      showLive(frame, pulse);
    }
    timer = setTimeout(() => void beat(), restFor(pulse, every) * 1000);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void beat();
  });
  timer = setTimeout(() => void beat(), every * 1000);
}

for (const frame of document.querySelectorAll<HTMLElement>("[data-live]")) follow(frame);

// A second press while the first is on its way would ask for the same thing twice.
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
}

// What has to be mended is read first.
document.querySelector<HTMLElement>("#errors")?.focus();
