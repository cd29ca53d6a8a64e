/** From the waiting room into the conversation, with the camera that is open already. */

import { type Conversation, type Prepared, prepare, startConversation } from "../call/conversation";
import type { Seated } from "../call/held";
import { connectionFirst, mountStage } from "../call/stage";
import type { Link } from "../shared/link";
import type { DoorEvent } from "./door";

export interface TalkOptions {
  readonly consultation: string;
  readonly link: Link;
  /** Gives the seat that was taken with the admission, if nothing was missed since. */
  readonly takeSeat: () => Seated | null;
  readonly ready: Ready;
  readonly phone: string;
  /** The patient would rather come in person. */
  readonly onMeet: () => Promise<void>;
  readonly place: HTMLElement;
  readonly signal: AbortSignal;
  readonly dispatch: (event: DoorEvent) => void;
  readonly onEnded: (byRole: string | null, isSentOut: boolean) => void;
}

/** What was made ready while waiting, for the devices that are open; made anew when they change. */
export interface Ready {
  readonly stream: MediaStream | null;
  readonly prepared: Promise<Prepared>;
}

/** Makes the certificate and the connection object while there is time; nothing leaves the device. */
export function getReady(stream: MediaStream | null, earlier: Ready | null): Ready {
  if (earlier?.stream === stream) return earlier;
  void earlier?.prepared.then((unused) => unused.connection?.close());
  return { stream, prepared: prepare({ offers: false, stream }) };
}

/** Joins, and puts the conversation into `place` until it is over here. */
export async function talk(options: TalkOptions): Promise<Conversation | null> {
  const { signal, dispatch, place } = options;
  const prepared = await options.ready.prepared;
  const seated = options.takeSeat();
  if (signal.aborted) return null;
  const conversation = startConversation({
    socket: options.link,
    consultation: options.consultation,
    prepared,
    seated,
    signal,
  });
  place.replaceChildren();
  void connectionFirst(conversation).then(() => {
    if (!signal.aborted)
      mountStage(place, conversation, { side: "patient", phone: options.phone, onMeet: options.onMeet });
  });
  let isOver = false;
  conversation.subscribe((state) => {
    if (isOver || signal.aborted) return;
    const { place: now } = state;
    isOver = now.at !== "joining" && now.at !== "in";
    if (now.at === "ended") options.onEnded(now.byRole, now.isSentOut);
    else if (now.at === "left") dispatch({ type: "stepped_out" });
    else if (now.at === "elsewhere") dispatch({ type: "elsewhere" });
    else if (now.at === "moved_away") dispatch({ type: "moved_away" });
    else if (now.at === "refused") isOver = false;
  });
  signal.addEventListener("abort", () => place.replaceChildren());
  return conversation;
}
