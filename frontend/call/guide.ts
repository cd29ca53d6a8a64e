/** The frame over a picture that shows where to hold a card. Only drawn: no picture is ever taken. */

import { el } from "../shared/dom";
import { t } from "../shared/words";

/** Draws the frame over the picture in `figure`, or takes it away. */
export function drawGuide(figure: HTMLElement, on: boolean): void {
  const drawn = figure.querySelector(".guide");
  if (!on) {
    delete figure.dataset["guided"];
    drawn?.remove();
    return;
  }
  figure.dataset["guided"] = "";
  if (drawn) return;
  figure.append(
    el(
      "div",
      { class: "guide", "data-test": "guide" },
      el("span", { class: "guide-words" }, t("Hold kortet her")),
    ),
  );
}
