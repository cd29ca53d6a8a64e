/** On every page: its help by a key, and signing out, which leaves no words behind in the browser. */

import { keysAreOn } from "./admit";
import { isKey } from "./day";
import { forgetAll } from "./kept";

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest(FIELDS) !== null;
  if (!isKey(event, "?", typing) || !keysAreOn() || document.querySelector("dialog[open]")) return;
  const button = document.querySelector<HTMLElement>("[data-help]");
  if (!button) return;
  event.preventDefault();
  button.click();
});

addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset["signOut"] === undefined) return;
  event.preventDefault();
  void forgetAll().then(() => form.submit());
});
