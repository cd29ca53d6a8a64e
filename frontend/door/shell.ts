/** Opens a link: hands the secret in the fragment to the server in a body, and goes to the page without it. */

import { isInAppBrowser } from "../shared/devices";
import { find, show } from "../shared/dom";
import { post } from "./api";

type Part = "opening" | "in-app" | "unknown" | "no-contact" | "empty";
const PARTS: readonly Part[] = ["opening", "in-app", "unknown", "no-contact", "empty"];

// Kept in this page alone: the address is cleaned at once, before anything else can read or share it.
const token = location.hash.slice(1);
const link = location.href;
const opening = find("#opening").dataset["open"] ?? "/m/open";
if (token) history.replaceState(null, "", location.pathname);

function turnTo(part: Part): void {
  for (const other of PARTS) show(find(`#${other}`), other === part);
  find("h1", find(`#${part}`)).focus({ preventScroll: true });
}

async function open(): Promise<void> {
  turnTo("opening");
  const reply = await post(opening, { token });
  if (reply.is === "ok" && typeof reply.content.to === "string") {
    location.replace(reply.content.to);
    return;
  }
  turnTo(reply.is === "refused" && reply.code === "not_found" ? "unknown" : "no-contact");
}

async function copy(): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
    show(find("#copied"), true);
  } catch {
    // Some apps forbid it; then the address itself is put back, to be copied by hand.
    history.replaceState(null, "", link);
  }
}

// A second link pasted into the same tab changes the fragment alone.
addEventListener("hashchange", () => location.reload());

if (token) {
  find("#again").addEventListener("click", () => void open());
  find("#anyway").addEventListener("click", () => void open());
  find("#copy").addEventListener("click", () => void copy());
  if (isInAppBrowser(navigator.userAgent)) {
    const system = /Android/.test(navigator.userAgent) ? "android" : "ios";
    for (const line of document.querySelectorAll<HTMLElement>("[data-for]"))
      show(line, line.dataset.for === system);
    turnTo("in-app");
  } else {
    void open();
  }
} else {
  turnTo("empty");
}
