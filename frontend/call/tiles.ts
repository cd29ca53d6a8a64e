/** The pictures of the others, each with name, role and how the connection is; and the own picture, small. */

import { el, say, set, show } from "../shared/dom";
import { t } from "../shared/words";
import type { ConversationState, Person } from "./call";
import type { Conversation } from "./face";
import { connectionWord, noPictureWord, roleWord } from "./sentences";

interface Tile {
  readonly root: HTMLElement;
  update(person: Person): void;
}

/** The letter that stands in for a face; by code points, so that no letter is cut in two. */
function initialOf(name: string): string {
  return ([...name.trim()][0] ?? "?").toUpperCase();
}

function play(video: HTMLVideoElement, onBlocked: () => void): void {
  video.play().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "NotAllowedError") onBlocked();
  });
}

function tileFor(first: Person, conversation: Conversation, onBlocked: () => void): Tile {
  const video = el("video", {
    autoplay: true,
    playsinline: true,
    "data-test": "video-remote",
    "data-participant": first.participant,
    "aria-label": t("Bildet av {name}", { name: first.name }),
  });
  const initial = el("span", { class: "tile-initial", "aria-hidden": "true" }, initialOf(first.name));
  const because = el("span", { class: "tile-reason" });
  const cover = el("div", { class: "tile-cover" }, initial, because);
  const name = el("bdi", { class: "tile-name" });
  const role = el("span", { class: "tile-role" });
  const muted = el("span", { class: "tile-muted", hidden: true }, t("Mikrofonen er av"));
  const quality = el("span", {
    class: "tile-quality",
    "data-test": "quality",
    "data-participant": first.participant,
  });
  const caption = el("figcaption", {}, el("span", { class: "tile-who" }, name, " ", role), muted, quality);
  const root = el("figure", { class: "tile", "data-participant": first.participant }, video, cover, caption);
  const update = (person: Person): void => {
    const stream = conversation.streamOf(person.participant);
    if (video.srcObject !== stream) {
      video.srcObject = stream;
      if (stream) play(video, onBlocked);
    }
    const why = noPictureWord(person);
    const { own } = conversation.state();
    // Not asked for, though the own camera is on: the network took it, and nobody's choice.
    const reason = why || (own.camera && !own.picture ? t("Bildet er på pause fordi nettet er svakt") : "");
    const hasPicture = person.media === "connected" && why === "" && own.picture;
    show(cover, !hasPicture);
    say(because, person.media === "connected" ? reason : "");
    say(name, person.name);
    say(role, roleWord(person.role));
    show(muted, person.present && !person.equipment.microphone);
    say(quality, connectionWord(person));
    set(root, "data-quality", person.media === "connected" ? person.quality : person.media);
    set(root, "data-sharing", person.equipment.sharing);
    set(root, "data-here", person.present || person.media === "connected");
  };
  return { root, update };
}

/** Shows everybody who is there, and those who are awaited. */
export function mountTiles(place: HTMLElement, conversation: Conversation, onBlocked: () => void) {
  const tiles = new Map<string, Tile>();
  return (state: ConversationState): void => {
    const shown = state.people.filter((one) => one.present || one.media !== "none");
    for (const [participant, tile] of [...tiles]) {
      if (shown.some((one) => one.participant === participant)) continue;
      tile.root.remove();
      tiles.delete(participant);
    }
    for (const person of shown) {
      let tile = tiles.get(person.participant);
      if (!tile) {
        tile = tileFor(person, conversation, onBlocked);
        tiles.set(person.participant, tile);
        place.append(tile.root);
      }
      tile.update(person);
    }
    set(place, "data-count", Math.max(1, shown.length));
  };
}

/** The own picture, mirrored as people know themselves. */
export function mountSelf(place: HTMLElement, conversation: Conversation) {
  const video = el("video", {
    autoplay: true,
    playsinline: true,
    muted: true,
    "data-test": "video-self",
    "aria-label": t("Bildet av deg selv"),
  });
  video.muted = true;
  const off = el("span", { class: "self-off" }, t("Kameraet er av"));
  const caption = el("figcaption", {}, t("Deg"));
  place.append(el("figure", { class: "self" }, video, off, caption));
  return (state: ConversationState): void => {
    if (video.srcObject !== conversation.ownStream) video.srcObject = conversation.ownStream;
    const facing = conversation.ownStream.getVideoTracks()[0]?.getSettings().facingMode;
    set(video, "data-mirrored", facing !== "environment");
    show(off, !state.own.camera);
    say(
      caption,
      state.own.sharing
        ? t("Deg. Du deler skjermen.")
        : state.own.microphone
          ? t("Deg")
          : t("Deg. Mikrofonen er av."),
    );
    if (video.paused && state.own.camera) play(video, () => undefined);
  };
}
