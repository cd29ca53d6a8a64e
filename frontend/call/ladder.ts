/** When the sound that is heard suffers, the others are asked to send no picture: sound first. Pure. */

/** How one second sounded: the share of it that had to be made up; null when nothing was heard that could tell. */
export type Heard = number | null;

export interface Ladder {
  /** Whether the others are asked for their picture. */
  readonly wantsPicture: boolean;
  readonly bad: number;
  readonly calm: number;
  /** Seconds of calm before the picture is asked for again; doubles each time that was too early. */
  readonly patience: number;
  /** Seconds since it was asked for again. */
  readonly since: number;
}

export const TOP: Ladder = { wantsPicture: true, bad: 0, calm: 0, patience: 10, since: 0 };

const SUFFERS = 0.15;
const CALM = 0.05;
const BAD_SECONDS = 4;
const LONGEST_PATIENCE = 60;
/** A picture that has lasted so long was no mistake: the next time, it is tried again early. */
const PROVEN = 30;

/** Down after four bad seconds; up after a calm that grows longer each time it was too early. */
export function nextRung(ladder: Ladder, heard: Heard): Ladder {
  if (ladder.wantsPicture) {
    const since = ladder.since + 1;
    const patience = since >= PROVEN ? TOP.patience : ladder.patience;
    const bad = heard !== null && heard > SUFFERS ? ladder.bad + 1 : 0;
    if (bad < BAD_SECONDS) return { ...ladder, bad, since, patience };
    return { wantsPicture: false, bad: 0, calm: 0, since: 0, patience };
  }
  const calm = heard === null || heard > CALM ? 0 : ladder.calm + 1;
  if (calm < ladder.patience) return { ...ladder, calm };
  return { ...TOP, patience: Math.min(ladder.patience * 2, LONGEST_PATIENCE) };
}
