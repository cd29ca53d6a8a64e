/**
 * What the person says, as words made by their own browser, on the device. A browser that would ask a server for it, or
 * does not say where it is done, is not used: no sound of a consultation leaves for a cloud.
 */

import { captionsIn, type Recognised } from "./captions";

interface Recogniser extends EventTarget {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally: boolean;
  start(track?: MediaStreamTrack): void;
  abort(): void;
}

interface RecogniserKind {
  new (): Recogniser;
  available?(wanted: { langs: string[]; processLocally: boolean }): Promise<string>;
}

const LANGUAGES: Readonly<Record<string, string>> = { nb: "nb-NO", nn: "nb-NO", en: "en-US" };
const AGAIN = 400;

function kindOf(): RecogniserKind | null {
  const kind = (globalThis as { SpeechRecognition?: RecogniserKind }).SpeechRecognition;
  return typeof kind === "function" && typeof kind.available === "function" ? kind : null;
}

function language(): string {
  return LANGUAGES[document.documentElement.lang] ?? "nb-NO";
}

/** Whether this browser makes the words on the device, now and without fetching anything. */
export async function canRecognise(): Promise<boolean> {
  try {
    const answer = await kindOf()?.available?.({ langs: [language()], processLocally: true });
    return answer === "available";
  } catch {
    return false;
  }
}

export type Say = (caption: { line: number; words: string; final: boolean }) => void;

/** Listens to the own microphone until `signal` ends it; starts again where the browser stops by itself. */
export function recognise(track: () => MediaStreamTrack | null, say: Say, signal: AbortSignal): void {
  const Kind = kindOf();
  if (!Kind) return;
  let begun = 0;
  const begin = (): void => {
    if (signal.aborted) return;
    const recogniser = new Kind();
    // Belt and braces: a browser that does not know the word would send the sound away.
    if (!("processLocally" in recogniser)) return;
    recogniser.lang = language();
    recogniser.continuous = true;
    recogniser.interimResults = true;
    recogniser.processLocally = true;
    let heard = 0;
    recogniser.addEventListener("result", (event) => {
      const found = event as Event & Recognised;
      heard = Math.max(heard, found.results.length);
      for (const caption of captionsIn(found, begun)) say(caption);
    });
    recogniser.addEventListener("error", (event) => {
      const code = (event as Event & { error?: string }).error;
      if (code === "not-allowed" || code === "service-not-allowed" || code === "language-not-supported")
        isRefused = true;
    });
    let isRefused = false;
    recogniser.addEventListener("end", () => {
      begun += heard;
      heard = 0;
      if (!isRefused) setTimeout(begin, AGAIN);
    });
    signal.addEventListener("abort", () => recogniser.abort(), { once: true });
    const own = track();
    try {
      if (own) recogniser.start(own);
      else recogniser.start();
    } catch {
      // It runs already, or cannot now: its own end tries again.
    }
  };
  begin();
}
