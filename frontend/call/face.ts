/** What a conversation offers to the page that shows it. */

import type { Channel } from "../shared/frames";
import type { Link } from "../shared/link";
import type { ConversationState } from "./call";
import type { Counters } from "./gauge";
import type { Seated } from "./held";
import type { Dress, Trouble, Why } from "./own";
import type { Prepared } from "./ties";

/** The room of the other solution. */
export interface Room {
  readonly address: string;
  readonly host: string;
}

export interface PrepareOptions {
  /** The clinician's side offers. */
  readonly offers: boolean;
  /** Devices that are open already; asked for when left out. */
  readonly stream?: MediaStream | null;
}

export interface ConversationOptions {
  readonly socket: Link;
  readonly consultation: string;
  readonly prepared: Prepared;
  /** The seat that this page holds already; without one it joins. */
  readonly seated?: Seated | null;
  /** Ends the conversation on this page, stops the devices and closes every connection. */
  readonly signal: AbortSignal;
  readonly onChange?: (state: ConversationState) => void;
  /** Changes the camera's picture before anybody sees it. */
  readonly dress?: Dress;
}

export interface Conversation {
  state(): ConversationState;
  /** Tells of every change; returns the way to stop. */
  subscribe(listener: (state: ConversationState) => void): () => void;
  onTrouble(listener: (trouble: Trouble, why: Why) => void): void;
  streamOf(participant: string): MediaStream | null;
  readonly ownStream: MediaStream;
  /** Takes devices that opened when the conversation had begun already. */
  adopt(stream: MediaStream): Promise<void>;
  setMicrophone(on: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  switchCamera(): Promise<void>;
  switchMicrophone(): Promise<void>;
  /** Dresses the own picture anew, when it shall look otherwise from now on. */
  redress(): Promise<void>;
  deviceNames(): { camera: string; microphone: string };
  share(on: boolean): Promise<void>;
  /** Own picture off, and the others are asked to send none. */
  setSoundOnly(on: boolean): Promise<void>;
  /** False when it could not be delivered. */
  say(words: string): Promise<boolean>;
  readLane(): void;
  /** Takes the place over from another tab or device. */
  moveHere(): Promise<void>;
  /** Goes over to the phone, or back to video; holds at once, and is told when the link allows. Null, or the refusal. */
  changeChannel(channel: Channel): Promise<string | null>;
  /** The patient would rather be rung; false when it could not be told. */
  askPhone(): Promise<boolean>;
  /** Nobody answered; false when it could not be told. */
  unanswered(): Promise<boolean>;
  /** Where the room of the other solution is, or why there is none. */
  room(): Promise<Room | { readonly code: string }>;
  /** Leaves the other solution for Blikk's own picture and sound. Null when done, else the refusal. */
  useOwn(): Promise<string | null>;
  /** Shows what the others say as words, where their devices make them. */
  showCaptions(on: boolean): void;
  /** Leaves without ending; others go on. */
  stepOut(): Promise<void>;
  /** Ends for everybody; null when done, else the code of the refusal. */
  end(): Promise<string | null>;
  counters(): Promise<Record<string, Counters>>;
}
