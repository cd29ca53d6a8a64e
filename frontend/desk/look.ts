/** The hint to look into the camera, and the gentle reminder for who wants one. Never a sound, never read aloud. */

import { choose, chosen } from "../shared/chosen";

export const EVERY = 3 * 60_000;
export const LASTS = 8000;

export interface Clock {
  every(ms: number, act: () => void): () => void;
  after(ms: number, act: () => void): void;
}

const OF_THE_PAGE: Clock = {
  every(ms, act) {
    const timer = setInterval(act, ms);
    return () => clearInterval(timer);
  },
  after: (ms, act) => void setTimeout(act, ms),
};

/** Lights up every so often while it is switched on; returns the switch. */
export function reminder(light: (isLit: boolean) => void, clock: Clock = OF_THE_PAGE) {
  let stop: (() => void) | null = null;
  return (isOn: boolean): void => {
    stop?.();
    stop = null;
    light(false);
    if (!isOn) return;
    stop = clock.every(EVERY, () => {
      light(true);
      clock.after(LASTS, () => light(false));
    });
  };
}

/** Puts the reminder's switch on the conversation's page into use. */
export function mountLook(): void {
  const hint = document.querySelector<HTMLElement>("#look-here");
  const box = document.querySelector<HTMLInputElement>("#look-reminder");
  if (!hint || !box) return;
  const turn = reminder((isLit) => hint.toggleAttribute("data-lit", isLit));
  box.checked = chosen().reminder;
  turn(box.checked);
  box.addEventListener("change", () => turn(choose({ reminder: box.checked }).reminder));
}
