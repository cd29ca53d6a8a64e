/** Acts on a queue open over the page they belong to; without script they are pages of their own. */

import { find, say } from "../shared/dom";
import { t } from "../shared/words";
import { DONE, openPart, press } from "./fragments";

/** Opens links marked for it in the page's dialog, and tells when something was done there. */
export function hangSheet(onDone: () => void): void {
  const sheet = document.querySelector<HTMLDialogElement>("#sheet");
  if (!sheet) return;
  const fill = (content: DocumentFragment): boolean => {
    const part = content.querySelector('[data-part="sheet"]');
    if (!part) return false;
    // Not one of the page's own parts: fresh rows must not replace it.
    part.removeAttribute("data-part");
    sheet.replaceChildren(part);
    return true;
  };
  const open = async (address: string): Promise<void> => {
    const { content } = await openPart(address);
    if (!fill(content)) {
      onDone();
      return;
    }
    if (!sheet.open) sheet.showModal();
    find("[data-sheet-title]", sheet).focus();
  };
  const send = async (form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> => {
    const sent = await press(form, submitter);
    if (sent.status === DONE) {
      sheet.close();
      onDone();
    } else if (fill(sent.content)) {
      find("[data-focus], [data-sheet-title]", sheet).focus();
    } else {
      say(find("[data-sheet-title]", sheet), t("Noe endret seg akkurat nå. Lukk, og se på siden på nytt."));
      onDone();
    }
  };
  addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest<HTMLAnchorElement>("a[data-sheet]");
    if (link) {
      event.preventDefault();
      void open(link.href);
    } else if (sheet.open && event.target.closest("[data-sheet-close]")) {
      event.preventDefault();
      sheet.close();
    }
  });
  sheet.addEventListener("submit", (event) => {
    const form = event.target;
    // What leads into a conversation goes the long way, to its own page.
    if (!(form instanceof HTMLFormElement) || form.dataset["goes"] !== undefined) return;
    event.preventDefault();
    void send(form, event.submitter);
  });
}
