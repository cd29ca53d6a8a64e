/** Captions of what others say, made on their own devices. Pure: kept while they are read, and nowhere else. */

export interface Spoken {
  readonly from: string;
  readonly line: number;
  readonly words: string;
  readonly final: boolean;
}

export type Captions = readonly Spoken[];

export const FRESH_CAPTIONS: Captions = [];

/** So many sentences stand there at a time. */
const SHOWN = 3;

/** A sentence that grows replaces itself; a new one comes last, and the oldest goes. What comes late is left out. */
export function heardCaption(captions: Captions, heard: Spoken): Captions {
  const spoken = { from: heard.from, line: heard.line, words: heard.words.trim(), final: heard.final };
  const at = captions.findIndex((one) => one.from === spoken.from && one.line === spoken.line);
  if (at >= 0) {
    if (captions[at]?.final) return captions;
    return captions.map((one, place) => (place === at ? spoken : one));
  }
  const isLate = captions.some((one) => one.from === spoken.from && one.line > spoken.line);
  if (isLate || spoken.words === "") return captions;
  return [...captions, spoken].slice(-SHOWN);
}

/** What a recogniser gives: sentences from `from` on, of which the last ones may still change. */
export interface Recognised {
  readonly resultIndex: number;
  readonly results: ArrayLike<{
    readonly isFinal: boolean;
    readonly [place: number]: { transcript: string };
  }>;
}

const LONGEST = 500;

/** The captions that one event of a recogniser makes; `begun` counts the sentences of earlier recognisers. */
export function captionsIn(
  event: Recognised,
  begun: number,
): readonly { line: number; words: string; final: boolean }[] {
  const made = [];
  for (let at = event.resultIndex; at < event.results.length; at++) {
    const result = event.results[at];
    const words = result?.[0]?.transcript.trim() ?? "";
    // The end of a long sentence is what is being said now.
    if (result && words) made.push({ line: begun + at, words: words.slice(-LONGEST), final: result.isFinal });
  }
  return made;
}
