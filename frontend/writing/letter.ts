/** A letter that keeps itself: what stands in the fields, what the server has, and what stands between. Pure. */

export interface Words {
  readonly text: string;
  readonly answers: readonly string[];
}

export interface Letter {
  readonly words: Words;
  /** What the server has, as far as we know. */
  readonly kept: Words;
  readonly at: "resting" | "saving" | "failed" | "sending" | "over";
}

export type LetterEvent =
  | { readonly type: "typed"; readonly words: Words }
  | { readonly type: "saving" }
  | { readonly type: "kept"; readonly words: Words }
  | { readonly type: "failed" }
  | { readonly type: "sending" }
  | { readonly type: "sent" }
  | { readonly type: "over" };

export const EMPTY: Words = { text: "", answers: [] };

export function next(letter: Letter, event: LetterEvent): Letter {
  switch (event.type) {
    case "typed":
      return { ...letter, words: event.words };
    case "saving":
      return letter.at === "sending" || letter.at === "over" ? letter : { ...letter, at: "saving" };
    case "kept":
      return { ...letter, kept: event.words, at: letter.at === "saving" ? "resting" : letter.at };
    case "failed":
      return letter.at === "over" ? letter : { ...letter, at: "failed" };
    case "sending":
      return { ...letter, at: "sending" };
    case "sent":
      return { words: EMPTY, kept: EMPTY, at: "resting" };
    case "over":
      return { ...letter, at: "over" };
    default:
      return unreachable(event);
  }
}

function unreachable(event: never): never {
  throw new Error(`no such event: ${JSON.stringify(event)}`);
}

export function isSame(left: Words, right: Words): boolean {
  const most = Math.max(left.answers.length, right.answers.length);
  for (let at = 0; at < most; at++) {
    if ((left.answers[at] ?? "") !== (right.answers[at] ?? "")) return false;
  }
  return left.text === right.text;
}

export function isEmpty(words: Words): boolean {
  return isSame({ text: words.text.trim(), answers: words.answers.map((answer) => answer.trim()) }, EMPTY);
}

/** Whether words would be lost if the page went away now. */
export function isUnkept(letter: Letter): boolean {
  return !isSame(letter.words, letter.kept);
}

/** Whether it makes sense to save now. */
export function isDue(letter: Letter): boolean {
  return isUnkept(letter) && (letter.at === "resting" || letter.at === "failed");
}
