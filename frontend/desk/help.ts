/** Opens and closes the help of a page with its key; the button needs no script. */

import { keysAreOn } from "./admit";
import { isKey } from "./day";

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest(FIELDS) !== null;
  if (!isKey(event, "?", typing) || !keysAreOn() || document.querySelector("dialog[open]")) return;
  const button = document.querySelector<HTMLElement>("[data-help]");
  if (!button) return;
  event.preventDefault();
  button.click();
});
