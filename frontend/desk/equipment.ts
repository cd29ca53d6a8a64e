/** The staff's own equipment check: camera, sound, network, light, echo, and what is chosen on this device. */

import { type Check, type Equipment, equipment, found, isSettled, worstFault } from "../door/check";
import { type Chosen, choose, chosen, openChosen } from "../shared/chosen";
import { browserOf } from "../shared/devices";
import { el, find, given, say, set, show } from "../shared/dom";
import { t } from "../shared/words";
import { blurred } from "./blur";
import { type Echo, measureEcho } from "./echo";
import { type Lighting, watchLight } from "./light";

const page = given<{ readonly relay: string; readonly found: string }>();
const video = find<HTMLVideoElement>("#mirror");
let echo: Echo | "not_tried" = "not_tried";
let heardTone: "ok" | "no_tone" | "not_tried" = "not_tried";
let light: Lighting | "not_tried" = "not_tried";
let watching: AbortController | null = null;
let shown: MediaStreamTrack | null = null;
let sent = "";

async function post(address: string, body: object): Promise<Record<string, unknown> | null> {
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
    return answer.ok ? ((await answer.json()) as Record<string, unknown>) : {};
  } catch {
    return null;
  }
}

const tools: Equipment = equipment({
  open: () => openChosen(),
  relay: async () => {
    const reply = await post(page.relay, {});
    if (reply === null) return null;
    return (reply.ice as { servers: RTCIceServer[] } | undefined)?.servers ?? [];
  },
  onChange: (check) => draw(check),
  onLevel: (level) => find("#level").style.setProperty("--level", level.toFixed(2)),
});

const all = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];

function draw(check: Check): void {
  for (const device of ["camera", "microphone", "network"] as const) {
    const row = find(`[data-device="${device}"]`);
    set(row, "data-is", check[device].is);
    for (const words of row.querySelectorAll<HTMLElement>("[data-says]"))
      show(words, words.dataset["says"] === check[device].is);
  }
  drawFault(worstFault({ ...check, sound: { is: "idle" } }));
  const track = tools.stream()?.getVideoTracks()[0] ?? null;
  if (track !== shown) showPicture(track);
  if (check.camera.is !== "asking") void listDevices();
  if (isSettled(check)) report(check);
}

function drawFault(worst: ReturnType<typeof worstFault>): void {
  const browser = browserOf(navigator.userAgent);
  for (const help of all("[data-fault]")) {
    const { fault, browser: browsers, only } = help.dataset;
    const fits = fault === worst?.fault && (only === undefined || only === worst?.device);
    show(help, fits && (browsers === undefined || browsers.split(" ").includes(browser)));
  }
  show(find("#again"), worst !== null);
  show(find("#way-on"), worst !== null);
}

function showPicture(track: MediaStreamTrack | null): void {
  watching?.abort();
  shown = track;
  show(find("#picture"), track !== null);
  video.srcObject = null;
  if (!track) return;
  watching = new AbortController();
  const { signal } = watching;
  const seen = chosen().blur ? softened(track.clone(), signal) : track;
  video.srcObject = new MediaStream([seen]);
  watchLight(video, signal, (now) => {
    light = now;
    for (const words of all("[data-light]")) show(words, words.dataset["light"] === now);
    report(tools.check());
  });
}

/** The own picture with the room softened, and how fast this machine does that. */
function softened(track: MediaStreamTrack, signal: AbortSignal): MediaStreamTrack {
  const words = find("#blur-said");
  say(words, t("Gjør klar …"));
  const made = blurred(track, {
    onPace: (frames) => {
      if (frames > 0) say(words, t("Bakgrunnen er sløret. {frames} bilder i sekundet.", { frames }));
    },
    onGiveUp(why) {
      find<HTMLInputElement>("#blur").checked = choose({ blur: false }).blur;
      say(
        words,
        why === "slow"
          ? t(
              "Denne maskinen er for treg til å sløre bakgrunnen. Den er slått av. Sitt heller foran en vegg.",
            )
          : t("Bakgrunnen kan ikke sløres i denne nettleseren. Sitt heller foran en vegg."),
      );
    },
  });
  signal.addEventListener("abort", () => made.stop());
  return made;
}

