/** A patient's practice in this browser: the own picture, sound and network, a question, ten seconds with a drawn clinician. */

import { post } from "../door/api";
import { type Check, equipment, isSettled, worstFault } from "../door/check";
import { showFault, showLight } from "../door/faults";
import { find, given, say, show } from "../shared/dom";
import { t } from "../shared/words";
import { drawFace } from "./face";
import { makeVoice } from "./voice";

type Screen = "link" | "self" | "question" | "meet" | "done";

const MEETING = 10_000;
const HEARING = 8000;
const LATER = 2;
const page = given<{ readonly relay: string }>();
let meeting: AbortController | null = null;
let echo: AbortController | null = null;

/** The network is asked whether it lets picture and sound through; the server lends the relay for it, and keeps nothing. */
const tools = equipment({
  relay: async () => {
    const reply = await post(page.relay, {});
    if (reply.is === "refused") return reply.code === "network" ? null : [];
    return (reply.content.ice as { servers: RTCIceServer[] }).servers;
  },
  onChange: draw,
  onLevel: () => undefined,
});

function draw(check: Check): void {
  const worst = worstFault(check);
  show(find("#asking"), !worst && !isSettled(check));
  showLight(find('[data-device="network"]'), check.network);
  showFault(worst);
  show(find("#again"), worst !== null);
  const mirror = find<HTMLVideoElement>("#mirror");
  if (mirror.srcObject !== tools.stream()) mirror.srcObject = tools.stream();
  show(mirror, check.camera.is !== "out");
}

function turnTo(screen: Screen): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-screen]"))
    show(part, part.dataset["screen"] === screen);
  scrollTo(0, 0);
  find("h1", find(`[data-screen="${screen}"]`)).focus({ preventScroll: true });
}

function letGo(): void {
  tools.stop();
  meeting?.abort();
  meeting = null;
  echo?.abort();
  echo = null;
  say(find("#heard"), "");
}

function open(): void {
  letGo();
  turnTo("self");
  tools.start(true);
}

/** What is said is heard two seconds later, and then gone: nothing is ever recorded, not here either. */
async function hear(): Promise<void> {
  const place = find("#heard");
  echo?.abort();
  const stream = tools.stream();
  if (!stream?.getAudioTracks().length) {
    say(place, t("Vi hører ikke mikrofonen din. Du kan gå videre likevel."));
    return;
  }
  const controller = new AbortController();
  echo = controller;
  const context = new AudioContext();
  controller.signal.addEventListener("abort", () => void context.close().catch(() => undefined));
  const later = context.createDelay(LATER);
  later.delayTime.value = LATER;
  context.createMediaStreamSource(stream).connect(later).connect(context.destination);
  await context.resume().catch(() => undefined);
  say(place, t("Si noe nå. Du hører deg selv to sekunder etterpå."));
  setTimeout(() => {
    if (controller.signal.aborted) return;
    controller.abort();
    say(place, t("Slik hørtes det ut."));
  }, HEARING);
}

/** A real connection, from this page to this page. */
async function connect(outgoing: MediaStream, onStream: (stream: MediaStream) => void, signal: AbortSignal) {
  const [mine, theirs] = [new RTCPeerConnection(), new RTCPeerConnection()];
  mine.onicecandidate = ({ candidate }) =>
    void theirs.addIceCandidate(candidate ?? undefined).catch(() => undefined);
  theirs.onicecandidate = ({ candidate }) =>
    void mine.addIceCandidate(candidate ?? undefined).catch(() => undefined);
  theirs.ontrack = ({ streams: [first] }) => first && onStream(first);
  for (const track of outgoing.getTracks()) mine.addTrack(track, outgoing);
  await mine.setLocalDescription();
  if (mine.localDescription) await theirs.setRemoteDescription(mine.localDescription);
  await theirs.setLocalDescription();
  if (theirs.localDescription) await mine.setRemoteDescription(theirs.localDescription);
  signal.addEventListener("abort", () => {
    mine.close();
    theirs.close();
  });
}

async function meet(): Promise<void> {
  turnTo("meet");
  meeting?.abort();
  const controller = new AbortController();
  meeting = controller;
  const voice = makeVoice(document.documentElement.lang.slice(0, 2), 120);
  const face = drawFace(voice.mouth, true);
  controller.signal.addEventListener("abort", () => {
    voice.stop();
    face.stop();
  });
  await voice.resume().catch(() => undefined);
  const picture = find<HTMLVideoElement>("#clinician");
  const hello = t("Hei, og velkommen. Nå ser og hører vi hverandre. Slik er det i en ekte samtale også.");
  say(find("#said"), hello);
  voice.say(hello);
  const show = (got: MediaStream): void => {
    picture.srcObject = got;
    void picture.play().catch(() => undefined);
  };
  const outgoing = new MediaStream([face.track, voice.track]);
  // Where a connection to oneself is forbidden, the picture is shown without one.
  await connect(outgoing, show, controller.signal).catch(() => show(outgoing));
  setTimeout(() => {
    if (controller.signal.aborted) return;
    letGo();
    turnTo("done");
  }, MEETING);
}

const ACTS: Readonly<Record<string, () => void>> = {
  begin: open,
  again: open,
  hear: () => void hear(),
  question() {
    echo?.abort();
    turnTo("question");
  },
  meet: () => void meet(),
};

document.addEventListener("click", (event) => {
  const act = (event.target as Element | null)?.closest<HTMLElement>("[data-act]")?.dataset["act"];
  if (act) ACTS[act]?.();
});
// Pressed before there was anybody to hear it, it did nothing.
find<HTMLButtonElement>('[data-act="begin"][disabled]').disabled = false;
addEventListener("pagehide", letGo);
