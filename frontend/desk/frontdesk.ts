/** All clinicians side by side: going between them by keys, and giving an hour to a colleague by hand. */

import { find, show } from "../shared/dom";
import { t } from "../shared/words";
import { type DayPage, type DayScreen, startDay } from "./daypage";
import { DONE, sendForm } from "./fragments";

const COLUMN = "[data-member]";

export function startFrontDesk(page: DayPage): void {
  const screen = startDay(page);
  show(find(".desk-how"), true);
  addEventListener("keydown", (event) => {
    const column = (event.target as Element).closest<HTMLElement>(COLUMN);
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!column || !steps || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    neighbour(column, steps)?.querySelector<HTMLElement>("[data-column]")?.focus();
  });
  dragBetween(screen);
}

function neighbour(column: HTMLElement, steps: number): HTMLElement | undefined {
  const columns = [...document.querySelectorAll<HTMLElement>(COLUMN)];
  return columns[columns.indexOf(column) + steps];
}

function dragBetween(screen: DayScreen): void {
  let held: HTMLElement | null = null;
  const target = (event: DragEvent): HTMLElement | null => {
    const column = (event.target as Element).closest<HTMLElement>(COLUMN);
    return held && column && column !== held.closest(COLUMN) ? column : null;
  };
  const light = (column: HTMLElement | null): void => {
    for (const one of document.querySelectorAll(COLUMN)) one.classList.toggle("is-over", one === column);
  };
  // Rows come and go: each becomes something to drag when a hand is laid on it.
  addEventListener("pointerdown", (event) => {
    const hour = (event.target as Element).closest<HTMLElement>("[data-hand-over]");
    if (hour) hour.draggable = true;
  });
  addEventListener("dragstart", (event) => {
    held = (event.target as Element).closest<HTMLElement>("[data-hand-over]");
  });
  addEventListener("dragover", (event) => {
    const column = target(event);
    light(column);
    if (column) event.preventDefault();
  });
  addEventListener("dragend", () => {
    light(null);
    held = null;
  });
  addEventListener("drop", (event) => {
    const column = target(event);
    if (!column || !held) return;
    event.preventDefault();
    void handOver(screen, held, column.dataset["member"] ?? "");
  });
}

async function handOver(screen: DayScreen, hour: HTMLElement, clinician: string): Promise<void> {
  const form = new FormData(find<HTMLFormElement>("#desk-move"));
  form.set("clinician", clinician);
  form.set("version", hour.dataset["version"] ?? "");
  const sent = await sendForm(hour.dataset["handOver"] ?? "", form);
  await screen.refresh();
  if (sent.status === DONE) return;
  const why = sent.content.querySelector(".ds-validation-message, [data-focus] li")?.textContent?.trim();
  screen.tell(why || t("Timen ble ikke flyttet. Se over den og prøv igjen."));
}
