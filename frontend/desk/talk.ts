/** The conversation on the staff's page: the picture at the top, and beside it the person, the notes, the others. */

import { type Conversation, type Prepared, startConversation } from "../call/conversation";
import type { Seated } from "../call/held";
import { connectionFirst, mountStage } from "../call/stage";
import { el, find, say, show } from "../shared/dom";
import type { Link } from "../shared/link";
import { t } from "../shared/words";
import { keysAreOn, listenForKey } from "./admit";
import { blurSwitch, dress, followSpeaker } from "./equipped";
import { fetchPart, press, sendForm, swapParts } from "./fragments";
import { type FramePanel, mountFrame } from "./frame";
import { type Identity, mountIdentity } from "./identity";
import { mountLook } from "./look";
import { mountNote, type Note } from "./note";
import { mountPhrases } from "./phrases";

export interface TalkPlace {
  readonly consultation: string;
  /** The patient's number, for when the connection does not come back. */
  readonly phone: string;
  /** Addresses with `-` where the consultation's name goes. */
  readonly conversation: string;
  readonly closing: string;
}

export interface RunningTalk {
  /** The conversation stands on the page. */
  readonly drawn: Promise<void>;
  /** Something changed at the door: somebody else may be waiting to join. */
  refresh(): void;
}

const PICTURE_AWAITED = 1500;
const PICTURE_DRAWN = 300;

/** What stands beside the picture is asked for when the two see each other, or when that takes its time. */
function pictureFirst(conversation: Conversation): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PICTURE_AWAITED);
    conversation.subscribe((state) => {
      if (state.people.some((one) => one.media === "connected")) setTimeout(resolve, PICTURE_DRAWN);
    });
  });
}

function addressOf(pattern: string, consultation: string): string {
  return pattern.replace("/-", `/${consultation}`);
}

/** Lets somebody write: before there is any picture, where the page came with the note in it. */
export function mountBeside(side: HTMLElement, signal: AbortSignal): Note {
  const field = find<HTMLTextAreaElement>("#note", side);
  mountPhrases(side, field, signal);
  return mountNote(field, find("#note-saved", side));
}

/** Starts the conversation on this page, and leads on to the close-out when it has ended. */
export function talk(
  place: TalkPlace,
  link: Link,
  prepared: Prepared,
  signal: AbortSignal,
  seated: Seated | null = null,
  mounted: Note | null = null,
): RunningTalk {
  const conversation = startConversation({
    socket: link,
    consultation: place.consultation,
    prepared,
    seated,
    dress,
    signal,
  });
  mountLook();
  followSpeaker(find("#stage"), conversation);
  const address = addressOf(place.conversation, place.consultation);
  const side = find("#talk-side");
  let note = mounted;
  let identity: Identity | null = null;
  let frame: FramePanel | null = null;
  const goOn = async (): Promise<void> => {
    await note?.flush();
    location.assign(addressOf(place.closing, place.consultation));
  };
  const draw = (): void =>
    mountStage(find("#stage"), conversation, {
      side: "clinician",
      phone: place.phone,
      blur: blurSwitch(conversation),
      onEnd: () => void goOn(),
      onLeave: () => void note?.flush().then(() => location.assign("/dag/")),
    });
  const fill = async (): Promise<void> => {
    if (!side.querySelector("#note")) {
      await pictureFirst(conversation);
      const part = await fetchPart(`${address}/ved-siden`, signal);
      if (part.status !== 200) {
        side.replaceChildren(sideFailed(fill));
        return;
      }
      side.replaceChildren(part.content);
    }
    note ??= mountBeside(side, signal);
    frame = mountFrame(side, address, conversation, signal);
    mountPeople(side, conversation);
    mountPhone(side, conversation);
    mountCompanions(side, signal);
    identity = mountIdentity(side, address, conversation, link, signal);
    mountBlocks(side, signal);
  };
  void fill();
  return {
    drawn: connectionFirst(conversation).then(draw),
    refresh() {
      if (!side.querySelector("#note")) return;
      frame?.refresh();
      void fetchPart(`${address}/til-stede`, signal).then((part) => {
        if (part.status === 200) swapParts(side, part.content);
      });
      identity?.refresh();
    },
  };
}

