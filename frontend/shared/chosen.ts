/** What a member of staff has chosen on this device: which camera, microphone and loudspeaker, and how they look. */

import { closeDevices, type Opened, openDevices, PICTURE, SOUND } from "./devices";

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

function named(deviceId: string): MediaTrackConstraints {
  return deviceId ? { deviceId: { exact: deviceId } } : {};
}

export function soundOf({ microphone, quiet }: Chosen): MediaTrackConstraints {
  return { ...SOUND, noiseSuppression: quiet, ...named(microphone) };
}

export function pictureOf({ camera }: Chosen): MediaTrackConstraints {
  if (!camera) return PICTURE;
  const { facingMode: _unused, ...rest } = PICTURE;
  return { ...rest, ...named(camera) };
}

/** Opens what was chosen. A device that is not there today stops nothing: then it is what there is. Never throws. */
export async function openChosen(
  wish: Chosen = chosen(),
  open: (audio: MediaTrackConstraints, video: MediaTrackConstraints) => Promise<Opened> = openThese,
): Promise<Opened> {
  const opened = await open(soundOf(wish), pictureOf(wish));
  const isGone = [opened.camera, opened.microphone].some(
    (one) => one.is === "out" && one.fault === "missing",
  );
  if (!isGone || !(wish.camera || wish.microphone)) return opened;
  closeDevices(opened.stream);
  const nobody = { ...wish, camera: "", microphone: "" };
  return open(soundOf(nobody), pictureOf(nobody));
}

function openThese(audio: MediaTrackConstraints, video: MediaTrackConstraints): Promise<Opened> {
  return openDevices(navigator.userAgent, navigator.mediaDevices ?? null, audio, video);
}
