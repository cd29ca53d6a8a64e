/** The behaviour of a note that keeps itself: what is written, what is kept, and what stands between. Pure. */

export interface Draft {
  readonly text: string;
  /** What the server has, as far as we know. */
  readonly kept: string;
  readonly version: number;
  /** What is on its way, or was when no answer came: the server may have it, so the same is sent once more. */
  readonly sent: string | null;
  readonly at: "resting" | "saving" | "failed" | "overtaken" | "signed_out";
}

export type DraftEvent =
  | { readonly type: "typed"; readonly text: string }
  | { readonly type: "sent" }
  | { readonly type: "signed_out" }
  | { readonly type: "kept"; readonly text: string; readonly version: number }
  | { readonly type: "failed" }
  | { readonly type: "overtaken" };

export function next(draft: Draft, event: DraftEvent): Draft {
  if (draft.at === "overtaken") return event.type === "typed" ? { ...draft, text: event.text } : draft;
  switch (event.type) {
    case "typed":
      return { ...draft, text: event.text };
    case "sent":
      return { ...draft, at: "saving", sent: toSend(draft) };
    case "kept":
      return { ...draft, kept: event.text, version: event.version, sent: null, at: "resting" };
    case "failed":
      return { ...draft, at: "failed" };
    case "overtaken":
      return { ...draft, at: "overtaken" };
    case "signed_out":
      return { ...draft, at: "signed_out" };
    default:
      return unreachable(event);
  }
}

function unreachable(event: never): never {
  throw new Error(`no such event: ${JSON.stringify(event)}`);
}

/** What to send: first what got no answer, so that the server can say that it has it. */
export function toSend(draft: Draft): string {
  return draft.sent ?? draft.text;
}

/** What to do with words that an earlier page left behind: they are the server's, ours to go on with, or to be shown. */
export function foundAgain(
  server: string,
  found: { readonly text: string; readonly base: string; readonly sent: string | null },
): "kept" | "ours" | "apart" {
  if (found.text === server) return "kept";
  // What only goes on after the server's words has all of them.
  const isOurs = server === found.base || server === found.sent || found.text.startsWith(server);
  return isOurs ? "ours" : "apart";
}

/** Whether words would be lost if the page went away now. */
export function isUnkept(draft: Draft): boolean {
  return draft.text !== draft.kept;
}

/** Whether it makes sense to send now: something is new, nothing is on its way, and nobody else has written. */
export function isDue(draft: Draft): boolean {
  return isUnkept(draft) && draft.at !== "saving" && draft.at !== "overtaken";
}
