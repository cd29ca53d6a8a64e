/** The support page: gathers the facts of this browser, and copies them by one click. */

import { post } from "../door/api";
import { reachesRelay } from "../shared/devices";
import { find, say, set } from "../shared/dom";
import { socketUrl } from "../shared/link";
import { t } from "../shared/words";
import { type Facts, linesOf, type Said } from "./facts";

export interface SupportPage {
  readonly at: "support";
  readonly version: string;
  readonly relay: string;
  readonly ping: string;
}

const PATIENCE = 5000;

export function startSupport(page: SupportPage): void {
  const shown = find("#facts");
  const said = find("#facts-said");
  const run = async (): Promise<void> => {
    set(shown, "aria-busy", "true");
    say(said, t("Prøver nettet …"));
    say(shown, linesOf(await gather(page)));
    set(shown, "aria-busy", null);
    say(said, t("Klar til å kopiere."));
  };
  find("#facts-again").addEventListener("click", () => void run());
  find("#facts-copy").addEventListener("click", () => {
    void copy(shown).then((done) =>
      say(said, done ? t("Kopiert") : t("Teksten er merket. Kopier den med Ctrl+C.")),
    );
  });
  void run();
}

async function copy(text: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(text);
    return false;
  }
}

async function gather(page: SupportPage): Promise<Facts> {
  const [camera, microphone, devices, ping, socket, relay] = await Promise.all([
    permission("camera"),
    permission("microphone"),
    countDevices(),
    pingOf(page.ping),
    socketOpens(),
    relayAnswers(page.relay),
  ]);
  const connection = (navigator as { connection?: { effectiveType?: string } }).connection;
  return {
    version: page.version,
    at: new Date(),
    agent: navigator.userAgent,
    language: navigator.language,
    screen: `${screen.width}×${screen.height}`,
    window: `${innerWidth}×${innerHeight}`,
    zoom: Math.round(devicePixelRatio * 100) / 100,
    camera,
    microphone,
    devices,
    online: navigator.onLine,
    kind: connection?.effectiveType ?? "?",
    ping,
    socket,
    relay,
    webrtc: typeof RTCPeerConnection !== "undefined",
  };
}

async function permission(name: "camera" | "microphone"): Promise<string> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return "?";
  }
}

async function countDevices(): Promise<Facts["devices"]> {
  const count = { videoinput: 0, audioinput: 0, audiooutput: 0 };
  try {
    for (const one of await navigator.mediaDevices.enumerateDevices()) count[one.kind] += 1;
  } catch {
    // A page without a secure address has no devices at all.
  }
  return count;
}

async function pingOf(path: string): Promise<number | null> {
  const times: number[] = [];
  for (let tries = 0; tries < 3; tries++) {
    const began = performance.now();
    try {
      await fetch(path, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
      times.push(performance.now() - began);
    } catch {
      return null;
    }
  }
  return times.sort((a, b) => a - b)[1] ?? null;
}

/** A socket of its own, which says nothing and is closed at once. */
function socketOpens(): Promise<Said> {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketUrl("/ws/desk"));
    const end = (said: Said): void => {
      clearTimeout(timer);
      resolve(said);
      socket.close();
    };
    const timer = setTimeout(() => end("no"), PATIENCE);
    socket.addEventListener("open", () => end("yes"));
    socket.addEventListener("error", () => end("no"));
  });
}

async function relayAnswers(path: string): Promise<Facts["relay"]> {
  const reply = await post(path, {});
  if (reply.is === "refused") return "unknown";
  if (reply.content.has_relay !== true) return "none";
  const { servers } = reply.content.ice as { servers: RTCIceServer[] };
  return (await reachesRelay(servers)) ? "yes" : "no";
}
