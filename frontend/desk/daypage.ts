/** The live day: keeps the rows fresh, tells when somebody comes, and turns into the conversation. */

import { find, say, show } from "../shared/dom";
import { t } from "../shared/words";
import { admit, listenForKey, refusedWords, wantedBy } from "./admit";
import { hangBell } from "./bell";
import { type Desk, type DeskEvent, minutesSince, newcomers, next } from "./day";
import { fetchPart, swapParts } from "./fragments";
import { goLive, type Live } from "./live";
import { hangMirror } from "./mirror";
import { type RunningTalk, showTalk, talk } from "./talk";

export interface DayPage {
  readonly at: "day";
  readonly rows: string;
  readonly mayTalk: boolean;
  readonly conversation: string;
  readonly closing: string;
}

const POLL = 15_000;
const POLL_WHEN_LIVE = 60_000;
const SHORTCUT = "blikk.shortcut";

function ringing(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[data-rings]")].flatMap((row) =>
    (row.dataset["rings"] ?? "").split(" ").filter(Boolean),
  );
}

export function countMinutes(root: ParentNode = document): void {
  for (const time of root.querySelectorAll<HTMLElement>("time[data-since]")) {
    const minutes = minutesSince(time.dataset["since"] ?? "", Date.now());
    say(time, minutes === 0 ? t("under 1 min") : t("{minutes} min", { minutes }));
  }
}

export function startDay(page: DayPage): void {
  const ending = new AbortController();
  const said = find("#said");
  const bell = hangBell(document.querySelector("#alerts-button"), document.querySelector("#alerts-words"));
  const mirror = page.mayTalk ? hangMirror() : null;
  let desk: Desk = { at: "day" };
  let running: RunningTalk | null = null;
  let known: ReadonlySet<string> = new Set();
  let fetching: Promise<void> | null = null;
  let isStale = false;

  const dispatch = (event: DeskEvent): void => {
    desk = next(desk, event);
  };
  const tell = (words: string): void => {
    said.className = words ? "ds-alert said" : "";
    if (words) said.setAttribute("data-color", "warning");
    say(said, words);
  };
  const look = (): void => {
    const waiting = ringing();
    bell.tell(waiting.length, newcomers(known, waiting).length > 0);
    known = new Set(waiting);
    mirror?.expect(waiting.length > 0);
    countMinutes();
  };
  const signedOut = (): void => tell(t("Du er logget ut. Last siden på nytt for å logge inn."));
  const fetchRows = async (): Promise<void> => {
    const part = await fetchPart(page.rows, ending.signal);
    if (part.status === 200) {
      swapParts(document, part.content);
      look();
    } else if (part.status === 404 || part.status === 403) signedOut();
  };
  /** One request at a time; a hint that comes meanwhile asks once more afterwards. */
  const refresh = (): Promise<void> => {
    running?.refresh();
    if (desk.at === "talking") return Promise.resolve();
    isStale = fetching !== null;
    fetching ??= fetchRows().finally(() => {
      fetching = null;
      if (isStale) void refresh();
    });
    return fetching;
  };
  const live: Live = goLive(ending.signal, () => void refresh(), signedOut);

  const letIn = async (form: HTMLFormElement): Promise<void> => {
    const wanted = wantedBy(form);
    const isCompanion = desk.at === "talking";
    if (desk.at === "admitting") return;
    dispatch({ type: "pressed", arrival: wanted.arrival });
    tell("");
    const phone = form.closest<HTMLElement>("[data-phone]")?.dataset["phone"] ?? "";
    const result = await admit(live.link, wanted);
    if (result.is === "in" && isCompanion) {
      running?.refresh();
    } else if (result.is === "in" && mirror) {
      dispatch({ type: "admitted", consultation: result.consultation });
      const place = { ...page, consultation: result.consultation, phone };
      bell.rename(t("Samtale"));
      showTalk(page.conversation.replace("/-", `/${result.consultation}`));
      running = talk(place, live.link, await mirror.take(), ending.signal);
    } else if (result.is === "offline") {
      wanted.form.submit();
    } else if (result.is === "refused") {
      dispatch({ type: "refused" });
      await refresh();
      const waits = document.querySelector(`[data-admit="${CSS.escape(wanted.arrival)}"]`) !== null;
      const words = refusedWords(result.code, wanted.name, waits);
      if (isCompanion) say(find("#talk-said"), words);
      else tell(words);
    }
  };

  if (page.mayTalk) {
    addEventListener("submit", (event) => {
      if (!(event.target instanceof HTMLFormElement) || !event.target.dataset["admit"]) return;
      event.preventDefault();
      void letIn(event.target);
    });
    const box = find<HTMLInputElement>("#shortcut");
    keepChoice(box);
    listenForKey(() => box.checked && desk.at === "day");
  }
  known = new Set(ringing());
  look();
  setInterval(() => countMinutes(), 10_000);
  let polled = 0;
  setInterval(() => {
    polled += POLL;
    if (live.isOpen() && polled < POLL_WHEN_LIVE) return;
    polled = 0;
    if (desk.at === "day") void refresh();
  }, POLL);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && desk.at === "day") void refresh();
  });
}

/** Some people speak to their computer, and letters are words there: the key can be switched off. */
function keepChoice(box: HTMLInputElement): void {
  try {
    box.checked = localStorage.getItem(SHORTCUT) !== "off";
  } catch {
    // a browser that keeps nothing: the key is on
  }
  const apply = (): void => {
    document.body.classList.toggle("no-shortcut", !box.checked);
  };
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(SHORTCUT, box.checked ? "on" : "off");
    } catch {
      // then it holds for this page only
    }
    apply();
  });
  apply();
  show(box, true);
}
