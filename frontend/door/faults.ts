/** What the equipment check found, on whichever page of the patient's it is shown. */

import { browserOf } from "../shared/devices";
import { set, show } from "../shared/dom";
import type { Light, worstFault } from "./check";

/** Shows how one device is. */
export function showLight(row: HTMLElement, light: Light): void {
  set(row, "data-is", light.is);
  for (const words of row.querySelectorAll<HTMLElement>("[data-says]"))
    show(words, words.dataset.says === light.is);
}

/** Shows the help for the one fault, in the words of this browser; none when nothing is wrong. */
export function showFault(worst: ReturnType<typeof worstFault>): void {
  const browser = browserOf(navigator.userAgent);
  for (const help of document.querySelectorAll<HTMLElement>("[data-fault]")) {
    const { fault, browser: browsers, only } = help.dataset;
    const fits = worst !== null && fault === worst.fault;
    const isMine = browsers === undefined || browsers.split(" ").includes(browser);
    show(help, fits && isMine && (only === undefined || only === worst.device));
  }
}