function sideFailed(again: () => void): HTMLElement {
  const button = el(
    "button",
    { type: "button", class: "ds-button", "data-variant": "secondary" },
    t("Prøv igjen"),
  );
  button.addEventListener("click", again);
  return el(
    "div",
    { class: "panel" },
    el("p", {}, t("Opplysningene om pasienten kunne ikke hentes.")),
    button,
  );
}

/** Everybody who is or was let in, from the conversation itself: it knows first. */
function mountPeople(side: HTMLElement, conversation: Conversation): void {
  conversation.subscribe((state) => {
    for (const row of side.querySelectorAll<HTMLElement>("[data-participant]")) {
      const person = state.people.find((one) => one.participant === row.dataset["participant"]);
      const here = person ? person.present : row.dataset["participant"] === state.you;
      const words = row.querySelector(".here");
      if (words) say(words, here ? "" : ` · ${t("ikke her nå")}`);
    }
    const known = new Set(
      [...side.querySelectorAll<HTMLElement>("[data-participant]")].map((row) => row.dataset["participant"]),
    );
    const people = side.querySelector("#people");
    for (const person of state.people) {
      if (!people || known.has(person.participant)) continue;
      people.append(
        el(
          "li",
          { "data-participant": person.participant },
          el("span", {}, el("bdi", {}, person.name)),
          el("span", { class: "quiet small here" }),
        ),
      );
    }
  });
}

function mountPhone(side: HTMLElement, conversation: Conversation): void {
  const button = side.querySelector<HTMLButtonElement>("#to-phone");
  const said = side.querySelector<HTMLElement>("#to-phone-said");
  if (!button || !said) return;
  const isByPhone = (): boolean => conversation.state().channel === "phone";
  const showState = (): void => {
    say(button, isByPhone() ? t("Tilbake til video") : t("Fortsett på telefon"));
    say(said, isByPhone() ? t("Notatet sier at samtalen fortsatte på telefon. Ring pasienten nå.") : "");
  };
  button.addEventListener("click", async () => {
    const code = await conversation.changeChannel(isByPhone() ? "video" : "phone");
    if (code !== null) say(said, t("Det gikk ikke nå. Ring pasienten, og prøv igjen."));
  });
  conversation.subscribe(showState);
}

/** Asking somebody in, without leaving the page. */
function mountCompanions(side: HTMLElement, signal: AbortSignal): void {
  side.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["people"] === undefined) return;
    event.preventDefault();
    void press(form, event.submitter, signal).then((part) => {
      const fresh = part.content.querySelector('[data-part="people"]');
      if (fresh) side.querySelector('[data-part="people"]')?.replaceWith(fresh);
      else say(find("#people-said", side), t("Det virket ikke. Se over siden og prøv igjen."));
    });
  });
  // The patient says yes aloud: one key for the first who waits for an answer.
  listenForKey("j", "data-shortcut-yes", keysAreOn);
  const holder = side.querySelector<HTMLElement>("#companions");
  if (!holder) return;
  holder.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    void sendForm(form.action, new FormData(form)).then((part) => {
      if (button) button.disabled = false;
      const fresh = part.content.querySelector("#companions");
      if (part.status === 0 || !fresh) {
        say(find("#companion-said", side), t("Lenken ble ikke sendt. Prøv igjen."));
        return;
      }
      holder.replaceChildren(...fresh.childNodes);
      const details = holder.closest("details");
      if (details) details.open = part.status !== 200 || details.open;
    });
  });
}

/** Blocks that answer with themselves: what is judged beside the conversation, by a button or by its key. */
function mountBlocks(side: HTMLElement, signal: AbortSignal): void {
  side.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["block"] === undefined) return;
    event.preventDefault();
    const block = form.closest("[data-part]");
    void press(form, event.submitter, signal).then((part) => {
      const fresh = part.content.querySelector(`[data-part="${block?.getAttribute("data-part")}"]`);
      if (fresh) block?.replaceWith(fresh);
      else say(find("#people-said", side), t("Det virket ikke. Se over siden og prøv igjen."));
    });
  });
  listenForKey("v", "data-shortcut-video", keysAreOn);
  listenForKey("m", "data-shortcut-meet", keysAreOn);
}

/** Puts the conversation on the page in place of the day. */
export function showTalk(address: string): void {
  const day = document.querySelector<HTMLElement>("#day");
  if (day) show(day, false);
  show(find("#talk"), true);
  history.pushState({ talk: true }, "", address);
  addEventListener("popstate", () => location.reload());
  scrollTo({ top: 0 });
}