const KINDS = { camera: "videoinput", microphone: "audioinput", speaker: "audiooutput" } as const;

async function listDevices(): Promise<void> {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  for (const [name, kind] of Object.entries(KINDS) as [keyof typeof KINDS, MediaDeviceKind][]) {
    const field = find<HTMLSelectElement>(`#choose-${name}`);
    const fitting = devices.filter((one) => one.kind === kind && one.label);
    const wanted = chosen()[name];
    const others = fitting.filter((one) => one.deviceId !== "default" && one.deviceId !== "communications");
    const options = others.map((one) =>
      el("option", { value: one.deviceId, selected: one.deviceId === wanted }, one.label),
    );
    field.replaceChildren(el("option", { value: "" }, t("Det maskinen velger")), ...options);
    show(find(`#field-${name}`), others.length > 0);
  }
}

function report(check: Check): void {
  if (!isSettled(check)) return;
  const body = { ...found(check), sound: heardTone, echo, light };
  const now = JSON.stringify(body);
  // The first outcome and every other one are kept; the same again says nothing new.
  if (now === sent) return;
  sent = now;
  void post(page.found, body).then((reply) => {
    say(find("#kept"), reply && "well" in reply ? t("Lagret at du har prøvd utstyret.") : "");
    if (reply === null) sent = "";
  });
}

function drawEcho(): void {
  for (const words of all("[data-echo]")) show(words, words.dataset["echo"] === echo);
}

async function measure(): Promise<void> {
  const button = find<HTMLButtonElement>("#measure");
  button.disabled = true;
  show(find("#heard"), false);
  say(find("#measuring"), t("Vær stille et øyeblikk. Tonen spilles fem ganger."));
  const { microphone, speaker } = chosen();
  const before = echo === "not_tried" ? "unmeasured" : echo;
  echo = await measureEcho(microphone, speaker, before, new AbortController().signal);
  button.disabled = false;
  say(find("#measuring"), "");
  // What the microphone heard was played. Else only an ear can tell silence in a headset from no sound at all.
  if (echo === "echo") heardTone = "ok";
  show(find("#heard"), echo !== "echo");
  drawEcho();
  report(tools.check());
}

function answered(heard: boolean): void {
  heardTone = heard ? "ok" : "no_tone";
  if (!heard) echo = "unmeasured";
  show(find("#heard"), false);
  show(find("#no-tone"), !heard);
  drawEcho();
  report(tools.check());
}

function changed(change: Partial<Chosen>): void {
  choose(change);
  echo = "not_tried";
  drawEcho();
  tools.again();
}

for (const name of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
  const field = find<HTMLSelectElement>(`#choose-${name}`);
  field.addEventListener("change", () => changed({ [name]: field.value }));
}
for (const name of ["quiet", "blur"] as const) {
  const box = find<HTMLInputElement>(`#${name}`);
  box.checked = chosen()[name];
  box.addEventListener("change", () => {
    if (name === "blur") say(find("#blur-said"), "");
    changed({ [name]: box.checked });
  });
}
find("#measure").addEventListener("click", () => void measure());
find("#heard-yes").addEventListener("click", () => answered(true));
find("#heard-no").addEventListener("click", () => answered(false));
find("#again").addEventListener("click", () => tools.again());
for (const choice of document.querySelectorAll<HTMLInputElement>("input[name=height]")) {
  choice.addEventListener("change", () => {
    for (const words of all("[data-height]")) show(words, words.dataset["height"] === choice.value);
  });
}
find("#begin").addEventListener("click", () => {
  show(find("#intro"), false);
  show(find("#check"), true);
  find("#check h2").focus();
  tools.start(true);
});
// Pressed before there was anybody to hear it, it did nothing.
find<HTMLButtonElement>("#begin").disabled = false;
navigator.mediaDevices?.addEventListener("devicechange", () => void listDevices());
addEventListener("pagehide", () => tools.stop());
