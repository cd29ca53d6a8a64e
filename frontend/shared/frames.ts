/** The frames of docs/protocol.md as tagged unions, and the one place where a received frame is recognised. */

export type Role =
  | "clinician"
  | "patient"
  | "relative"
  | "carer"
  | "assistant"
  | "guardian"
  | "interpreter"
  | "colleague"
  | "member";
export type Channel = "video" | "sound" | "phone" | "text";
export type Quality = "unknown" | "good" | "fair" | "poor" | "none";

export interface Description {
  readonly type: "offer" | "answer";
  readonly sdp: string;
}

export interface Candidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/**
 * What one connection says to another. `round` numbers the offers of one side; the answer repeats it, so that an answer
 * to an offer that was rolled back is known as such. `line` names the connection object it comes from: another name means
 * that the old object is gone. `bye` means: I threw mine away, offer anew.
 */
export type SignalBody =
  | { readonly description: Description; readonly round: number; readonly line: string }
  | { readonly candidate: Candidate | null }
  | { readonly bye: true };

/** What a person lets the others know about their own equipment. */
export interface Equipment {
  readonly camera: boolean;
  readonly microphone: boolean;
  readonly sharing: boolean;
  /** Wants pictures from the others. */
  readonly picture: boolean;
  /** The own picture is held back because the network is weak. */
  readonly paused: boolean;
  /** Wants what the others say as words. */
  readonly captions: boolean;
  /** The own browser can make words of what is said, on the device. */
  readonly speech: boolean;
  readonly quality: Quality;
}

export interface Seat {
  readonly participant: string;
  readonly role: Role;
  readonly name: string;
  /** The page the person is on now; null when absent. */
  readonly epoch: string | null;
  /** Whether the one who reads this makes the offer to this person. */
  readonly offers: boolean;
  /** Whether the one who reads this gives way when both offer at once. */
  readonly yields: boolean;
}

export interface RosterRow extends Seat {
  readonly present: boolean;
}

export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

export interface Ice {
  readonly servers: readonly IceServer[];
  readonly relay_only: boolean;
  readonly expires_at: string | null;
}

/** Frames that are answered with `done`, `refused` or a frame of their own that carries `re`. */
export type Request =
  | { readonly type: "hello"; readonly tab: string; readonly epoch?: string; readonly move?: boolean }
  | {
      readonly type: "admit";
      readonly arrival: string;
      readonly version: number;
      /** The page that sits down in the conversation with the same act; both or neither. */
      readonly tab?: string;
      readonly epoch?: string;
    }
  | {
      readonly type: "devices";
      readonly camera: string;
      readonly microphone: string;
      readonly sound: string;
      readonly network: string;
    }
  | { readonly type: "next"; readonly opening: string; readonly tab?: string; readonly epoch?: string }
  | {
      readonly type: "take";
      readonly arrival: string;
      readonly version: number;
      readonly reason: string;
      readonly tab?: string;
      readonly epoch?: string;
    }
  | { readonly type: "leave" }
  | { readonly type: "step_away" }
  | { readonly type: "come_back" }
  | { readonly type: "companion_answer"; readonly companion: string; readonly answer: "yes" | "no" }
  /** A control question: which, and the letter of the answer. */
  | {
      readonly type: "frame_answer";
      readonly question: string;
      readonly answer: string;
      readonly helped: boolean;
    }
  | { readonly type: "frame_wish"; readonly wish: string }
  | { readonly type: "late_answer"; readonly answer: "wait" | "phone" | "new_time" }
  | {
      readonly type: "join";
      readonly consultation: string;
      readonly tab: string;
      readonly epoch: string;
      readonly move: boolean;
    }
  | { readonly type: "text"; readonly words: string }
  | { readonly type: "channel"; readonly channel: Channel; readonly measured?: boolean }
  | { readonly type: "ask_phone" }
  | { readonly type: "unanswered" }
  | { readonly type: "room" }
  | { readonly type: "use_own" }
  | { readonly type: "channel"; readonly channel: Channel }
  /** Where to hold a card, over the person's own picture. */
  | { readonly type: "guide"; readonly participant: string; readonly on: boolean }
  | { readonly type: "ice" }
  | { readonly type: "step_out" }
  | { readonly type: "end"; readonly version: number };

/** Frames that nobody answers. */
export type Notice =
  | { readonly type: "beat" }
  | {
      readonly type: "signal";
      readonly to: string;
      readonly to_epoch: string;
      readonly epoch: string;
      readonly body: SignalBody;
    }
  | ({ readonly type: "state" } & Equipment)
  /** What the own device made of what was said; `line` counts up with each sentence. */
  | { readonly type: "caption"; readonly line: number; readonly words: string; readonly final: boolean };

/** Whose picture and sound it is; supplier and host where it is not ours. */
export interface EngineFacts {
  readonly kind: "mesh" | "external";
  readonly supplier: string;
  readonly host: string;
}

export interface Joined {
  readonly type: "joined";
  readonly re: number;
  readonly you: string;
  readonly role: Role;
  readonly version: number;
  readonly channel: Channel;
  readonly roster: readonly RosterRow[];
  readonly ice: Ice;
  readonly clinic: { readonly phone: string };
  readonly engine: EngineFacts;
  /** The patient reads and writes. */
  readonly uses_text: boolean;
  /** The patient waits to be rung. */
  readonly phone_asked: boolean;
}

/** What a page is told that sits in a conversation, also as a part of another frame. */
export type Seating = Omit<Joined, "type" | "re">;

