/** The buttons of the conversation, each with a drawing and a word. */

import { el, icon, say, set, show } from "../shared/dom";
import { t } from "../shared/words";
import type { ConversationState } from "./call";
import type { Conversation } from "./face";
import * as drawings from "./icons";
import type { Side } from "./sentences";

/** Something on or off that more than its button can change. */
export interface Switch {
  isOn(): boolean;
  turn(on: boolean): Promise<void>;
  follow(listener: () => void): void;
}

export interface ToolsOptions {
  readonly side: Side;
  readonly onText: () => void;
  /** Goes over to the phone, or asks for it. */
  readonly onPhone: () => void;
  readonly onLeave: () => void;
  readonly onEnd: () => void;
  /** The patient would rather come in person. */
  readonly onMeet: () => void;
  /** The names of the devices now in use are worth telling. */
  readonly onSwitched: () => void;
  readonly fullScreen: HTMLElement;
  /** The room behind softened, where the page can do that. */
  readonly blur: Switch | null;
}

interface Tool {
  readonly root: HTMLButtonElement;
  face(drawing: string, words: string): void;
}

function tool(test: string, drawing: string, words: string, press: () => unknown, kind = ""): Tool {
  const label = el("span", {}, words);
  const root = el("button", { type: "button", class: `tool ${kind}`.trim(), "data-test": test }, label);
  let drawn = drawing;
  let picture = icon(drawing);
  root.prepend(picture);
  root.addEventListener("click", () => void press());
  return {
    root,
    face(next, text) {
      say(label, text);
      if (next === drawn) return;
      drawn = next;
      const fresh = icon(next);
      picture.replaceWith(fresh);
      picture = fresh;
    },
  };
}

