/** How much picture and which sound a weak network can carry, and how a connection feels, in four grades. Pure. */

import type { Quality } from "../shared/frames";

/** One second of a connection, from two readings of getStats. */
export interface Second {
  /** What the browser believes it can send, in kbit/s; null when it does not say. */
  readonly sendable: number | null;
  /** Share of our packets that the other side missed, 0 to 1. */
  readonly lost: number;
  /** Share of the sound we heard that had to be made up, 0 to 1; null when no sound came. */
  readonly concealed: number | null;
  readonly roundTrip: number | null;
  readonly framesPerSecond: number | null;
  /** Whether anything at all came from the other side. */
  readonly alive: boolean;
}

export type Step = "full" | "reduced" | "low" | "paused";
const STEPS: readonly Step[] = ["paused", "low", "reduced", "full"];

/** Under so many kbit/s a step is given up; it is tried again at a third more. */
const NEEDS: Readonly<Record<Step, number>> = { full: 700, reduced: 320, low: 140, paused: 0 };
const RED_NEEDS = 150;

export interface Weather {
  readonly step: Step;
  readonly redundant: boolean;
  /** Consecutive seconds that spoke for going down, or up. */
  readonly down: number;
  readonly up: number;
  /** Seconds to wait on this step before picture is tried again after a pause; doubles with each failure. */
  readonly patience: number;
  readonly sincePause: number;
  /** Consecutive seconds that spoke for the other kind of sound. */
  readonly redTurn: number;
  /** The shortest round trip seen: when it grows, the network is full and not merely losing. */
  readonly nearest: number;
}

export const FAIR_WEATHER: Weather = {
  step: "full",
  redundant: true,
  down: 0,
  up: 0,
  patience: 10,
  sincePause: 0,
  redTurn: 0,
  nearest: 10,
};

function stepFor(sendable: number): Step {
  return [...STEPS].reverse().find((step) => sendable >= NEEDS[step]) ?? "paused";
}

function rank(step: Step): number {
  return STEPS.indexOf(step);
}

/** Down after two bad seconds, to where the network is; up one step after six good ones, so that it does not swing. */
export function nextWeather(weather: Weather, second: Second): Weather {
  const red = nextRed(weather, second);
  if (weather.step === "paused") return { ...weather, ...red, ...afterPause(weather, second) };
  if (second.sendable === null) return { ...weather, ...red };
  const target = stepFor(second.sendable);
  const soundSuffers = second.lost > 0.25;
  const wantsDown = rank(target) < rank(weather.step) || soundSuffers;
  const wantsUp = !wantsDown && weather.step !== "full" && second.sendable > NEEDS[above(weather.step)] * 1.3;
  const down = wantsDown ? weather.down + 1 : 0;
  const up = wantsUp ? weather.up + 1 : 0;
  if (down >= (soundSuffers ? 4 : 2)) {
    const to = rank(target) < rank(weather.step) ? target : below(weather.step);
    const patience = to === "paused" ? Math.min(weather.patience * 2, 60) : weather.patience;
    return { ...weather, ...red, step: to, down: 0, up: 0, sincePause: 0, patience };
  }
  if (up >= 6) return { ...weather, ...red, step: above(weather.step), down: 0, up: 0, patience: 10 };
  return { ...weather, ...red, down, up };
}

/** Without a picture the browser learns nothing new about the network, so after a while the smallest one is tried. */
function afterPause(weather: Weather, second: Second): Partial<Weather> {
  const sincePause = weather.sincePause + 1;
  const calm = second.alive && second.lost < 0.1;
  if (calm && sincePause >= weather.patience) return { step: "low", sincePause: 0, down: -3, up: 0 };
  return { sincePause };
}

/**
 * Redundant sound is dropped where it fills a full network, and only there: the round trip has grown. Where packets
 * are lost at random the browser believes in little too, and redundancy is what saves the sound.
 */
function nextRed(weather: Weather, second: Second): Pick<Weather, "redundant" | "redTurn" | "nearest"> {
  const { redundant } = weather;
  const nearest = Math.min(weather.nearest, second.roundTrip ?? weather.nearest);
  if (second.sendable === null) return { redundant, redTurn: 0, nearest };
  const isFull = (second.roundTrip ?? 0) > nearest + 0.15;
  const wantsTurn = redundant
    ? second.sendable < RED_NEEDS && isFull
    : second.sendable >= RED_NEEDS * 1.5 || !isFull;
  const redTurn = wantsTurn ? weather.redTurn + 1 : 0;
  if (redTurn < (redundant ? 2 : 8)) return { redundant, redTurn, nearest };
  return { redundant: !redundant, redTurn: 0, nearest };
}

function above(step: Step): Step {
  return STEPS[Math.min(rank(step) + 1, STEPS.length - 1)] ?? "full";
}

function below(step: Step): Step {
  return STEPS[Math.max(rank(step) - 1, 0)] ?? "paused";
}

/** What a picture may cost on a step, when it goes to `people` others at once. */
export function pictureOn(step: Step, people: number): { bitrate: number; scale: number; frames: number } {
  const share = people <= 1 ? 1 : people === 2 ? 0.6 : 0.4;
  switch (step) {
    case "full":
      return { bitrate: Math.round(1_800_000 * share), scale: people > 2 ? 1.5 : 1, frames: 30 };
    case "reduced":
      return { bitrate: Math.round(450_000 * Math.max(share, 0.6)), scale: 2, frames: 24 };
    default:
      return { bitrate: 110_000, scale: 4, frames: 12 };
  }
}

/** How the connection feels for the one who listens. */
export function qualityOf(second: Second): Quality {
  const concealed = second.concealed ?? 0;
  // Where more than half is made up, nobody understands anything.
  if (!second.alive || concealed > 0.5) return "none";
  const roundTrip = second.roundTrip ?? 0;
  if (concealed > 0.1 || second.lost > 0.15 || roundTrip > 0.8) return "poor";
  if (concealed > 0.03 || second.lost > 0.05 || roundTrip > 0.4) return "fair";
  return "good";
}

const GRADES: readonly Quality[] = ["none", "poor", "fair", "good"];

/** A grade that falls at once and rises only after three seconds, so that the word does not flicker. */
export function steady(shown: Quality, latest: readonly Quality[]): Quality {
  const newest = latest.at(-1);
  if (newest === undefined) return shown;
  if (shown === "unknown" || GRADES.indexOf(newest) < GRADES.indexOf(shown)) return newest;
  const lately = latest.slice(-3);
  if (lately.length < 3) return shown;
  return lately.reduce(
    (worst, grade) => (GRADES.indexOf(grade) < GRADES.indexOf(worst) ? grade : worst),
    newest,
  );
}
