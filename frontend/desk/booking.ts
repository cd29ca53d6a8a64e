/** Booking: patients appear while one types, and the message stands there as it will be sent. */

import { find, show } from "../shared/dom";
import { askAgain, sendForm } from "./fragments";
import { goLive } from "./live";
import { startReadBack } from "./readback";

export interface BookingPage {
  readonly at: "booking";
  readonly found: string;
  readonly letters: string;
  readonly slots: string;
  readonly hold: string;
  readonly series: string;
  readonly along: string;
  readonly reach: string;
  readonly readBack: string;
}

export interface PatientsPage {
  readonly at: "patients";
  readonly found: string;
}

interface Following {
  /** Somebody typed: ask when they pause. */
  typed(): void;
  /** Something changed elsewhere: ask soon, and do not count it as somebody working. */
  changed(): void;
}

/** Asks the server for a part; a newer question overtakes an older answer. */
function follow(form: HTMLFormElement, address: string, place: HTMLElement, pause: number): Following {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | null = null;
  async function fetchWith(send: typeof askAgain): Promise<void> {
    timer = undefined;
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const part = await send(address, new FormData(form), signal);
    if (!signal.aborted && part.status === 200) replace(place, part.content);
  }
  return {
    typed() {
      clearTimeout(timer);
      timer = setTimeout(() => void fetchWith(sendForm), pause);
    },
    changed() {
      // A burst of changes does not put the answer off: the first of them sets the time.
      timer ??= setTimeout(() => void fetchWith(askAgain), pause);
    },
  };
}

/** What is chosen and where the focus is stays so, though the part around it is another one. */
function replace(place: HTMLElement, fresh: DocumentFragment): void {
  const at = (root: ParentNode, value: string): HTMLInputElement | undefined =>
    [...root.querySelectorAll<HTMLInputElement>("input[type=radio]")].find((one) => one.value === value);
  const focused = document.activeElement;
  const chosen = place.querySelector<HTMLInputElement>("input[type=radio]:checked");
  const again = chosen && at(fresh, chosen.value);
  if (again) again.checked = true;
  const had = focused instanceof HTMLInputElement && place.contains(focused) ? focused.value : null;
  place.replaceChildren(fresh);
  if (had !== null) (at(place, had) ?? at(place, ""))?.focus({ preventScroll: true });
}

export function startBooking(page: BookingPage): void {
  const form = find<HTMLFormElement>("#book-form");
  const found = find("#found");
  const search = follow(form, page.found, found, 180);
  const preview = follow(form, page.letters, find("#letters"), 250);
  const slots = follow(form, page.slots, find("#slots"), 250);
  const along = follow(form, page.along, find("#along"), 150);
  const series = follow(form, page.series, find("#series"), 250);
  const reach = follow(form, page.reach, find("#reach"), 0);
  startReadBack(page.readBack);
  for (const name of ["#find", "#free", "#dates"]) show(find(name), false);
  form.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.name === "sok") search.typed();
    else if (!field.closest(".read-back")) preview.typed();
    if (field.name === "patient" || field.name === "channels") reach.typed();
    if (field.name === "slot") takeSlot(form, field, page.hold);
    else if (["day", "at", "minutes", "clinician", "form"].includes(field.name))
      typeTime(form, field, slots.typed);
    if (["patient", "mode", "day"].includes(field.name)) along.typed();
    if (SERIES.has(field.name)) series.typed();
    if (field.name === "mode") {
      show(find("#known"), field.value !== "new");
      show(find("#new"), field.value === "new");
    }
  });
  searchByKeyboard(found);
  if (!document.querySelector("[data-focus]") && !found.querySelector("input")) find("#id_sok").focus();
  preview.typed();
  slots.typed();
  // Somebody else may take or give up a slot while this one is being chosen.
  goLive(new AbortController().signal, slots.changed, () => undefined, slots.changed);
}

const SERIES = new Set(["repeats", "every_weeks", "count", "day", "at", "minutes", "clinician", "slot"]);

/** A typed time is meant, and not the slot that was chosen before. */
function typeTime(form: HTMLFormElement, field: HTMLInputElement, slots: () => void): void {
  const own = form.querySelector<HTMLInputElement>('[name="slot"][value=""]');
  if (own) own.checked = true;
  if (["day", "clinician", "form"].includes(field.name)) slots();
}

/** The slot's time stands in the fields, and the slot is held while the rest is typed. */
function takeSlot(form: HTMLFormElement, slot: HTMLInputElement, address: string): void {
  if (!slot.value) return;
  for (const name of ["day", "at", "clinician"]) {
    find<HTMLInputElement>(`[name="${name}"]`, form).value = slot.dataset[name] ?? "";
  }
  const length = find<HTMLSelectElement>('[name="minutes"]', form);
  const minutes = slot.dataset["minutes"] ?? "";
  if (![...length.options].some((one) => one.value === minutes)) length.add(new Option(minutes, minutes));
  length.value = minutes;
  void sendForm(address, new FormData(form)).then((part) => {
    find("#held").replaceChildren(part.content);
    if (part.status !== 200) slot.checked = false;
  });
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
  form.addEventListener("input", search.typed);
  searchByKeyboard(find("#found"));
}
