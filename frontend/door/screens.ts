/** Puts a door and its equipment on the page: shows one screen, and fills in what it says. */

import { find, say, set, show } from "../shared/dom";
import { showAlong } from "./along";
import { type Check, isSettled, worstFault } from "./check";
import type { Door } from "./door";
import { showFault, showLight } from "./faults";
import { showPlace } from "./place";

const all = <T extends HTMLElement>(selector: string, within: ParentNode = document): T[] => [
  ...within.querySelectorAll<T>(selector),
];

/** The screen that is shown now. */
export function current(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-screen]:not([hidden])");
}

const PATIENCE = 1000;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** A wait that is felt says what is awaited; a short one stays quiet. */
function showWait(isBusy: boolean): void {
  const strip = find("#wait");
  clearTimeout(waiting);
  if (!isBusy) show(strip, false);
  else waiting = setTimeout(() => show(strip, true), PATIENCE);
}

/** Shows the door. A new screen starts at its top, with its heading in focus, so that it is read aloud. */
export function showDoor(door: Door): void {
  const before = current()?.dataset.screen;
  for (const screen of all("[data-screen]")) show(screen, screen.dataset.screen === door.screen);
  const now = current();
  if (!now) return;
  document.body.classList.toggle("busy", door.isBusy);
  showWait(door.isBusy);
  fill("tries", String(door.view.tries_left));
  if (door.view.code_to) fill("code-to", door.view.code_to);
  set(document.body, "data-elsewhere", door.view.is_external);
  const box = document.querySelector<HTMLInputElement>("#uses-text");
  if (box && !door.isBusy) box.checked = door.view.uses_text;
  showSince(door);
  showPlace(door);
  showAlong(door);
  for (const part of all("[data-wish]")) show(part, part.dataset.wish === door.view.wish);
  showProblem(now, door.problem);
  const isCut = door.isOffline && ["waiting", "away", "stepped-out"].includes(door.screen);
  show(find("#banner"), isCut);
  set(find("#banner"), "data-test", isCut ? "banner" : null);
  if (before === door.screen) return;
  scrollTo(0, 0);
  const field = now.querySelector<HTMLElement>("input:not(details input)");
  (field ?? find("h1", now)).focus({ preventScroll: true });
}

function fill(name: string, words: string): void {
  for (const place of all(`[data-fill="${name}"]`)) say(place, words);
}

function showSince(door: Door): void {
  const since = door.view.waiting_since;
  for (const place of all("[data-when-since]")) show(place, since !== null);
  if (since === null) return;
  const clock = new Intl.DateTimeFormat("nb", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: door.view.zone,
  });
  fill("since", clock.format(new Date(since)));
}

/** What went wrong stands beside the field it is about, else above the button, in general words at last. */
function showProblem(screen: HTMLElement, problem: string | null): void {
  const places = all("[data-problem]", screen);
  const isNamed = places.some((place) => place.dataset.problem === problem);
  const wanted = isNamed ? problem : "other";
  for (const place of places) show(place, problem !== null && place.dataset.problem === wanted);
  const named = places.find((place) => place.dataset.problem === problem);
  const field =
    named?.closest(".ds-field")?.querySelector("input") ?? screen.querySelector("input:not(details input)");
  for (const other of all("input[aria-invalid]", screen))
    if (other !== field) set(other, "aria-invalid", null);
  if (!(field instanceof HTMLInputElement)) return;
  set(field, "aria-invalid", problem !== null && isNamed ? "true" : null);
  if (problem !== null) field.focus();
}

/** Shows what the equipment check has found so far. */
export function showCheck(check: Check, stream: MediaStream | null, isRehearsing: boolean): void {
  for (const device of ["camera", "microphone", "sound", "network"] as const) {
    for (const row of all(`[data-device="${device}"]`)) showLight(row, check[device]);
  }
  const fault = worstFault(check);
  const settled = isSettled(check);
  const state = fault ? "out" : settled ? "ready" : "asking";
  for (const line of all("[data-when]")) show(line, line.dataset.when === state);
  showFault(fault);
  showMirror(stream, settled || check.camera.is === "out");
  for (const meter of all("[data-meter]")) show(meter, check.microphone.is === "ready");
  const blocked = check.camera.is === "out" || check.microphone.is === "out" || check.network.is === "out";
  const shown: Record<string, boolean> = {
    "check-continue": settled && !blocked && !isRehearsing,
    "check-again": blocked,
    "go-anyway": (blocked || !settled) && !isRehearsing,
    rehearsed: isRehearsing,
  };
  for (const [name, isShown] of Object.entries(shown)) show(find(`[data-test="${name}"]`), isShown);
  for (const line of all("[data-when-fault]")) show(line, blocked && settled);
}

function showMirror(stream: MediaStream | null, isKnown: boolean): void {
  const hasPicture = (stream?.getVideoTracks().length ?? 0) > 0;
  for (const mirror of all<HTMLVideoElement>("[data-mirror]")) {
    if (mirror.srcObject !== stream) mirror.srcObject = stream;
    const frame = mirror.closest<HTMLElement>('[data-when-mirror="full"]');
    if (frame) show(frame, hasPicture || !isKnown);
    const empty = mirror.parentElement?.querySelector<HTMLElement>('[data-when-mirror="empty"]');
    if (empty) show(empty, !hasPicture && (isKnown || mirror.closest('[data-screen="check"]') !== null));
  }
}

/** Moves the microphone's meter. */
export function showLevel(level: number): void {
  for (const meter of all("[data-meter] > span")) meter.style.setProperty("--level", level.toFixed(2));
}
