/** Puts the conversation on the page: pictures, buttons, text lane, and what there is to say about the connection. */

import { el, icon, say, set, show } from "../shared/dom";
import { t } from "../shared/words";
import { bannerOf, type ConversationState, isMediaClosed, isOver, type Place } from "./call";
import { makeElsewhere } from "./elsewhere";
import type { Conversation } from "./face";
import { CAMERA_OFF, MICROPHONE_OFF, SCREEN } from "./icons";
import { makeLane } from "./lane";
import type { Trouble } from "./own";
import { makePhone } from "./phone";
import { bannerWords, endRefusedWords, refusalWords, roleWord, type Side, troubleWords } from "./sentences";
import { makeSubtitles } from "./subtitles";
import { mountSelf, mountTiles } from "./tiles";
import { makeTools, type Switch } from "./tools";

export interface StageOptions {
  readonly side: Side;
  /** Whom to ring when the connection does not come back: the clinic's number, or the patient's. */
  readonly phone: string;
  /** The room behind the own picture softened, where this page can do that. */
  readonly blur?: Switch;
  readonly onEnd?: () => void;
  readonly onLeave?: () => void;
  /** The patient would rather come in person; nothing follows but that staff are told. */
  readonly onMeet?: () => Promise<void>;
}

/** Asks before a conversation is ended for everybody. */
function makeEndDialog(conversation: Conversation, onRefused: (code: string) => void): HTMLDialogElement {
  const confirm = el(
    "button",
    { type: "button", class: "tool tool-end", "data-test": "end-confirm" },
    t("Avslutt for alle"),
  );
  const cancel = el("button", { type: "button", class: "tool tool-plain" }, t("Nei, fortsett"));
  const title = el("h2", { id: "end-title" }, t("Avslutte konsultasjonen for alle?"));
  const words = el("p", {}, t("Alle kobles fra, og lenkene slutter å virke."));
  const buttons = el("div", { class: "stage-choices" }, confirm, cancel);
  const dialog = el(
    "dialog",
    { class: "stage-dialog", "aria-labelledby": "end-title" },
    title,
    words,
    buttons,
  );
  cancel.addEventListener("click", () => dialog.close());
  confirm.addEventListener("click", async () => {
    confirm.disabled = true;
    const code = await conversation.end();
    confirm.disabled = false;
    dialog.close();
    if (code !== null) onRefused(code);
  });
  return dialog;
}

function closedWords(place: Place): string {
  switch (place.at) {
    case "elsewhere":
      return t("Du er med i samtalen fra en annen fane eller enhet.");
    case "moved_away":
      return t("Samtalen er flyttet til en annen fane eller enhet. Du kan lukke denne siden.");
    case "left":
      return t("Du har gått ut av samtalen.");
    case "ended":
      return place.isSentOut
        ? t("Du er bedt om å gå ut. Samtalen går videre uten deg.")
        : t("Konsultasjonen er avsluttet.");
    case "refused":
      return refusalWords(place.code);
    default:
      return "";
  }
}

/** What stands there when the person is not, or no longer, in the conversation. */
function makeClosed(conversation: Conversation) {
  const words = el("p", { role: "status" });
  const move = el(
    "button",
    { type: "button", class: "tool tool-main", "data-test": "move-here" },
    t("Flytt samtalen hit"),
  );
  move.addEventListener("click", () => void conversation.moveHere());
  const root = el("div", { class: "stage-closed", hidden: true }, words, move);
  return {
    root,
    update({ place }: ConversationState): void {
      show(root, place.at !== "in" && place.at !== "joining");
      show(move, place.at === "elsewhere");
      set(root, "data-test", place.at === "ended" ? "ended" : null);
      say(words, closedWords(place));
    },
  };
}

const DRAWN: Readonly<Record<Trouble, string>> = {
  camera: CAMERA_OFF,
  microphone: MICROPHONE_OFF,
  screen: SCREEN,
};

/** Sentences that go away by themselves; the banner's own words come first, and what came meanwhile waits. */
function makeBanner(side: Side, phone: string) {
  const root = el("div", { class: "stage-banner", role: "status", "data-test": "banner", hidden: true });
  let passing: readonly string[] = [];
  let broken: { readonly what: Trouble; readonly words: string } | null = null;
  let shown: ConversationState | null = null;
  const write = (): void => {
    if (!shown) return;
    const banner = bannerOf(shown);
    const words = bannerWords(banner, side, phone || shown.phone) || passing.join(" ");
    if (root.textContent !== words) root.replaceChildren(words);
    if (broken && words.includes(broken.words) && !root.querySelector("svg"))
      root.prepend(icon(DRAWN[broken.what]));
    set(root, "data-is", banner.is);
    show(root, words !== "");
  };
  return {
    root,
    update(state: ConversationState): void {
      shown = state;
      write();
    },
    /** What is broken is drawn too, and stands long enough to be acted upon. */
    tell(words: string, what: Trouble | null = null): void {
      passing = [...passing, words];
      if (what) broken = { what, words };
      write();
      setTimeout(
        () => {
          passing = passing.filter((one) => one !== words);
          write();
        },
        what ? 15_000 : 6000,
      );
    },
  };
}

/** A press is needed before some browsers play the sound of others. */
function makeSoundButton(root: HTMLElement): HTMLButtonElement {
  const button = el(
    "button",
    { type: "button", class: "tool tool-main stage-sound", hidden: true },
    t("Trykk for å høre lyden"),
  );
  button.addEventListener("click", () => {
    for (const video of root.querySelectorAll("video")) void video.play().catch(() => undefined);
    show(button, false);
  });
  return button;
}

