/** The staff's pages: each says what it is, and gets the behaviour it needs. */

import { find, given, say } from "../shared/dom";
import { type BookingPage, type PatientsPage, startBooking, startPatients } from "./booking";
import { type CasePage, startCase } from "./casepage";
import { startClosing } from "./closing";
import { startCopying } from "./copy";
import { admitToTalk, countMinutes, type DayPage, startDay } from "./daypage";
import { prepareEquipped } from "./equipped";
import { startFrontDesk } from "./frontdesk";
import { goLive } from "./live";
import { startReadBack } from "./readback";
import { hangSheet } from "./sheet";
import { mountBeside, type RunningTalk, type TalkPlace, talk } from "./talk";
import { startWeek, type WeekPage } from "./weekpage";

type Page =
  | DayPage
  | BookingPage
  | PatientsPage
  | ({ readonly at: "conversation" } & TalkPlace)
  | { readonly at: "appointment"; readonly address: string }
  | { readonly at: "patient"; readonly readBack: string }
  | WeekPage
  | CasePage
  | { readonly at: "closing" | "copy" };

/** The conversation after a reload: straight back in. */
function startConversationPage(place: TalkPlace): void {
  const ending = new AbortController();
  let running: RunningTalk | null = null;
  const live = goLive(
    ending.signal,
    () => running?.refresh(),
    () => say(find("#talk-said"), ""),
  );
  hangSheet(() => running?.refresh());
  // The camera may take seconds, and what is written meanwhile is to be kept like the rest.
  const side = find("#talk-side");
  const note = side.querySelector("#note") ? mountBeside(side, ending.signal) : null;
  void prepareEquipped().then((prepared) => {
    running = talk(place, live.link, prepared, ending.signal, null, note);
  });
  addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.dataset["admit"]) return;
    event.preventDefault();
    void admitToTalk(live.link, event.target).then(() => running?.refresh());
  });
}

function start(page: Page): void {
  if (page.at === "day") startDay(page);
  else if (page.at === "front-desk") startFrontDesk(page);
  else if (page.at === "week") startWeek(page);
  else if (page.at === "case") startCase(page);
  else if (page.at === "copy") startCopying();
  else if (page.at === "booking") startBooking(page);
  else if (page.at === "patients") startPatients(page);
  else if (page.at === "patient") startReadBack(page.readBack);
  else if (page.at === "conversation") startConversationPage(page);
  else if (page.at === "closing") startClosing();
  // What was shown once is not sent again by a reload.
  else if (page.at === "appointment" && location.pathname !== page.address)
    history.replaceState(null, "", page.address);
}

document.querySelector<HTMLElement>("[data-focus]")?.focus();
countMinutes();
start(given<Page>());
