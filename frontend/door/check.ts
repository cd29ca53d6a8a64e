/** The equipment of the person at the door: opened once, tried in parallel, and kept open until it is not needed. */

import {
  closeDevices,
  type Device,
  type Fault,
  listen,
  type Opened,
  openDevices,
  playTone,
  reachesRelay,
} from "../shared/devices";

export type CheckFault = Fault | "no_relay" | "no_tone";
export type Light = Device | { readonly is: "idle" } | { readonly is: "out"; readonly fault: CheckFault };

export interface Check {
  readonly camera: Light;
  readonly microphone: Light;
  readonly sound: Light;
  readonly network: Light;
}

export const UNTRIED: Check = {
  camera: { is: "asking" },
  microphone: { is: "asking" },
  sound: { is: "idle" },
  network: { is: "asking" },
};

/** Everything is answered, well or badly; the loudspeaker does not count, only an ear can tell. */
export function isSettled(check: Check): boolean {
  return [check.camera, check.microphone, check.network].every((light) => light.is !== "asking");
}

/** The one fault to help with now: what stops most comes first. */
export function worstFault(
  check: Check,
): { device: "camera" | "microphone" | "sound" | "network"; fault: CheckFault } | null {
  for (const device of ["microphone", "camera", "network", "sound"] as const) {
    const light = check[device];
    if (light.is === "out") return { device, fault: light.fault };
  }
  return null;
}

/** What the clinician is told, as codes. */
export function found(check: Check): Record<"camera" | "microphone" | "sound" | "network", string> {
  const say = (light: Light): string => {
    if (light.is === "ready") return "ok";
    return light.is === "out" ? light.fault : "not_tried";
  };
  return {
    camera: say(check.camera),
    microphone: say(check.microphone),
    sound: say(check.sound),
    network: say(check.network),
  };
}

export interface Equipment {
  check(): Check;
  stream(): MediaStream | null;
  /** Opens the devices, and tries the network unless the talk itself does; does nothing that is done already. */
  start(triesNetwork: boolean): void;
  again(): void;
  tone(): void;
  /** Lets camera and microphone go. */
  stop(): void;
}

export interface EquipmentOptions {
  /** Asks the server for the relay to try the network with; null when it could not be reached. */
  readonly relay: () => Promise<RTCIceServer[] | null>;
  readonly onChange: (check: Check) => void;
  readonly onLevel: (level: number) => void;
  /** How camera and microphone are opened, where the person has chosen among several. */
  readonly open?: () => Promise<Opened>;
}

export function equipment(options: EquipmentOptions): Equipment {
  let check = UNTRIED;
  let stream: MediaStream | null = null;
  let running: AbortController | null = null;
  let hasTriedNetwork = false;

  function learn(news: Partial<Check>, signal: AbortSignal): void {
    if (signal.aborted) return;
    check = { ...check, ...news };
    options.onChange(check);
  }

  async function openAll(signal: AbortSignal): Promise<void> {
    const opened = await (options.open ?? openDevices)();
    if (signal.aborted) {
      closeDevices(opened.stream);
      return;
    }
    stream = opened.stream;
    learn({ camera: opened.camera, microphone: opened.microphone }, signal);
    if (stream) listen(stream, signal, options.onLevel);
    for (const track of stream?.getTracks() ?? []) {
      track.addEventListener("ended", () => {
        const lost: Light = { is: "out", fault: "unplugged" };
        learn(track.kind === "video" ? { camera: lost } : { microphone: lost }, signal);
      });
    }
  }

  async function tryNetwork(signal: AbortSignal): Promise<void> {
    hasTriedNetwork = true;
    const servers = await options.relay();
    const isWell = servers !== null && (await reachesRelay(servers));
    learn({ network: isWell ? { is: "ready" } : { is: "out", fault: "no_relay" } }, signal);
  }

  function stop(): void {
    running?.abort();
    running = null;
    closeDevices(stream);
    stream = null;
    hasTriedNetwork = false;
    check = UNTRIED;
  }

  function start(triesNetwork: boolean): void {
    if (!running) {
      running = new AbortController();
      options.onChange(check);
      void openAll(running.signal);
    }
    if (triesNetwork && !hasTriedNetwork) void tryNetwork(running.signal);
  }

  return {
    check: () => check,
    stream: () => stream,
    start,
    again() {
      stop();
      start(true);
    },
    tone() {
      const signal = running?.signal;
      void playTone().then((played) => {
        if (signal) learn({ sound: played ? { is: "ready" } : { is: "out", fault: "no_tone" } }, signal);
      });
    },
    stop,
  };
}
