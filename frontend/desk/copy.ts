/** Buttons that copy a text of the page. */

import { find, say, show } from "../shared/dom";
import { t } from "../shared/words";

export function startCopying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    const said = button.parentElement?.querySelector("[role=status]");
    const text = find(`#${button.dataset["copy"] ?? ""}`);
    show(button, true);
    button.addEventListener("click", () => {
      void copy(text).then((done) => {
        if (!said) return;
        say(said, done ? t("Kopiert") : t("Teksten er merket. Kopier den med Ctrl+C."));
      });
    });
  }
}

/** Copies, or where the browser refuses that, selects the text so that a person can. */
async function copy(text: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text.innerText);
    return true;
  } catch {
    getSelection()?.selectAllChildren(text);
    return false;
  }
}
