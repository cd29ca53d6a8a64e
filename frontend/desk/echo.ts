/** Whether the microphone hears the loudspeaker: bursts of a tone are played, and looked for in what it hears. */

/** A pitch that speech and fans have little of, and that every loudspeaker can play. */
export const PITCH = 1370;
const BURSTS = 5;
const BURST_MS = 400;
const REST_MS = 400;
/** So late a burst can still be heard: loudspeaker, room and microphone take their time. */
const LATENCY_MS = 180;
/** The tone stands out by so many decibels: from here on it is an echo, below the other it is none. */
export const ECHO_FROM = 12;
export const ECHO_UNTIL = 7;

export type Echo = "none" | "echo" | "unmeasured";

/** What was heard: how strong the tone was while it was played and while it was not, window by window. */
export interface Heard {
  readonly on: readonly number[];
  readonly off: readonly number[];
}

/** How strong one pitch is among the samples (Goertzel), as an amplitude from 0 to 1. */
export function strengthOf(samples: ArrayLike<number>, rate: number, pitch = PITCH): number {
  const turn = 2 * Math.cos((2 * Math.PI * pitch) / rate);
  let [before, earlier] = [0, 0];
  for (let place = 0; place < samples.length; place++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * place) / samples.length);
    const now = (samples[place] ?? 0) * window + turn * before - earlier;
    earlier = before;
    before = now;
  }
  const power = before * before + earlier * earlier - turn * before * earlier;
  return (4 * Math.sqrt(Math.max(0, power))) / Math.max(1, samples.length);
}

function middle(all: readonly number[]): number {
  const sorted = [...all].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** By how many decibels the tone stands out while it is played; null where there is nothing to judge by. */
export function excessOf({ on, off }: Heard): number | null {
  if (on.length < 4 || off.length < 4) return null;
  const [played, silent] = [middle(on), middle(off)];
  // A microphone that is switched off gives exact nothing, and proves nothing.
  if (played === 0 && silent === 0) return null;
  return 20 * Math.log10((played + 1e-6) / (silent + 1e-6));
}

/** Between the two borders, what was found the last time stands. */
export function judge(heard: Heard, before: Echo = "unmeasured"): Echo {
  const excess = excessOf(heard);
  if (excess === null) return "unmeasured";
  if (excess >= ECHO_FROM) return "echo";
  if (excess <= ECHO_UNTIL) return "none";
  return before;
}

function isPlayed(ms: number): "on" | "off" | "between" {
  const within = ms % (BURST_MS + REST_MS);
  if (within > LATENCY_MS + 90 && within < BURST_MS) return "on";
  return within > BURST_MS + LATENCY_MS + 120 ? "off" : "between";
}

/** Plays the bursts through the loudspeaker that was chosen. */
async function play(context: AudioContext, speaker: string): Promise<number> {
  const able = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  if (speaker && able.setSinkId) await able.setSinkId(speaker).catch(() => undefined);
  const volume = context.createGain();
  volume.gain.value = 0;
  volume.connect(context.destination);
  const tone = context.createOscillator();
  tone.frequency.value = PITCH;
  tone.connect(volume);
  const from = context.currentTime + 0.1;
  for (let burst = 0; burst < BURSTS; burst++) {
    const at = from + (burst * (BURST_MS + REST_MS)) / 1000;
    volume.gain.setTargetAtTime(0.25, at, 0.01);
    volume.gain.setTargetAtTime(0, at + BURST_MS / 1000, 0.01);
  }
  tone.start(from);
  tone.stop(from + (BURSTS * (BURST_MS + REST_MS)) / 1000);
  return from;
}

/**
 * Measures once, with the browser's own echo cancelling switched off: it would take the tone away, and in a conversation
 * it takes the beginnings of words. Never throws.
 */
export async function measureEcho(
  microphone: string,
  speaker: string,
  before: Echo,
  signal: AbortSignal,
): Promise<Echo> {
  let context: AudioContext | null = null;
  let stream: MediaStream | null = null;
  try {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const wish = microphone ? { deviceId: { ideal: microphone } } : {};
    stream = await navigator.mediaDevices.getUserMedia({ audio: { ...plain, ...wish } });
    context = new AudioContext();
    await context.resume();
    const ear = context.createAnalyser();
    ear.fftSize = 4096;
    context.createMediaStreamSource(stream).connect(ear);
    return judge(await listenTo(context, ear, await play(context, speaker), signal), before);
  } catch {
    return "unmeasured";
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
    void context?.close().catch(() => undefined);
  }
}

function listenTo(
  context: AudioContext,
  ear: AnalyserNode,
  from: number,
  signal: AbortSignal,
): Promise<Heard> {
  const heard: { on: number[]; off: number[] } = { on: [], off: [] };
  const samples = new Float32Array(ear.fftSize);
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const ms = (context.currentTime - from) * 1000;
      if (ms > BURSTS * (BURST_MS + REST_MS) || signal.aborted) {
        clearInterval(timer);
        resolve(signal.aborted ? { on: [], off: [] } : heard);
      }
      const now = isPlayed(ms);
      if (ms < 0 || now === "between") return;
      ear.getFloatTimeDomainData(samples);
      heard[now].push(strengthOf(samples, context.sampleRate));
    }, 30);
  });
}
