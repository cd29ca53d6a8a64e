/** Tells that somebody waits: a sound made here, the title, and a notification that names nobody. */

import { say, show } from "../shared/dom";
import { t } from "../shared/words";
import { titleOf } from "./day";

const KEY = "blikk.alerts";

function isWanted(): boolean {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

function remember(on: boolean): void {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // a browser that keeps nothing asks again next time
  }
}

/** Two soft tones, the second a third higher. */
function chime(audio: AudioContext): void {
  for (const [at, pitch] of [
    [0, 587],
    [0.22, 740],
  ] as const) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const start = audio.currentTime + at;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, start);
    loudness.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.6);
    tone.connect(loudness).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.65);
  }
}

export interface Bell {
  /** Says how many wait; rings when somebody is new. */
  tell(waiting: number, isNew: boolean): void;
  /** The page is another one now, and is quiet. */
  rename(title: string): void;
}

export function hangBell(button: HTMLButtonElement | null, words: HTMLElement | null): Bell {
  let base = document.title;
  let audio: AudioContext | null = null;
  let count = 0;
  let flashing = false;
  let on = isWanted();

  const wake = (): void => {
    if (!on) return;
    audio ??= new AudioContext();
    void audio.resume();
  };
  const showState = (): void => {
    if (!button || !words) return;
    say(button, on ? t("Slutt å varsle meg") : t("Varsle meg"));
    button.setAttribute("aria-pressed", String(on));
    if (!on) return;
    const denied = typeof Notification !== "undefined" && Notification.permission === "denied";
    say(
      words,
      denied
        ? t("Lyden er på. Nettleseren tillater ikke varsler, men fanen blinker.")
        : t("Lyd og varsel er på. Varselet sier bare at noen venter."),
    );
  };
  const flash = (): void => {
    const isSeen = document.visibilityState === "visible" && document.hasFocus();
    if (isSeen || count === 0) flashing = false;
    const beat = flashing && Math.floor(Date.now() / 1000) % 2 === 0;
    const title = titleOf(base, count, beat ? t("Noen venter") : null);
    if (document.title !== title) document.title = title;
  };

  button?.addEventListener("click", () => {
    on = !on;
    remember(on);
    wake();
    if (on && audio) chime(audio);
    const asks = on && typeof Notification !== "undefined" && Notification.permission === "default";
    if (asks) void Notification.requestPermission().then(showState);
    showState();
  });
  // A browser lets a page sound only after somebody touched it.
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { once: true });
  setInterval(flash, 1000);
  if (button) show(button, true);
  showState();

  return {
    tell(waiting, isNew) {
      count = waiting;
      if (isNew) {
        flashing = true;
        if (on && audio?.state === "running") chime(audio);
        if (on) notify();
      }
      flash();
    },
    rename(title) {
      base = title;
      count = 0;
      flash();
    },
  };
}

function notify(): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  try {
    const note = new Notification(t("Noen venter"), { tag: "blikk-waiting" });
    note.onclick = () => {
      window.focus();
      note.close();
    };
  } catch {
    // some phones allow notifications from a service worker only; sound and title remain
  }
}
