/** A case in writing that is open: what comes shows itself, and what is being typed is not lost by a slip. */

import { fetchPart, swapParts } from "./fragments";
import { goLive } from "./live";

export interface CasePage {
  readonly at: "case";
  readonly address: string;
  readonly parts: string;
}

export function startCase(page: CasePage): void {
  const ending = new AbortController();
  const refresh = async (): Promise<void> => {
    const { status, content } = await fetchPart(page.parts);
    if (status === 200) swapParts(document, content);
  };
  goLive(
    ending.signal,
    () => void refresh(),
    () => location.reload(),
  );
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void refresh();
  });
  // What was shown once, and what was sent, is not sent again by a reload.
  if (location.pathname !== page.address) history.replaceState(null, "", page.address);
  guard();
}

function guard(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-guard]");
  const field = form?.querySelector("textarea");
  if (!form || !field) return;
  let isSending = false;
  form.addEventListener("submit", () => {
    isSending = true;
  });
  addEventListener("beforeunload", (event) => {
    if (!isSending && field.value.trim() !== "") event.preventDefault();
  });
}
