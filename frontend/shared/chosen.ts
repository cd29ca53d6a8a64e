/** What a member of staff has chosen on this device: which camera, microphone and loudspeaker, and how they look. */

import { type Opened, openDevices, PICTURE, SOUND } from "./devices";

export interface Chosen {
  readonly camera: string;
  readonly microphone: string;
  readonly speaker: string;
  /** The browser takes away fans and keyboards; off for who wants to be heard as it is. */
  readonly quiet: boolean;
  readonly blur: boolean;
  readonly reminder: boolean;
}

type Keeper = Pick<Storage, "getItem" | "setItem">;

const KEY = "blikk.equipment";
export const NOTHING_CHOSEN: Chosen = {
  camera: "",
  microphone: "",
  speaker: "",
  quiet: true,
  blur: false,
  reminder: false,
};

function keeper(): Keeper | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** What was chosen before; what cannot be read counts as not chosen. */
export function chosen(kept: Keeper | null = keeper()): Chosen {
  try {
    const found: unknown = JSON.parse(kept?.getItem(KEY) ?? "{}");
    if (typeof found !== "object" || found === null) return NOTHING_CHOSEN;
    const known = Object.entries(found).filter(
      ([name, value]) => typeof value === typeof NOTHING_CHOSEN[name as keyof Chosen],
    );
    return { ...NOTHING_CHOSEN, ...Object.fromEntries(known) };
  } catch {
    return NOTHING_CHOSEN;
  }
}

/** Remembers it on this device, and nowhere else. */
export function choose(change: Partial<Chosen>, kept: Keeper | null = keeper()): Chosen {
  const now = { ...chosen(kept), ...change };
  try {
    kept?.setItem(KEY, JSON.stringify(now));
  } catch {
    // A browser that keeps nothing uses the choice on this page, and asks again next time.
  }
  return now;
}

/** A device that is not there today must not stop anything: it is a wish, not a demand. */
function wished(deviceId: string): MediaTrackConstraints {
  return deviceId ? { deviceId: { ideal: deviceId } } : {};
}

export function soundOf({ microphone, quiet }: Chosen): MediaTrackConstraints {
  return { ...SOUND, noiseSuppression: quiet, ...wished(microphone) };
}

export function pictureOf({ camera }: Chosen): MediaTrackConstraints {
  if (!camera) return PICTURE;
  const { facingMode: _unused, ...rest } = PICTURE;
  return { ...rest, ...wished(camera) };
}

/** Opens what was chosen, or what there is. Never throws. */
export function openChosen(): Promise<Opened> {
  const wish = chosen();
  return openDevices(navigator.userAgent, navigator.mediaDevices ?? null, soundOf(wish), pictureOf(wish));
}
