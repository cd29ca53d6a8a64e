/** The staff's pages: each says what it is, and gets the behaviour it needs. */

import { find, given, say } from "../shared/dom";
import { keysAreOn, listenForKey } from "./admit";
import { type BookingPage, type PatientsPage, startBooking, startPatients } from "./booking";
import { type CasePage, startCase } from "./casepage";
import { startCopying } from "./copy";
import { admitToTalk, countMinutes, type DayPage, startDay } from "./daypage";
import { prepareEquipped } from "./equipped";
import { fetchPart, swapParts } from "./fragments";
import { startFrontDesk } from "./frontdesk";
import { goLive } from "./live";
import { mountNote } from "./note";
import { startReadBack } from "./readback";
import { hangSheet } from "./sheet";
import { type RunningTalk, type TalkPlace, talk } from "./talk";
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
  void prepareEquipped().then((prepared) => {
    running = talk(place, live.link, prepared, ending.signal);
  });
  addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.dataset["admit"]) return;
    event.preventDefault();
    void admitToTalk(live.link, event.target).then(() => running?.refresh());
  });
}

/** What was arranged from here stands on the page; what was chosen and written already stays. */
async function takeOver(): Promise<void> {
  const { status, content } = await fetchPart(location.href);
  if (status !== 200) return;
  swapParts(document, content);
  for (const chosen of content.querySelectorAll<HTMLInputElement>(
    "[name=outcome]:checked, [name=follow_up]:checked",
  )) {
    const same = document.querySelector<HTMLInputElement>(`#${CSS.escape(chosen.id)}`);
    if (same) same.checked = true;
  }
}

/** The note goes on keeping itself; what the buttons send is the newest version. */
function startClosing(): void {
  hangSheet(() => void takeOver());
  startCopying();
  listenForKey("k", "data-shortcut-copy", keysAreOn);
  listenForKey("g", "data-shortcut-accept", keysAreOn);
  const field = document.querySelector<HTMLTextAreaElement>("#note");
  if (!field || field.readOnly) return;
  const note = mountNote(field, find("#note-saved"));
  const form = field.form;
  let isReady = false;
  form?.addEventListener("submit", (event) => {
    if (isReady) return;
    event.preventDefault();
    const send = (): void => {
      find<HTMLInputElement>("[name=note_version]", form).value = String(note.version());
      isReady = true;
      // Not in the same turn: a form that is being submitted does not hear that it should be.
      setTimeout(() => form.requestSubmit(event.submitter));
    };
    void note.flush().then(send);
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