/** The buttons and the text lane, which open and close each other. */
function makeControls(
  element: HTMLElement,
  conversation: Conversation,
  options: StageOptions,
  tell: (words: string) => void,
) {
  const dialog = makeEndDialog(conversation, (code) => tell(endRefusedWords(code)));
  const showLane = (shown: boolean): void => {
    lane.open(shown);
    set(tools.text, "aria-expanded", String(shown));
    if (shown) conversation.readLane();
    else tools.text.focus();
  };
  const lane = makeLane(conversation, () => showLane(false));
  const phone = makePhone(conversation, {
    side: options.side,
    phone: options.phone,
    onEnd: () => dialog.showModal(),
  });
  const askPhone = async (): Promise<void> => {
    if (options.side === "clinician") return phone.toPhone();
    const told = await conversation.askPhone();
    tell(
      told
        ? t("Behandleren har fått beskjed om at du heller vil snakke på telefon.")
        : t("Beskjeden kom ikke fram. Ring oss i stedet."),
    );
  };
  const tools = makeTools(conversation, {
    side: options.side,
    fullScreen: element,
    blur: options.blur ?? null,
    onText: () => showLane(!lane.isOpen()),
    onPhone: () => void askPhone(),
    onEnd: () => dialog.showModal(),
    onLeave: () => void conversation.stepOut().then(() => options.onLeave?.()),
    onMeet: () =>
      void options.onMeet?.().then(() => tell(t("Klinikken har fått beskjed om at du heller vil møte opp."))),
    onSwitched: () => {
      const { camera, microphone } = conversation.deviceNames();
      const names = { camera: camera || "–", microphone: microphone || "–" };
      tell(t("Kamera: {camera}. Mikrofon: {microphone}.", names));
    },
  });
  /** For who reads and writes the lane is the main thing from the beginning; whoever closes it has closed it. */
  let isOffered = false;
  const offerLane = (state: ConversationState): void => {
    if (isOffered || !state.usesText || state.place.at !== "in") return;
    isOffered = true;
    lane.open(true, true);
    lane.enlarge(true);
    set(tools.text, "aria-expanded", "true");
  };
  return { dialog, lane, phone, tools, offerLane };
}

const CONNECTION_AWAITED = 250;

/** A moment for the connection to come about before the stage is drawn: drawing holds up the page that negotiates. */
export function connectionFirst(conversation: Conversation): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, CONNECTION_AWAITED);
    const stop = conversation.subscribe((state) => {
      const isThere = state.people.some((one) => one.media === "connected");
      if (isThere || isOver(state) || state.place.at === "elsewhere") resolve();
    });
    setTimeout(() => stop(), CONNECTION_AWAITED);
  });
}

/** Mounts the conversation into `element`; it follows the conversation until that is over. */
export function mountStage(element: HTMLElement, conversation: Conversation, options: StageOptions): void {
  const { side } = options;
  const banner = makeBanner(side, options.phone);
  const people = el("div", { class: "stage-people", "data-count": 1 });
  const pictures = el("div", { class: "stage-pictures" }, people);
  const view = el("div", { class: "stage-view" }, pictures, banner.root);
  const sound = makeSoundButton(view);
  const closed = makeClosed(conversation);
  const { dialog, lane, phone, tools, offerLane } = makeControls(element, conversation, options, banner.tell);
  const elsewhere = makeElsewhere(conversation, options);
  const subtitles = makeSubtitles(conversation, banner.tell);
  pictures.append(elsewhere.root, phone.root, subtitles.root);
  view.append(sound, lane.root, closed.root);
  element.classList.add("stage");
  set(element, "data-side", side);
  element.replaceChildren(view, tools.root, dialog);
  const updateTiles = mountTiles(people, conversation, () => show(sound, true));
  const updateSelf = mountSelf(pictures, conversation);
  const updates = [updateTiles, updateSelf, banner.update, tools.update, lane.update, closed.update];
  updates.push(phone.update, elsewhere.update, subtitles.update, offerLane);
  announceComers(conversation, banner.tell);
  conversation.onTrouble((trouble, why) => banner.tell(troubleWords(trouble, why), trouble));
  let wasEnded = false;
  conversation.subscribe((state) => {
    for (const update of updates) update(state);
    if (lane.isOpen() && state.unread > 0) conversation.readLane();
    show(tools.root, !isOver(state));
    set(element, "data-media", isMediaClosed(state) ? "closed" : "open");
    if (state.place.at !== "ended" || wasEnded) return;
    wasEnded = true;
    dialog.close();
    options.onEnd?.();
  });
  if (side === "clinician") askBeforeClosing(conversation);
}

/** Says who comes in later, to everybody who is there already, under the name that each of them may see. */
function announceComers(conversation: Conversation, tell: (words: string) => void): void {
  let met: Set<string> | null = null;
  conversation.subscribe((state) => {
    if (state.place.at !== "in") return;
    const here = state.people.filter((one) => one.present);
    const isFirst = met === null;
    met ??= new Set();
    for (const one of here) {
      // Who was met once is not announced again when their network comes back.
      if (met.has(one.participant)) continue;
      met.add(one.participant);
      // The two who have the hour expect each other; everybody else comes in where people talk already.
      if (isFirst || one.role === "clinician" || one.role === "patient") continue;
      tell(t("{name} ({role}) er med nå.", { name: one.name, role: roleWord(one.role) }));
    }
  });
}

/** Leaving is not ending: a clinician who closes the tab while somebody is there is asked. */
function askBeforeClosing(conversation: Conversation): void {
  addEventListener("beforeunload", (event) => {
    const state = conversation.state();
    if (state.place.at === "in" && state.people.some((one) => one.present)) event.preventDefault();
  });
}
