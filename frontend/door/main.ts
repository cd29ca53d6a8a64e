/** The patient's one page: what is pressed, asked, heard and seen, held together by the reducer in door.ts. */

import type { Conversation } from "../call/conversation";
import { holdSeat, type Seated } from "../call/held";
import { playTone } from "../shared/devices";
import { find, given, show } from "../shared/dom";
import type { Seating } from "../shared/frames";
import { doorIn, post } from "./api";
import { Asked } from "./asked";
import { type Check, equipment, found } from "./check";
import { type Door, type DoorEvent, type DoorView, firstDoor, needsDevices, needsSocket, next } from "./door";
import { type LatePlaces, lateFrom } from "./later";
import { isNewlyCalled } from "./queue";
import { showCheck, showDoor, showLevel } from "./screens";
import { type Seat, takeSeat } from "./seat";
import type { Ready } from "./talk";
import { keepAwake } from "./wake";

type Later = typeof import("./talk");

interface Page {
  readonly door: DoorView;
  readonly now: string;
  readonly phone: string;
  /** What the conversation needs. */
  readonly later: LatePlaces;
  /** Which words about the conversation stand on this page. */
  readonly information: string;
  /** What only those need who wait or talk. */
  readonly beside: LatePlaces;
  readonly questions: LatePlaces;
}

const page = given<Page>();
const loadLater = lateFrom<Later>(page.later);
const loadBeside = lateFrom<typeof import("./beside")>(page.beside);
const base = `/m/${page.door.invitation}`;
/** The waiting room is drawn and the camera asked for. */
const SETTLED = 700;
const AGAIN = 1000;
const clockIsAhead = Date.now() - Date.parse(page.now);

let door: Door = firstDoor(page.door, recall("begun") === page.door.invitation);
let seat: { readonly held: Seat; readonly end: AbortController } | null = null;
let awake: AbortController | null = null;
let talking: AbortController | null = null;
let conversation: Promise<Conversation | null> = Promise.resolve(null);
let ready: Ready | null = null;
let later: Later | null = null;
let seating: Seating | null = null;
let hasBeside = false;

const asked = new Asked({
  places: page.questions,
  base,
  link: () => seat?.held.link ?? null,
  onView: (view) => dispatch({ type: "news", view }),
});

const tools = equipment({
  relay: async () => {
    const reply = await post(`${base}/check`, {});
    if (reply.is === "refused") return reply.code === "network" ? null : [];
    return (reply.content.ice as { servers: RTCIceServer[] }).servers;
  },
  onChange: learned,
  onLevel: showLevel,
});

function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(`blikk.${key}`);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    sessionStorage.setItem(`blikk.${key}`, value);
  } catch {
    // A browser that keeps nothing shows the first page again after a reload; nothing else is lost.
  }
}

function dispatch(event: DoorEvent): void {
  const before = door;
  door = next(door, event);
  if (door === before) return;
  follow(before);
  // Whoever looks elsewhere hears that it is their turn.
  if (isNewlyCalled(before.view, door.view)) void playTone();
}

/** Brings everything outside the reducer to where the door now says that it should be. */
function follow(before: Door | null): void {
  showDoor(door);
  asked.show(door);
  const { screen } = door;
  // The page made anew says when and where.
  if (before && screen === "in-person") {
    reload();
    return;
  }
  if (needsSocket(door)) sit(false);
  else stand();
  if (needsDevices(screen, door.view.is_external)) tools.start(screen !== "talk");
  else tools.stop();
  if (screen === "waiting" && before?.screen !== "waiting") setTimeout(() => void prepareTalk(), SETTLED);
  if (screen === "waiting" || screen === "talk") awake ??= awakened();
  else awake = ended(awake);
  if (screen !== "talk") talking = ended(talking);
  else startTalk(before);
  if (!needsDevices(screen)) ready = null;
  if (screen === "code" && before?.screen !== "code") askForCode();
  if (screen === "talk" || hasBeside) void showBeside();
  else if (screen === "waiting" && before?.screen !== "waiting") setTimeout(() => void showBeside(), SETTLED);
}

/** What is not needed to come in is fetched when somebody is in, so that coming in stays light. */
async function showBeside(): Promise<void> {
  hasBeside = true;
  try {
    const { show } = await loadBeside();
    show({ door, base, link: seat?.held.link ?? null });
  } catch {
    // The network was away; the next change tries again.
  }
}

/** What the conversation needs comes while the person waits, after all that the waiting room itself needs. */
async function prepareTalk(): Promise<void> {
  try {
    later = await loadLater();
  } catch {
    // The network is away: asked for again when the person is let in.
    return;
  }
  if (door.screen === "waiting") ready = later.getReady(tools.stream(), ready);
}

function awakened(): AbortController {
  const controller = new AbortController();
  keepAwake(controller.signal);
  return controller;
}

function ended(controller: AbortController | null): null {
  controller?.abort();
  return null;
}

function sit(move: boolean): void {
  if (seat) {
    if (move) seat.held.moveHere();
    return;
  }
  const end = new AbortController();
  const invitation = page.door.invitation;
  const onSeated = (told: Seating | null): void => {
    seating = told;
  };
  seat = {
    held: takeSeat({ invitation, move, signal: end.signal, dispatch, onLost: reload, onSeated }),
    end,
  };
}

function stand(): void {
  seat?.end.abort();
  seat = null;
}

/** The server has closed the door for good, or forgotten us: the page it makes now says which. Once, not for ever. */
function reload(): void {
  const last = Number(recall("reloaded") ?? 0);
  keep("reloaded", String(Date.now()));
  if (Date.now() - last > 30_000) location.reload();
  else dispatch({ type: "refused", code: "not_found" });
}