function canShare(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/** Softens the room behind, or shows it; pressed again by itself where the machine gives up. */
function blurTool(blur: Switch) {
  const press = (): Promise<void> => blur.turn(!blur.isOn());
  const { root, face } = tool("blur", drawings.BLUR, t("Slør bakgrunnen"), press, "tool-media");
  const draw = (): void => {
    face(drawings.BLUR, blur.isOn() ? t("Vis bakgrunnen") : t("Slør bakgrunnen"));
    set(root, "aria-pressed", String(blur.isOn()));
  };
  draw();
  blur.follow(draw);
  return root;
}

/** The tools that stand behind "Mer" on a narrow screen. */
function rareTools(conversation: Conversation, options: ToolsOptions) {
  const switched = (done: Promise<void>): Promise<void> => done.then(options.onSwitched);
  const camera = tool("switch-camera", drawings.SWITCH_CAMERA, t("Bytt kamera"), () =>
    switched(conversation.switchCamera()),
  );
  const microphone = tool("switch-microphone", drawings.SWITCH_MICROPHONE, t("Bytt mikrofon"), () =>
    switched(conversation.switchMicrophone()),
  );
  const share = tool("share", drawings.SCREEN, t("Del skjerm"), () =>
    conversation.share(!conversation.state().own.sharing),
  );
  const sound = tool("sound-only", drawings.SOUND, t("Bare lyd"), () =>
    conversation.setSoundOnly(!conversation.state().soundOnly),
  );
  const full = tool("full-screen", drawings.FULL, t("Fullskjerm"), () => {
    if (document.fullscreenElement) return document.exitFullscreen();
    return options.fullScreen.requestFullscreen().catch(() => undefined);
  });
  const captions = tool("captions", drawings.CAPTIONS, t("Vis teksting"), () =>
    conversation.showCaptions(!conversation.state().own.captions),
  );
  const all = [camera, microphone, sound, captions];
  const blur = options.blur && blurTool(options.blur);
  if (canShare()) all.push(share);
  if (document.fullscreenEnabled) all.push(full);
  if (options.side === "clinician") {
    all.push(tool("leave", drawings.LEAVE, t("Gå ut uten å avslutte"), options.onLeave));
  } else all.push(tool("meet", drawings.LEAVE, t("Heller møte opp"), options.onMeet));
  for (const one of [camera, microphone, sound, captions, share]) one.root.classList.add("tool-media");
  const update = (state: ConversationState): void => {
    // There only where somebody's device can do it: no sound goes to a cloud for it.
    show(
      captions.root,
      state.people.some((one) => one.present && one.equipment.speech),
    );
    captions.face(drawings.CAPTIONS, state.own.captions ? t("Skjul teksting") : t("Vis teksting"));
    set(captions.root, "aria-pressed", String(state.own.captions));
    share.face(drawings.SCREEN, state.own.sharing ? t("Slutt å dele") : t("Del skjerm"));
    set(share.root, "aria-pressed", String(state.own.sharing));
    sound.face(drawings.SOUND, state.soundOnly ? t("Bilde og lyd") : t("Bare lyd"));
    set(sound.root, "aria-pressed", String(state.soundOnly));
    camera.root.disabled = !state.own.camera;
    if (blur) blur.disabled = !state.own.camera;
  };
  return { all: [...all.map((one) => one.root), ...(blur ? [blur] : [])], update };
}

/** The clinician goes over to the phone; the patient asks for it; nobody else is rung. */
function phoneTool({ side, onPhone }: ToolsOptions) {
  const words = side === "clinician" ? t("Telefon") : t("Heller telefon");
  const { root } = tool("phone", drawings.PHONE, words, onPhone);
  const update = (state: ConversationState): void => {
    const mayAsk = side === "clinician" || state.role === "patient";
    show(root, mayAsk && state.channel !== "phone");
    root.disabled = side === "patient" && state.phoneAsked;
  };
  return { root, update };
}

/** Opens and closes the drawer. */
function moreTool(drawer: HTMLElement) {
  const press = (): void => open(more.root.getAttribute("aria-expanded") !== "true");
  const more = tool("more", drawings.MORE, t("Mer"), press, "tool-more");
  const open = (shown: boolean): void => {
    set(more.root, "aria-expanded", String(shown));
    set(drawer, "data-open", shown);
  };
  set(more.root, "aria-controls", "tools-rare");
  open(false);
  drawer.addEventListener("click", () => open(false));
  return { more, open };
}

export function makeTools(conversation: Conversation, options: ToolsOptions) {
  const own = () => conversation.state().own;
  const mute = tool("mute", drawings.MICROPHONE, "", () => conversation.setMicrophone(!own().microphone));
  const camera = tool("camera", drawings.CAMERA, "", () => conversation.setCamera(!own().camera));
  const text = tool("text-open", drawings.TEXT, t("Tekst"), options.onText);
  const phone = phoneTool(options);
  const unread = el("span", { class: "tool-unread", hidden: true });
  text.root.append(unread);
  const rare = rareTools(conversation, options);
  mute.root.classList.add("tool-media");
  camera.root.classList.add("tool-media");
  const kept = [...rare.all, ...(options.side === "patient" ? [phone.root] : [])];
  const drawer = el("div", { class: "tools-rare", id: "tools-rare" }, ...kept);
  const { more, open } = moreTool(drawer);
  const last =
    options.side === "clinician"
      ? tool("end", drawings.END, t("Avslutt"), options.onEnd, "tool-end")
      : tool("leave", drawings.LEAVE, t("Gå ut"), options.onLeave, "tool-end");
  const root = el("div", { class: "tools", role: "group", "aria-label": t("Knapper for samtalen") });
  root.append(mute.root, camera.root, text.root);
  if (options.side === "clinician") root.append(phone.root);
  root.append(drawer, more.root, last.root);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || more.root.getAttribute("aria-expanded") !== "true") return;
    open(false);
    more.root.focus();
  });
  const update = (state: ConversationState): void => {
    const { microphone, camera: shows } = state.own;
    mute.face(
      microphone ? drawings.MICROPHONE : drawings.MICROPHONE_OFF,
      microphone ? t("Slå av mikrofon") : t("Slå på mikrofon"),
    );
    camera.face(
      shows ? drawings.CAMERA : drawings.CAMERA_OFF,
      shows ? t("Slå av kamera") : t("Slå på kamera"),
    );
    set(mute.root, "data-off", !microphone);
    set(camera.root, "data-off", !shows);
    show(unread, state.unread > 0);
    say(unread, state.unread > 0 ? t("{count} nye", { count: state.unread }) : "");
    phone.update(state);
    rare.update(state);
  };
  return { root, update, text: text.root };
}
