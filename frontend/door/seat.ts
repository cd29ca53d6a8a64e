/** The socket of somebody at the door: says hello on every connection, and tells what the answer means. */

import { CLOSED, type Seating, seatingIn } from "../shared/frames";
import { type Link, type LinkState, openLink, socketUrl } from "../shared/link";
import { EPOCH, tabMark } from "../shared/marks";
import { doorIn } from "./api";
import type { DoorEvent, Told } from "./door";

export interface Seat {
  readonly link: Link;
  /** Says hello again, now asking to move the conversation to this tab. */
  moveHere(): void;
  /** Tells the clinic what the equipment check found. */
  report(found: Record<"camera" | "microphone" | "sound" | "network", string>): void;
}

export interface SeatOptions {
  readonly invitation: string;
  /** Whether to take the place from another tab at once. */
  readonly move: boolean;
  readonly signal: AbortSignal;
  readonly dispatch: (event: DoorEvent) => void;
  /** The server does not know this page any more: have it made again. */
  readonly onLost: () => void;
  /** Whether the page sits in the conversation already, told just before the news of being let in. */
  readonly onSeated: (seating: Seating | null) => void;
  readonly make?: (url: string) => WebSocket;
}

export function takeSeat(options: SeatOptions): Seat {
  const { dispatch, signal } = options;
  let wantsMove = options.move;
  const link = openLink(socketUrl(`/ws/door/${options.invitation}`), {
    signal,
    ...(options.make ? { make: options.make } : {}),
  });

  async function greet(): Promise<void> {
    const answer = await link.ask({ type: "hello", tab: tabMark(), epoch: EPOCH, move: wantsMove });
    if (signal.aborted) return;
    if (answer.type === "refused") {
      if (answer.code === "elsewhere") dispatch({ type: "elsewhere" });
      return;
    }
    const view = doorIn({ ...answer });
    if (!view) return;
    dispatch(wantsMove ? { type: "moved_here", view } : { type: "news", view });
    wantsMove = false;
  }

  function follow(state: LinkState): void {
    if (signal.aborted) return;
    if (state.at === "closed") closed(state.code);
    else if (state.at === "open") {
      dispatch({ type: "socket", up: true });
      // After the conversation's own join, which the same state of the link sets off and somebody looks at.
      queueMicrotask(() => void greet());
    } else if (state.attempt > 1) dispatch({ type: "socket", up: false });
  }

  function closed(code: number): void {
    if (code === CLOSED.movedAway) dispatch({ type: "moved_away" });
    else if (code === CLOSED.ended) dispatch({ type: "ended" });
    else options.onLost();
  }

  link.onFrame((frame) => {
    if (frame.type === "moved_away") dispatch({ type: "moved_away" });
    if (frame.type === "words") dispatch({ type: "words", words: frame.words as readonly Told[] });
    if (frame.type === "place") {
      const { type, ...place } = frame;
      dispatch({ type, place });
    }
    if (frame.type !== "door") return;
    const view = doorIn({ ...frame });
    if (!view) return;
    // For the talk that this very news begins, and for no later one.
    options.onSeated(seatingIn(frame.joined));
    dispatch({ type: "news", view });
    options.onSeated(null);
  });
  link.onState(follow);

  return {
    link,
    moveHere() {
      wantsMove = true;
      void greet();
    },
    report(found) {
      void link.ask({ type: "devices", ...found });
    },
  };
}
