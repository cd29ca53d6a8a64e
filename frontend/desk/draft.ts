/** The behaviour of a note that keeps itself: what is written, what is kept, and what stands between. Pure. */

export interface Draft {
  readonly text: string;
  /** What the server has, as far as we know. */
  readonly kept: string;
  readonly version: number;
  readonly at: "resting" | "saving" | "failed" | "overtaken";
}

export type DraftEvent =
  | { readonly type: "typed"; readonly text: string }
  | { readonly type: "sent" }
  | { readonly type: "kept"; readonly text: string; readonly version: number }
  | { readonly type: "failed" }
  | { readonly type: "overtaken" };

export function next(draft: Draft, event: DraftEvent): Draft {
  if (draft.at === "overtaken") return event.type === "typed" ? { ...draft, text: event.text } : draft;
  switch (event.type) {
    case "typed":
      return { ...draft, text: event.text };
    case "sent":
      return { ...draft, at: "saving" };
    case "kept":
      return { ...draft, kept: event.text, version: event.version, at: "resting" };
    case "failed":
      return { ...draft, at: "failed" };
    case "overtaken":
      return { ...draft, at: "overtaken" };
    default:
      return unreachable(event);
  }
}

function unreachable(event: never): never {
  throw new Error(`no such event: ${JSON.stringify(event)}`);
}

/** Whether words would be lost if the page went away now. */
export function isUnkept(draft: Draft): boolean {
  return draft.text !== draft.kept;
}

/** Whether it makes sense to send now: something is new, nothing is on its way, and nobody else has written. */
export function isDue(draft: Draft): boolean {
  return isUnkept(draft) && (draft.at === "resting" || draft.at === "failed");
}
