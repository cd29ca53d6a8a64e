/** The desk's socket: says hello whenever it opens, and hands out hints that something has changed. */

import { type Link, openLink, socketUrl } from "../shared/link";
import { EPOCH, tabMark } from "../shared/marks";

export interface Live {
  readonly link: Link;
  isOpen(): boolean;
}

/** `onSlots` hears that somebody holds, takes or gives up a free hour, which changes nothing on the day page. */
export function goLive(
  signal: AbortSignal,
  onHint: () => void,
  onSignedOut: () => void,
  onSlots: () => void = () => undefined,
): Live {
  const link = openLink(socketUrl("/ws/desk"), { signal });
  link.onState((state) => {
    if (state.at === "open") void link.ask({ type: "hello", tab: tabMark(), epoch: EPOCH }).then(onHint);
    if (state.at === "closed" && state.code === 4401) onSignedOut();
  });
  link.onFrame((frame) => {
    if (frame.type === "day" || frame.type === "arrived" || frame.type === "alert") onHint();
    if (frame.type === "slots") onSlots();
  });
  return { link, isOpen: () => link.state().at === "open" };
}
