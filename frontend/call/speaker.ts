/** Makes words of what the person says while somebody wants them, and only on the device. */

import { type ConversationState, isMediaClosed } from "./call";
import { canRecognise, recognise, type Say } from "./speech";

export interface SpeakerOptions {
  readonly track: () => MediaStreamTrack | null;
  readonly say: Say;
  /** It is known now whether this browser can. */
  readonly onKnown: () => void;
  readonly signal: AbortSignal;
}

export class Speaker {
  private able = false;
  private speaking: AbortController | null = null;

  constructor(private readonly options: SpeakerOptions) {
    options.signal.addEventListener("abort", () => this.stop());
    void canRecognise().then((able) => {
      this.able = able;
      if (able && !options.signal.aborted) options.onKnown();
    });
  }

  get isAble(): boolean {
    return this.able;
  }

  /** Begins or stops as the conversation is now. */
  follow(state: ConversationState): void {
    const isWanted = state.people.some((one) => one.present && one.equipment.captions);
    const speaks = state.place.at === "in" && state.own.microphone && !isMediaClosed(state);
    if (!(this.able && isWanted && speaks)) this.stop();
    else if (!this.speaking) {
      this.speaking = new AbortController();
      recognise(this.options.track, this.options.say, this.speaking.signal);
    }
  }

  private stop(): void {
    this.speaking?.abort();
    this.speaking = null;
  }
}
