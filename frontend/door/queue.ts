/** The words about a place in a queue, from what the server says of it. Pure: the page only puts them in. */

import { t } from "../shared/words";
import type { DoorView, Told } from "./door";

/** Whether this door leads into a drop-in queue, and the person stands in it. */
export function isInQueue(view: DoorView): boolean {
  return view.place > 0;
}

/** How many minutes are left, as honestly as it is known. */
export function waitWords(view: DoorView): string {
  if (view.servers === 0 && view.paused > 0) return t("Køen har en liten pause. Plassen din er trygg.");
  if (view.servers === 0) return t("Behandleren er ikke kommet til køen ennå. Plassen din er trygg.");
  const { wait_low: low, wait_high: high } = view;
  if (low === null || high === null) return t("Vi kan ikke si hvor lang tid det tar ennå.");
  if (high <= 3) return t("Du kommer inn om noen få minutter.");
  return t("Det tar omtrent {low} til {high} minutter.", { low, high });
}

/** Who stands before. */
export function aheadWords(view: DoorView): string {
  if (view.place === 1) return t("Du er den neste.");
  if (view.place === 2) return t("Det er én foran deg.");
  return t("Det er {count} foran deg.", { count: view.place - 1 });
}

/** Who is at work. */
export function serversWords(view: DoorView): string {
  const names = view.server_names;
  if (names.length === 0) return "";
  if (names.length === 1) return t("{name} tar imot fra køen.", { name: names[0] ?? "" });
  const others = names.slice(0, -1).join(", ");
  return t("{others} og {last} tar imot fra køen.", { others, last: names.at(-1) ?? "" });
}

/** Why the place went back. It never does without a reason. */
export function pushedWords(view: DoorView): string {
  switch (view.pushed) {
    case "priority":
      return t(
        "Plassen din gikk ett steg tilbake fordi noen som haster mer, måtte foran. Vi beklager at det tar lengre tid.",
      );
    case "transferred_in":
      return t("Plassen din gikk tilbake fordi en som har ventet lenger, ble flyttet hit fra en annen kø.");
    case "missed_call":
      return t(
        "Vi ropte deg opp, men du var ikke her. Derfor er du flyttet én plass bak. Bli på siden, så kommer du inn neste gang.",
      );
    default:
      return "";
  }
}

/** What the clinic told: its own words, or the sentence that a code stands for. */
export function toldWords(told: Told): string {
  switch (told.code) {
    case "soon":
      return t("Det er snart din tur.");
    case "delayed":
      return t("Vi er forsinket. Plassen din er trygg.");
    case "urgent":
      return t("Vi måtte ta noe som hastet først. Plassen din er trygg.");
    case "stay_close":
      return t("Hold deg i nærheten av skjermen.");
    case "ready_camera":
      return t("Gjør kamera og mikrofon klar.");
    case "closing_soon":
      return t("Køen stenger snart. Rekker vi deg ikke, får du beskjed her og på SMS.");
    case "missed_call":
      return t("Vi ropte deg opp, men du var ikke her. Du er flyttet én plass bak.");
    default:
      return told.words;
  }
}

/** What stands on the page while somebody is on hold. */
export function holdWords(view: DoorView): string {
  if (view.hold_until) {
    const time = clockOf(view.hold_until, view.zone);
    const back = t("Ta den tiden du trenger. Du kommer tilbake av deg selv klokken {time}.", { time });
    return `${view.hold_words} ${back}`.trim();
  }
  return view.hold_words || t("Behandleren har satt deg på vent. Du beholder plassen din.");
}

/** The time of day at the clinic. */
export function clockOf(at: string, zone: string): string {
  const clock = new Intl.DateTimeFormat("nb", { hour: "2-digit", minute: "2-digit", timeZone: zone });
  return clock.format(new Date(at));
}

/** What the patient answered when the clinician was late. */
export function lateWords(view: DoorView): string {
  return t("Behandleren er omtrent {minutes} minutter forsinket.", { minutes: view.late_minutes });
}

/** Whether a call has come that was not there before. */
export function isNewlyCalled(before: DoorView, after: DoorView): boolean {
  return after.called_until !== null && after.called_until !== before.called_until;
}
