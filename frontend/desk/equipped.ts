/** The conversation with the equipment that was chosen on this device: opened, blurred and heard as the person wants. */

import { type Conversation, type Prepared, prepare } from "../call/conversation";
import type { Switch } from "../call/tools";
import { choose, chosen, openChosen } from "../shared/chosen";
import { say } from "../shared/dom";
import { t } from "../shared/words";
import { bare, blurred } from "./blur";

function tell(words: string): void {
  const place = document.querySelector("#talk-said");
  if (place) say(place, words);
}

const followers = new Set<() => void>();

/** A picture that is shown already goes on under another dress: the old one is stopped, so the camera is held twice. */
function under(track: MediaStreamTrack, isWorn: boolean): MediaStreamTrack {
  return isWorn ? bare(track).clone() : track;
}

/** Blurs the room behind where that is wanted; says so where the machine is too slow for it. */
export async function dress(track: MediaStreamTrack, isWorn = false): Promise<MediaStreamTrack> {
  const camera = under(track, isWorn);
  if (!chosen().blur) return camera;
  return blurred(camera, {
    onGiveUp(why) {
      choose({ blur: false });
      for (const follow of followers) follow();
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

/** The room behind, softened or shown while one talks. */
export function blurSwitch(conversation: Conversation): Switch {
  return {
    isOn: () => chosen().blur,
    turn(on) {
      choose({ blur: on });
      tell("");
      for (const follow of followers) follow();
      return conversation.redress();
    },
    follow: (listener) => void followers.add(listener),
  };
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