export interface Done {
  readonly type: "done";
  readonly re: number;
  readonly [more: string]: unknown;
}

export interface Refused {
  readonly type: "refused";
  readonly re: number;
  readonly code: string;
}

export type Answer =
  | Done
  | Refused
  | Joined
  | { readonly type: "ice"; readonly re: number; readonly ice: Ice };

export type News =
  | { readonly type: "beat"; readonly every: number }
  | { readonly type: "day" }
  | { readonly type: "slots" }
  /** Something in a case in writing changed: fetch it again. */
  | { readonly type: "written" }
  | { readonly type: "arrived"; readonly arrival: string; readonly name: string }
  /** Somebody who waits must be looked at. To the clinician alone, and without a sound. */
  | { readonly type: "alert"; readonly arrival: string }
  | {
      readonly type: "door";
      readonly door: Readonly<Record<string, unknown>>;
      /** Who was let in sits in the conversation already. */
      readonly joined?: unknown;
    }
  /** What changes for everybody in a queue at once: a part of `door`. */
  | {
      readonly type: "place";
      readonly place: number;
      readonly servers: number;
      readonly [more: string]: unknown;
    }
  /** Said to everybody in a queue: added to the words that stand there. */
  | { readonly type: "words"; readonly words: readonly unknown[] }
  | ({ readonly type: "present" } & Seat)
  /** `left`: of their own will; otherwise only their socket is gone, and picture and sound may still flow. */
  | { readonly type: "absent"; readonly participant: string; readonly left: boolean }
  | { readonly type: "signal"; readonly from: string; readonly epoch: string; readonly body: SignalBody }
  | { readonly type: "text"; readonly from: string; readonly words: string; readonly at: string }
  | ({ readonly type: "state"; readonly from: string } & Equipment)
  | {
      readonly type: "caption";
      readonly from: string;
      readonly line: number;
      readonly words: string;
      readonly final: boolean;
    }
  | { readonly type: "channel"; readonly channel: Channel }
  | { readonly type: "phone_asked" }
  /** They went over to Blikk's own picture and sound: join again for what that takes. */
  | { readonly type: "engine"; readonly engine: string }
  | { readonly type: "guide"; readonly on: boolean }
  /** `sent_out`: over for this person alone, who was asked to leave. */
  | { readonly type: "ended"; readonly by_role: Role; readonly at: string; readonly sent_out?: boolean }
  | { readonly type: "moved_away" };

export type ServerFrame = Answer | News;

/** Why a socket was closed. Those below 4429 are final: the same page must not come back by itself. */
export const CLOSED = {
  notUnderstood: 4400,
  signedOut: 4401,
  notFound: 4404,
  movedAway: 4409,
  ended: 4410,
  tooMany: 4429,
  tooLarge: 1009,
  restart: 1012,
} as const;

const FINAL: ReadonlySet<number> = new Set([
  CLOSED.notUnderstood,
  CLOSED.signedOut,
  CLOSED.notFound,
  CLOSED.movedAway,
  CLOSED.ended,
]);

/** Whether a closed socket means that this page is not to connect again. */
export function isFinal(code: number): boolean {
  return FINAL.has(code);
}

type Kind = "string" | "number" | "object" | "boolean";

/** The fields that must be there, and of which kind, before a frame is let in. */
const SHAPES: { readonly [T in ServerFrame["type"]]: Readonly<Record<string, Kind>> } = {
  alert: { arrival: "string" },
  absent: { participant: "string", left: "boolean" },
  arrived: { arrival: "string", name: "string" },
  beat: { every: "number" },
  caption: { from: "string", line: "number", words: "string", final: "boolean" },
  channel: { channel: "string" },
  day: {},
  slots: {},
  done: { re: "number" },
  door: { door: "object" },
  ended: { at: "string" },
  engine: { engine: "string" },
  guide: { on: "boolean" },
  ice: { re: "number", ice: "object" },
  joined: {
    re: "number",
    you: "string",
    roster: "object",
    ice: "object",
    clinic: "object",
    engine: "object",
    version: "number",
  },
  moved_away: {},
  phone_asked: {},
  place: { place: "number", servers: "number", server_names: "object", pushed: "string" },
  present: { participant: "string", name: "string", epoch: "string", offers: "boolean", yields: "boolean" },
  refused: { re: "number", code: "string" },
  signal: { from: "string", epoch: "string", body: "object" },
  state: { from: "string", camera: "boolean", microphone: "boolean" },
  text: { from: "string", words: "string" },
  words: { words: "object" },
  written: {},
};

/** The frame, or null for anything this page does not know; a newer server may say more than we understand. */
export function readFrame(raw: unknown): ServerFrame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(String(raw));
  } catch {
    return null;
  }
  if (typeof frame !== "object" || frame === null || !("type" in frame)) return null;
  const type = String(frame.type);
  if (!Object.hasOwn(SHAPES, type)) return null;
  const fields = frame as Record<string, unknown>;
  for (const [name, kind] of Object.entries(SHAPES[type as ServerFrame["type"]])) {
    if (fields[name] === null || typeof fields[name] !== kind) return null;
  }
  return frame as ServerFrame;
}

/** The seating within a frame, if there is one that can be understood. */
export function seatingIn(found: unknown): Seating | null {
  const frame = readFrame(JSON.stringify({ ...(found as object), re: 0 }));
  return frame?.type === "joined" ? frame : null;
}

/** Whether the frame answers a request. */
export function isAnswer(frame: ServerFrame): frame is Answer {
  return "re" in frame && typeof frame.re === "number";
}
