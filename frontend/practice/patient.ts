/**
 * The simulated patient: opens the patient's own page, and presses what a patient would press there. It has a drawn camera
 * and a made microphone instead of real ones; everything else is the product's. It plays only in the window that the practice page
 * opened: on a colleague's phone the same page is an ordinary one.
 */

import { el, given, say, show } from "../shared/dom";
import { t } from "../shared/words";
import { drawFace } from "./face";
import { answerTo, isOutOfPatience, playing, type Step } from "./script";
import { makeVoice } from "./voice";

interface Given {
  readonly born: string;
  readonly name: string;
  readonly style: string;
}

interface Told {
  readonly code: string;
  readonly name: string;
  readonly todo: string;
}

const WINDOW = "blikk-practice";
const EVERY = 500;
const ASK_EVERY = 1500;

const page = given<Given>("practice");
const voice = makeVoice(document.documentElement.lang.slice(0, 2));
const face = drawFace(voice.mouth);
const base = location.pathname;
const kept = `blikk.practice.${base}`;

/** What is passed over, and what was said: after a reload the patient goes on where they were. */
const memory = recall();
let done: readonly string[] = [];
let told: readonly Told[] = [];
let step: Step | null = null;
let since = performance.now();
let written = false;
let linesBefore = 0;

function recall(): { passed: string[]; said: string[] } {
  try {
    return JSON.parse(sessionStorage.getItem(kept) ?? "") as { passed: string[]; said: string[] };
  } catch {
    return { passed: [], said: [] };
  }
}

function keep(): void {
  try {
    sessionStorage.setItem(kept, JSON.stringify(memory));
  } catch {
    // Then a reload says it once more.
  }
}

/** The drawn camera and the made microphone, each time anew: the page stops what it no longer needs. */
function useDrawnDevices(): void {
  const devices = navigator.mediaDevices;
  devices.getUserMedia = async (wanted = {}) => {
    const stream = new MediaStream();
    if (wanted.video) stream.addTrack(face.track.clone());
    if (wanted.audio) stream.addTrack(voice.track.clone());
    return stream;
  };
  devices.enumerateDevices = async () => [];
}

function seen<T extends HTMLElement>(test: string): T | null {
  const all = document.querySelectorAll<T>(`[data-test="${test}"]`);
  return [...all].find((one) => one.getClientRects().length > 0) ?? null;
}

function press(test: string): boolean {
  const button = seen<HTMLButtonElement>(test);
  if (!button || button.disabled) return false;
  button.click();
  return true;
}

/** From the link to the waiting room, and the control questions there. */
function comeIn(): void {
  const born = seen<HTMLInputElement>("birth-date");
  if (born && born.value === "") {
    born.value = page.born;
    born.form?.requestSubmit();
    return;
  }
  if (press("continue") || press("check-continue") || press("go-anyway")) return;
  if (!seen("question")) return;
  const number = Number(document.querySelector("#questions")?.textContent?.match(/\d+/)?.[0] ?? 0);
  if (number > 0) press(`choice-${answerTo(number)}`);
}

/** Says something by voice, and in the text lane, once. */
function speak(words: string): void {
  if (memory.said.includes(words)) return;
  const field = document.querySelector<HTMLTextAreaElement>('[data-test="text-input"]');
  if (!field?.form) return;
  memory.said.push(words);
  keep();
  voice.say(words);
  field.value = words;
  field.form.requestSubmit();
}

function lines(): number {
  return document.querySelectorAll('[data-test="text-lane"] li:not(.line-mine)').length;
}

function play(now: Step): void {
  const isTroubled = now === "network";
  face.freeze(isTroubled);
  voice.mute(isTroubled);
  face.show(now === "identity" && seen("card-asked") ? page.name : null);
  if (now === "questions") speak(t("Hei. Det er visst litt dårlig lys her jeg sitter. Gjør det noe?"));
  else if (now === "identity")
    speak(t("Nå tente jeg lampen. Vi har ikke møttes før. Skal jeg vise deg noe?"));
  else if (now === "network") {
    speak(t("Nå stoppet bildet. Hører du meg? Hva skal jeg gjøre?"));
    written ||= lines() > linesBefore;
  } else if (now === "danger") {
    speak(t("Der var bildet tilbake. Vent litt, nå kom det noen."));
    void answerDanger();
  } else if (now === "end") speak(t("Da var det ikke noe mer. Takk for hjelpen."));
}

async function answerDanger(): Promise<void> {
  const mark = "danger";
  if (memory.said.includes(mark)) return;
  memory.said.push(mark);
  const reply = await post(`${base}/frame`, { question: "safe", answer: "c", helped: false });
  if (!reply) memory.said.splice(memory.said.indexOf(mark), 1);
  keep();
}

async function post(path: string, body: object): Promise<Record<string, unknown> | null> {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", "x-blikk-background": "1" },
      body: JSON.stringify(body),
      credentials: "same-origin",
    });
    return answer.ok ? ((await answer.json()) as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const heading = el("strong", {});
const words = el("p", { role: "status", "data-test": "practice-todo" });
const start = el("button", {
  type: "button",
  class: "ds-button",
  "data-test": "practice-start",
  hidden: true,
});

function showCoach(): void {
  const place = told.findIndex((one) => one.code === step);
  const now = told[place];
  say(
    heading,
    now
      ? t("Øving, steg {number} av {count}: {name}", {
          number: place + 1,
          count: told.length,
          name: now.name,
        })
      : t("Øving"),
  );
  if (now) say(words, now.todo);
  else if (step === null) say(words, t("Du er ferdig. Gå til «Øv» og se hvordan det gikk."));
}

async function ask(): Promise<void> {
  const answer = await post("/ove/steg", { written });
  if (!answer) return;
  done = answer.done as readonly string[];
  told = answer.steps as readonly Told[];
}

function tick(): void {
  show(start, !voice.isRunning());
  const next = playing(done, memory.passed);
  if (next !== step) {
    step = next;
    since = performance.now();
    linesBefore = lines();
  }
  showCoach();
  comeIn();
  // In the conversation, and not before: what is done is known by the server.
  if (step && step !== "waiting" && seen("video-remote")) play(step);
  if (step && isOutOfPatience(step, (performance.now() - since) / 1000)) {
    memory.passed.push(step);
    keep();
  }
}

function begin(): void {
  useDrawnDevices();
  document.head.append(el("link", { rel: "stylesheet", href: page.style }));
  start.textContent = t("Gi pasienten lyd");
  start.addEventListener("click", () => void voice.resume());
  document.body.prepend(
    el("aside", { class: "practice-coach", "data-test": "practice-coach" }, heading, words, start),
  );
  void ask().then(() => {
    setInterval(tick, EVERY);
    setInterval(() => void ask(), ASK_EVERY);
  });
}

if (window.name === WINDOW) begin();
else {
  voice.stop();
  face.stop();
}
