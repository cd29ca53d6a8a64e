/** Keeps the recorded channel true: what was measured, when it lasts, and what was chosen, however the link is. */

import type { Answer, Channel } from "../shared/frames";
import { type ConversationState, channelInUse, isMeasured } from "./call";

export interface ChannelOptions {
  readonly state: () => ConversationState;
  readonly ask: (channel: Channel, measured: boolean) => Promise<Answer>;
}

/** So long a choice has held, or what was measured has lasted, before the record hears of it. */
const CHOSEN_LASTS = 5_000;
const MEASURED_LASTS = 15_000;

/** Refusals that pass: the link is away, or the answer was. */
export function isPassing(code: string): boolean {
  return code === "not_connected" || code === "no_answer";
}

export class ChannelKeeper {
  /** Chosen here, and not yet in the record. */
  private wished: Channel | null = null;
  private reported: Channel | null = null;
  private pending: { channel: Channel; measured: boolean; since: number } | null = null;
  /** What the record has was measured: then the way back must last as long. */
  private wasMeasured = false;

  constructor(private readonly options: ChannelOptions) {}

  get wish(): Channel | null {
    return this.wished;
  }

  /** Chosen by hand: told at once, or as soon as the link is back. Null when done or on its way, else the refusal. */
  async choose(channel: Channel): Promise<string | null> {
    this.wished = channel;
    this.pending = null;
    return this.tell();
  }

  /** The link is back: what was chosen meanwhile is told. */
  async tell(): Promise<string | null> {
    const { wished } = this;
    if (wished === null) return null;
    const answer = await this.options.ask(wished, false);
    if (answer.type === "refused") {
      if (isPassing(answer.code)) return null;
      if (this.wished === wished) this.wished = null;
      return answer.code;
    }
    if (this.wished === wished) this.wished = null;
    this.wasMeasured = false;
    this.reported = wished;
    return null;
  }

  /** The clinician's side says which channel is really used, once it has been so for a while. */
  look(now: number): void {
    const state = this.options.state();
    const channel = channelInUse(state);
    if (state.role !== "clinician" || channel === null || this.wished !== null) return;
    if (state.channel !== "video" && state.channel !== "sound") return;
    if (channel === state.channel || channel === this.reported) {
      this.pending = null;
      if (channel === state.channel) this.reported = null;
      return;
    }
    const measured = channel === "sound" ? isMeasured(state) : this.wasMeasured;
    if (this.pending?.channel !== channel || this.pending.measured !== measured)
      this.pending = { channel, measured, since: now };
    if (now - this.pending.since < (measured ? MEASURED_LASTS : CHOSEN_LASTS)) return;
    this.reported = channel;
    this.wasMeasured = measured;
    void this.options.ask(channel, measured).then((answer) => {
      // Asked again when it has lasted anew.
      if (answer.type === "refused" && this.reported === channel) this.reported = null;
    });
  }
}
