/** The conversation with the equipment that was chosen on this device: opened, blurred and heard as the person wants. */

import { type Conversation, type Prepared, prepare } from "../call/conversation";
import { choose, chosen, openChosen } from "../shared/chosen";
import { say } from "../shared/dom";
import { t } from "../shared/words";
import { blurred } from "./blur";

function tell(words: string): void {
  const place = document.querySelector("#talk-said");
  if (place) say(place, words);
}

/** Blurs the room behind where that is wanted; says so where the machine is too slow for it. */
export async function dress(track: MediaStreamTrack): Promise<MediaStreamTrack> {
  if (!chosen().blur) return track;
  return blurred(track, {
    onGiveUp(why) {
      choose({ blur: false });
      tell(
        why === "slow"
          ? t("Maskinen er for treg til å sløre bakgrunnen, så den er slått av. De andre ser rommet bak deg.")
          : t("Bakgrunnen kunne ikke sløres. De andre ser rommet bak deg."),
      );
    },
  });
}

/** Opens what was chosen, and makes the connection ready. */
export async function prepareEquipped(): Promise<Prepared> {
  const { stream } = await openChosen();
  const [picture] = stream?.getVideoTracks() ?? [];
  if (stream && picture && chosen().blur) {
    stream.removeTrack(picture);
    stream.addTrack(await dress(picture));
  }
  return prepare({ offers: true, stream });
}

/** Lets the others be heard in the loudspeaker or headset that was chosen, where the browser can. */
export function followSpeaker(place: HTMLElement, conversation: Conversation): void {
  const { speaker } = chosen();
  if (!speaker) return;
  conversation.subscribe(() => {
    for (const video of place.querySelectorAll<HTMLVideoElement>("[data-test=video-remote]")) {
      if (typeof video.setSinkId !== "function" || video.sinkId === speaker) continue;
      void video.setSinkId(speaker).catch(() => undefined);
    }
  });
}
