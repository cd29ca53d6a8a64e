/** A made voice: sounds like speech without words. What is said stands as text; a voice of this device may read it. */

export interface Voice {
  readonly track: MediaStreamTrack;
  readonly mouth: () => number;
  /** Speaks for as long as the words would take. */
  say(words: string): void;
  mute(on: boolean): void;
  isRunning(): boolean;
  resume(): Promise<void>;
  stop(): void;
}

const PER_LETTER = 0.055;

/** How long words take to say, in seconds. */
export function timeFor(words: string): number {
  return Math.min(8, 0.6 + words.length * PER_LETTER);
}

/** Only a voice that lives on the device: no text goes to anybody's cloud. */
function readAloud(words: string, language: string): void {
  const speech = globalThis.speechSynthesis;
  const own = speech
    ?.getVoices()
    .find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(language));
  if (!own) return;
  const saying = new SpeechSynthesisUtterance(words);
  saying.voice = own;
  saying.volume = 0.8;
  speech.cancel();
  speech.speak(saying);
}

/** A throat with two resonances, as a vowel has, and a little of it at all times: a room is never silent. */
function makeThroat(context: AudioContext, pitch: number) {
  const out = context.createMediaStreamDestination();
  const loud = context.createGain();
  const throat = context.createOscillator();
  const low = context.createBiquadFilter();
  const high = context.createBiquadFilter();
  const room = context.createGain();
  throat.type = "sawtooth";
  throat.frequency.value = pitch;
  low.type = high.type = "bandpass";
  low.frequency.value = 600;
  high.frequency.value = 1500;
  low.Q.value = high.Q.value = 5;
  loud.gain.value = 0;
  room.gain.value = 0.004;
  throat.connect(room).connect(out);
  throat.connect(low).connect(loud);
  throat.connect(high).connect(loud);
  loud.connect(out);
  throat.start();
  const [track] = out.stream.getAudioTracks();
  if (!track) throw new Error("a destination gives one sound");
  const open = (mouth: number, muted: boolean): void => {
    const now = context.currentTime;
    loud.gain.setTargetAtTime(mouth * 0.5, now, 0.03);
    room.gain.setTargetAtTime(muted ? 0 : 0.004, now, 0.03);
    low.frequency.setTargetAtTime(450 + mouth * 500, now, 0.05);
    high.frequency.setTargetAtTime(1200 + Math.sin(now * 7) * 500, now, 0.05);
    throat.frequency.setTargetAtTime(pitch + Math.sin(now * 3) * 18, now, 0.05);
  };
  return { track, open };
}

export function makeVoice(language: string, pitch = 190): Voice {
  const context = new AudioContext();
  const throat = makeThroat(context, pitch);
  let until = 0;
  let muted = false;
  const mouth = (): number => {
    const left = until - context.currentTime;
    return left > 0 && !muted ? 0.25 + 0.75 * Math.abs(Math.sin(context.currentTime * 11)) : 0;
  };
  const beat = setInterval(() => throat.open(mouth(), muted), 60);
  return {
    track: throat.track,
    mouth,
    say(words) {
      until = Math.max(until, context.currentTime) + timeFor(words);
      readAloud(words, language);
    },
    mute(on) {
      muted = on;
    },
    isRunning: () => context.state === "running",
    resume: () => context.resume(),
    stop() {
      clearInterval(beat);
      void context.close().catch(() => undefined);
    },
  };
}
