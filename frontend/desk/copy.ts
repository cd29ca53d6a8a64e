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
        if (done) void told(button);
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
    show(text, true);
    getSelection()?.selectAllChildren(text);
    return false;
  }
}

/** Where the record has to know that it was copied: an answer that fails leaves the copy as it is. */
async function told(button: HTMLButtonElement): Promise<void> {
  const href = button.dataset["taken"];
  if (!href) return;
  const answer = await fetch(href, {
    method: "POST",
    credentials: "same-origin",
    keepalive: true,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ number: Number(button.dataset["number"]) }),
  }).catch(() => null);
  // Finishing says nothing of the journal any more: the copy does.
  if (answer?.ok) document.querySelector("#in-journal")?.remove();
}
