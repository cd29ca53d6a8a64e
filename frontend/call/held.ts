/** A seat in a conversation that was taken with the admission, until the page has begun to listen. */

import type { News, Seating } from "../shared/frames";
import type { Link } from "../shared/link";

/** A seat that was taken with the admission, and what was said in the conversation since. */
export interface Seated {
  readonly seating: Seating;
  readonly early: readonly News[];
}

/**
 * Keeps what is said in a conversation in which this page was seated before it had begun to listen; to be called at once
 * when that is told. Gives it out once; null where the link went down meanwhile, because then something may be missing.
 */
export function holdSeat(socket: Link, seating: Seating): () => Seated | null {
  const early: News[] = [];
  let isWhole = true;
  const stopFrames = socket.onFrame((frame) => early.push(frame));
  const stopStates = socket.onState((state) => {
    isWhole &&= state.at === "open";
  });
  return () => {
    stopFrames();
    stopStates();
    return isWhole ? { seating, early } : null;
  };
}
