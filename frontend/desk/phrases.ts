/** Phrases: put into the note where the caret stands, by their key or from the list. */

import { keysAreOn } from "./admit";

/** Listens for Alt with a number; `within` holds the field and the list. */
export function mountPhrases(within: ParentNode, field: HTMLTextAreaElement, signal?: AbortSignal): void {
  const list = within.querySelector<HTMLDetailsElement>("[data-phrases]");
  if (!list) return;
  const buttons = (): HTMLButtonElement[] => [...list.querySelectorAll<HTMLButtonElement>("[data-phrase]")];
  const put = (button: HTMLButtonElement): void => insert(field, button.dataset["phrase"] ?? "");
  list.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element && event.target.closest<HTMLButtonElement>("[data-phrase]");
    if (button) put(button);
  });
  list.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === "Escape") field.focus();
    else if (event.key === "ArrowDown" || event.key === "ArrowRight") all[at + 1]?.focus();
    else if (event.key === "ArrowUp" || event.key === "ArrowLeft") all[Math.max(at - 1, 0)]?.focus();
    else return;
    event.preventDefault();
  });
  const onKey = (event: KeyboardEvent): void => {
    const digit = digitOf(event);
    if (digit === null || !keysAreOn() || !field.isConnected || document.querySelector("dialog[open]"))
      return;
    if (digit === "0") {
      list.open = true;
      (buttons()[0] ?? list.querySelector("summary"))?.focus();
    } else {
      const button = buttons().find((one) => one.dataset["digit"] === digit);
      if (!button) return;
      put(button);
    }
    event.preventDefault();
  };
  addEventListener("keydown", onKey, signal ? { signal } : undefined);
}

/** The number that was pressed with Alt alone: AltGr, which types signs, is Alt with Ctrl on many machines. */
function digitOf(event: KeyboardEvent): string | null {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  if (event.getModifierState("AltGraph")) return null;
  return /^Digit\d$/.test(event.code) ? event.code.slice(-1) : null;
}

/** Puts words in place of what is marked, so that the browser can undo it, and goes on from behind them. */
export function insert(field: HTMLTextAreaElement, words: string): void {
  field.focus();
  // The one way that undo knows of; where a browser has given it up, the words are put in all the same.
  if (document.execCommand?.("insertText", false, words)) return;
  field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
