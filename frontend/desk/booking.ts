/** Booking: patients appear while one types, and the message stands there as it will be sent. */

import { find, show } from "../shared/dom";
import { sendForm } from "./fragments";

export interface BookingPage {
  readonly at: "booking";
  readonly found: string;
  readonly letters: string;
}

export interface PatientsPage {
  readonly at: "patients";
  readonly found: string;
}

/** Asks the server for a part, at most once per pause; a newer question overtakes an older answer. */
function follow(form: HTMLFormElement, address: string, place: HTMLElement, pause: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | null = null;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      asking?.abort();
      asking = new AbortController();
      const { signal } = asking;
      const part = await sendForm(address, new FormData(form), signal);
      if (!signal.aborted && part.status === 200) place.replaceChildren(part.content);
    }, pause);
  };
}

export function startBooking(page: BookingPage): void {
  const form = find<HTMLFormElement>("#book-form");
  const found = find("#found");
  const search = follow(form, page.found, found, 180);
  const preview = follow(form, page.letters, find("#letters"), 250);
  show(find("#find"), false);
  form.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.name === "sok") search();
    else preview();
    if (field.name === "mode") {
      show(find("#known"), field.value !== "new");
      show(find("#new"), field.value === "new");
    }
  });
  searchByKeyboard(found);
  if (!document.querySelector("[data-focus]") && !found.querySelector("input")) find("#id_sok").focus();
  preview();
}

/** Enter takes the first one found, the arrow goes into the list; neither books anything. */
function searchByKeyboard(found: HTMLElement): void {
  const field = find<HTMLInputElement>("#id_sok");
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const first = found.querySelector<HTMLElement>("input, a");
    first?.focus();
    if (first instanceof HTMLInputElement && event.key === "Enter") first.click();
  });
}

export function startPatients(page: PatientsPage): void {
  const form = find<HTMLFormElement>("#search-form");
  const search = follow(form, page.found, find("#found"), 180);
  form.addEventListener("input", search);
  searchByKeyboard(find("#found"));
}
