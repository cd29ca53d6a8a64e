/** The frame beside the picture: ticks and the confirmation by key, and nothing of it on a screen that is shared. */

import type { Conversation } from "../call/conversation";
import { find, say } from "../shared/dom";
import { t } from "../shared/words";
import { keysAreOn, listenForKey } from "./admit";
import { type Fetched, fetchPart, press, swapParts } from "./fragments";

const PART = '[data-part="frame"]';
/** What the panel answers with: itself, also where something is left to do. */
const SHOWN: ReadonlySet<number> = new Set([200, 422]);

export interface FramePanel {
  refresh(): void;
}

/** What somebody was typing is kept, whatever the panel says now. */
function swap(side: HTMLElement, part: Fetched): void {
  const typed = side.querySelector<HTMLInputElement>(`${PART} [name=exception]`)?.value ?? "";
  swapParts(side, part.content);
  const field = side.querySelector<HTMLInputElement>(`${PART} [name=exception]`);
  if (!field || typed === "" || field.value !== "") return;
  field.value = typed;
  const details = field.closest("details");
  if (details) details.open = true;
}

/** A patient sees the screen that is shared with them, and so does who stands beside them. */
function cover(conversation: Conversation): void {
  conversation.subscribe((state) => document.body.classList.toggle("is-sharing", state.own.sharing));
}

const A_WHILE = 5 * 60_000;

/** Five minutes within the conversation: said to the patient, whose picture and sound stay where they are. */
async function pause(conversation: Conversation): Promise<void> {
  const said = find("#talk-said");
  const time = new Date(Date.now() + A_WHILE).toLocaleTimeString("nb", {
    hour: "2-digit",
    minute: "2-digit",
  });
  const told = await conversation.say(
    t("Vi tar fem minutter. Finn et roligere sted, så fortsetter vi klokken {time}.", { time }),
  );
  if (!told) {
    say(said, t("Meldingen kom ikke fram. Si det høyt, eller prøv igjen."));
    return;
  }
  say(said, t("Pasienten har fått beskjed om fem minutter, til klokken {time}.", { time }));
  setTimeout(() => say(said, t("De fem minuttene er gått.")), A_WHILE);
}

async function act(side: HTMLElement, what: string, conversation: Conversation): Promise<void> {
  if (what === "phone") {
    const code = await conversation.changeChannel("phone");
    if (code === null) return;
    say(
      find("#to-phone-said", side),
      t("Det gikk ikke nå. Ring pasienten, og prøv igjen når forbindelsen er tilbake."),
    );
  } else if (what === "pause") await pause(conversation);
  else if (what === "sound") await conversation.setSoundOnly(true);
}

export function mountFrame(
  side: HTMLElement,
  address: string,
  conversation: Conversation,
  signal: AbortSignal,
): FramePanel {
  let isBusy = false;
  side.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["frame"] === undefined) return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    void press(form, event.submitter, signal).then((part) => {
      isBusy = false;
      if (SHOWN.has(part.status)) swap(side, part);
      else say(find("#talk-said"), t("Det virket ikke. Se over siden og prøv igjen."));
    });
  });
  side.addEventListener("click", (event) => {
    const pressed = (event.target as Element | null)?.closest<HTMLElement>("[data-frame-act]");
    if (pressed) void act(side, pressed.dataset["frameAct"] ?? "", conversation);
  });
  const isOn = (): boolean => keysAreOn();
  listenForKey("b", "data-shortcut-confirm", isOn);
  for (let key = 0; key < 10; key += 1) listenForKey(String(key), `data-shortcut-${key}`, isOn);
  cover(conversation);
  return {
    refresh() {
      void fetchPart(`${address}/ramme`, signal).then((part) => {
        if (part.status === 200) swap(side, part);
      });
    },
  };
}
