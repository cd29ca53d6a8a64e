/** Two texts about the same thing, written at once. */

/** A part as the server has it. */
export interface Theirs {
  readonly words: string;
  readonly version: number;
  readonly by: string;
  readonly last: string;
}

/** Both texts, theirs first; one of them where it holds the other already. */
export function together(mine: string, theirs: string): string {
  if (mine.includes(theirs)) return mine;
  if (theirs.includes(mine)) return theirs;
  return `${theirs.trimEnd()}\n\n${mine.trimStart()}`;
}