function learned(check: Check): void {
  showCheck(check, tools.stream(), door.isRehearsing);
  if (check.camera.is === "asking") return;
  if (door.screen === "waiting") seat?.held.report(found(check));
  const stream = tools.stream();
  if (door.screen === "waiting") ready = later?.getReady(stream, ready) ?? ready;
  if (door.screen !== "talk") return;
  startTalk(null);
  if (stream) void conversation.then((running) => running?.adopt(stream));
}

function startTalk(before: Door | null): void {
  if (before?.screen === "waiting" && document.visibilityState === "hidden") void playTone();
  if (talking || !seat || !door.view.consultation) return;
  talking = new AbortController();
  // Held from this very moment: what is said meanwhile is not missed.
  const takeSeat = seating ? holdSeat(seat.held.link, seating) : () => null;
  conversation = runTalk(seat.held.link, door.view.consultation, takeSeat, talking.signal);
  seating = null;
}

/** The conversation's own script, however often it takes to get it. */
async function laterAtLast(signal: AbortSignal): Promise<Later | null> {
  while (!signal.aborted) {
    try {
      later ??= await loadLater();
      return later;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }
  return null;
}

async function runTalk(
  link: Seat["link"],
  consultation: string,
  takeSeat: () => Seated | null,
  signal: AbortSignal,
): Promise<Conversation | null> {
  const script = later ?? (await laterAtLast(signal));
  if (!script || signal.aborted) return null;
  // After a reload the camera may take its time: the others are seen and heard meanwhile.
  ready = script.getReady(tools.stream(), ready);
  return script.talk({
    consultation,
    link,
    takeSeat,
    ready,
    phone: page.phone,
    onMeet: () => ask("wish", {}),
    place: find("#stage"),
    signal,
    dispatch,
    onEnded,
  });
}

function onEnded(byRole: string | null, isSentOut: boolean): void {
  if (isSentOut) {
    dispatch({ type: "sent_out" });
    return;
  }
  for (const line of document.querySelectorAll<HTMLElement>("[data-ended-by]")) {
    show(line, line.dataset.endedBy === byRole);
  }
  dispatch({ type: "ended" });
}

/** The code is sent for by the page itself: who answers while that is under way must not press again. */
let sending: Promise<void> | null = null;

async function ask(path: string, body: object): Promise<void> {
  if (path === "code" && sending) await sending;
  if (door.isBusy) return;
  dispatch({ type: "asked" });
  const reply = await post(`${base}/${path}`, body);
  if (reply.is === "refused") return dispatch({ type: "refused", code: reply.code });
  const view = doorIn(reply.content);
  dispatch(view ? { type: "answered", view } : { type: "refused", code: "other" });
}

/** The first code is asked for by the page itself; a reload does not ask again. */
function askForCode(): void {
  if (recall("code") === page.door.invitation) return;
  keep("code", page.door.invitation);
  sendCode();
}

function sendCode(): void {
  sending ??= ask("send-code", {}).finally(() => {
    sending = null;
  });
}

async function leave(): Promise<void> {
  await ask("leave", {});
  if (door.screen === "check") dispatch({ type: "left" });
}

const ACTS: Readonly<Record<string, (pressed: HTMLElement) => void>> = {
  begin() {
    keep("begun", page.door.invitation);
    dispatch({ type: "began" });
  },
  rehearse: () => dispatch({ type: "rehearsed", done: false }),
  rehearsed: () => dispatch({ type: "rehearsed", done: true }),
  "send-code": sendCode,
  "check-again": () => tools.again(),
  tone: () => tools.tone(),
  arrive: () => void ask("arrive", { found: found(tools.check()), information: page.information }),
  leave: () => void leave(),
  "step-away": () => void ask("away", {}),
  "come-back": () => void ask("back", {}),
  late: (pressed) => void ask("late", { answer: pressed.dataset.lateAnswer ?? "" }),
  wish: () => void ask("wish", {}),
  unwish: () => void ask("wish", { back: true }),
  companion: (pressed) => {
    const { companion = "", answer = "" } = pressed.dataset;
    void ask("companion", { companion, answer });
  },
  "frame-ready": () => void asked.say({ type: "frame_wish", wish: "ready" }),
  "move-here"() {
    sit(true);
    dispatch({ type: "elsewhere" });
  },
  "uses-text": (pressed) => {
    if (pressed instanceof HTMLInputElement) void ask("text", { uses_text: pressed.checked });
  },
  "back-in": () => dispatch({ type: "back_in" }),
};

document.addEventListener("click", (event) => {
  const pressed = (event.target as Element | null)?.closest<HTMLElement>("[data-act]");
  if (pressed) ACTS[pressed.dataset.act ?? ""]?.(pressed);
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const name = form.dataset.form;
  if (!name) return;
  event.preventDefault();
  // What was typed stays where something is wrong with it.
  void ask(name, Object.fromEntries(new FormData(form))).then(() => {
    if (name === "bring" && door.problem === null) form.reset();
  });
});

/** The door opens by itself to somebody who came early, unless they are trying their camera just then. */
function openLater(): void {
  const wait = Date.parse(page.door.opens_at) - (Date.now() - clockIsAhead);
  if (page.door.step !== "early") return;
  setTimeout(
    () => (door.screen === "early" && wait < 60_000 ? location.reload() : openLater()),
    Math.min(Math.max(wait, 1000), 60_000),
  );
}

follow(null);
openLater();
