/** The live day: keeps the rows fresh, tells when somebody comes, and turns into the conversation. */

import { holdSeat } from "../call/held";
import { find, say, show } from "../shared/dom";
import type { Link } from "../shared/link";
import { t } from "../shared/words";
import { admit, keysAreOn, listenForKey, refusedWords, SHORTCUT, wantedBy } from "./admit";
import { hangBell } from "./bell";
import { type Desk, type DeskEvent, minutesSince, newcomers, next } from "./day";
import { DONE, fetchPart, press, swapParts } from "./fragments";
import { goLive, type Live } from "./live";
import { hangMirror, type Mirror } from "./mirror";
import { hangSheet } from "./sheet";
import { type RunningTalk, showTalk, talk } from "./talk";

export interface DayPage {
  readonly at: "day" | "front-desk";
  readonly rows: string;
  readonly mayTalk: boolean;
  /** One's conversations are held in another solution: the camera is not needed here. */
  readonly isElsewhere?: boolean;
  readonly conversation: string;
  readonly closing: string;
}

const POLL = 15_000;
const POLL_WHEN_LIVE = 60_000;

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

/** The page while it shows the day, until it has become the conversation. */
export class DayScreen {
  private readonly ending = new AbortController();
  private readonly said = find("#said");
  private readonly bell = hangBell(
    document.querySelector("#alerts-button"),
    document.querySelector("#alerts-words"),
  );
  private readonly mirror: Mirror | null;
  private readonly live: Live;
  private desk: Desk = { at: "day" };
  private running: RunningTalk | null = null;
  private known: ReadonlySet<string> = new Set(ringing());
  private fetching: Promise<void> | null = null;
  private isStale = false;
  private polled = 0;

  constructor(private readonly page: DayPage) {
    this.mirror = page.mayTalk ? hangMirror() : null;
    this.live = goLive(
      this.ending.signal,
      () => void this.refresh(),
      () => this.signedOut(),
    );
    if (page.mayTalk) this.listen();
    hangSheet(() => void this.refresh());
    this.pressQuietly();
    this.look();
    setInterval(() => countMinutes(), 10_000);
    setInterval(() => this.poll(), POLL);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.refresh();
    });
  }

  private listen(): void {
    addEventListener("submit", (event) => {
      if (!(event.target instanceof HTMLFormElement) || !isAdmitting(event.target)) return;
      event.preventDefault();
      void (this.desk.at === "talking" ? this.letJoin(event.target) : this.letIn(event.target));
    });
    const box = find<HTMLInputElement>("#shortcut");
    keepChoice(box);
    const isOn = () => box.checked && this.desk.at === "day";
    listenForKey("s", "data-shortcut", isOn);
    listenForKey("n", "data-shortcut-next", isOn);
  }

  /** What a button does happens without leaving the page, where the camera may stand ready. */
  private pressQuietly(): void {
    addEventListener("submit", (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || form.dataset["quiet"] === undefined) return;
      event.preventDefault();
      void press(form, event.submitter, this.ending.signal).then((sent) => {
        this.tell(sent.status === DONE ? "" : t("Det virket ikke. Se over siden og prøv igjen."));
        return this.refresh();
      });
    });
  }

  private dispatch(event: DeskEvent): void {
    this.desk = next(this.desk, event);
  }

  tell(words: string): void {
    this.said.className = words ? "ds-alert said" : "";
    if (words) this.said.setAttribute("data-color", "warning");
    say(this.said, words);
  }

  private signedOut(): void {
    this.tell(t("Du er logget ut. Last siden på nytt for å logge inn."));
  }

  /** Rings for who is new, and makes the camera ready while somebody waits. */
  private look(): void {
    const waiting = ringing();
    this.bell.tell(waiting.length, newcomers(this.known, waiting).length > 0);
    this.known = new Set(waiting);
    this.mirror?.expect(waiting.length > 0 && !this.page.isElsewhere);
    countMinutes();
  }

  private async fetchRows(): Promise<void> {
    const part = await fetchPart(this.page.rows, this.ending.signal);
    if (this.desk.at === "talking") return;
    if (part.status === 200) {
      swapParts(document, part.content);
      this.look();
    } else if (part.status === 404 || part.status === 403) this.signedOut();
  }

  /** One request at a time; a hint that comes meanwhile asks once more afterwards. */
  refresh(): Promise<void> {
    this.running?.refresh();
    // While somebody is let in, the server has better things to do than to draw the rows; a refusal asks again.
    if (this.desk.at !== "day") return Promise.resolve();
    this.isStale = this.fetching !== null;
    this.fetching ??= this.fetchRows().finally(() => {
      this.fetching = null;
      if (this.isStale) void this.refresh();
    });
    return this.fetching;
  }

  private poll(): void {
    this.polled += POLL;
    if (this.live.isOpen() && this.polled < POLL_WHEN_LIVE) return;
    this.polled = 0;
    void this.refresh();
  }

  private async letIn(form: HTMLFormElement): Promise<void> {
    if (this.desk.at !== "day" || !this.mirror) return;
    const wanted = wantedBy(form);
    this.dispatch({ type: "pressed", arrival: wanted.arrival || wanted.opening });
    this.tell("");
    // Of the next in a queue nobody knows yet who it is.
    const phone = form.closest<HTMLElement>("[data-phone]")?.dataset["phone"] ?? "";
    const result = await admit(this.live.link, wanted, true);
    if (result.is === "refused" && result.code === "invalid") {
      // What is wrong stands beside the field on the page of the form itself.
      wanted.form.submit();
      return;
    }
    if (result.is !== "offline") document.querySelector<HTMLDialogElement>("#sheet")?.close();
    if (result.is === "in") {
      this.dispatch({ type: "admitted", consultation: result.consultation });
      const number = phone || result.phone;
      const place = { ...this.page, consultation: result.consultation, phone: number };
      const seated = result.seating ? holdSeat(this.live.link, result.seating) : () => null;
      const prepared = await this.mirror.take();
      // Joined before anything is drawn: every moment of it is seen by two people.
      this.running = talk(place, this.live.link, prepared, this.ending.signal, seated());
      await this.running.drawn;
      showTalk(this.page.conversation.replace("/-", `/${result.consultation}`));
      this.bell.rename(t("Samtale"));
    } else if (result.is === "offline") {
      wanted.form.submit();
    } else {
      this.dispatch({ type: "refused" });
      await this.refresh();
      const waits =
        wanted.opening !== "" ||
        document.querySelector(`[data-admit="${CSS.escape(wanted.arrival)}"]`) !== null;
      this.tell(refusedWords(result.code, wanted.name, waits));
    }
  }

  private async letJoin(form: HTMLFormElement): Promise<void> {
    await admitToTalk(this.live.link, form);
    this.running?.refresh();
  }
}

function isAdmitting(form: HTMLFormElement): boolean {
  const { admit, next, take } = form.dataset;
  return Boolean(admit || next || take);
}

export function startDay(page: DayPage): DayScreen {
  return new DayScreen(page);
}

/** Lets one more person into the conversation on this page. */
export async function admitToTalk(link: Link, form: HTMLFormElement): Promise<void> {
  const wanted = wantedBy(form);
  const result = await admit(link, wanted, false);
  if (result.is === "in") return;
  const code = result.is === "offline" ? "no_answer" : result.code;
  say(find("#talk-said"), refusedWords(code, wanted.name, true));
}

/** Keeps whether the keys are on. */
function keepChoice(box: HTMLInputElement): void {
  box.checked = keysAreOn();
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
