/** The week: periods are moved and made longer by hand or by keys, and the page follows what others do. */

import { el, find, say } from "../shared/dom";
import { t } from "../shared/words";
import { fetchPart, sendForm, swapParts } from "./fragments";
import { goLive } from "./live";
import { clock, type Hand, type HandEvent, meaning, next, type Place, snapped } from "./week";

export interface WeekPage {
  readonly at: "week";
  readonly parts: string;
  readonly days: readonly string[];
}

const POLL = 60_000;
// A hand that trembles has not moved anything.
const TREMBLE = 6;

function placeOf(block: HTMLElement): Place {
  const { day, from, to } = block.dataset;
  return { day: Number(day), from: Number(from), to: Number(to) };
}

class WeekScreen {
  private readonly ending = new AbortController();
  private readonly week = find("#week");
  private readonly said = find("#said");
  private hand: Hand = { at: "resting" };
  private isStale = false;

  constructor(private readonly page: WeekPage) {
    document.body.classList.add("has-grid");
    this.lay();
    goLive(
      this.ending.signal,
      () => void this.refresh(),
      () => this.tell(t("Du er logget ut. Last siden på nytt for å logge inn.")),
    );
    setInterval(() => void this.refresh(), POLL);
    this.week.addEventListener("keydown", (event) => this.byKey(event));
    this.week.addEventListener("pointerdown", (event) => this.byHand(event));
    this.week.addEventListener("focusout", () => {
      if (this.hand.at === "holding") this.dispatch({ type: "dropped" });
    });
  }

  private get blocks(): HTMLElement[] {
    return [...this.week.querySelectorAll<HTMLElement>("[data-from]")];
  }

  /** Puts every block where its times say. */
  private lay(): void {
    for (const block of this.blocks) {
      const { from, to } = placeOf(block);
      const { lane, lanes } = block.dataset;
      this.draw(block, { day: 0, from, to });
      block.style.setProperty("--lane", lane ?? "0");
      block.style.setProperty("--lanes", lanes ?? "1");
    }
    const hours = find("[data-first]", this.week).dataset;
    this.week.style.setProperty("--first", hours["first"] ?? "480");
    this.week.style.setProperty("--last", hours["last"] ?? "960");
  }

  private draw(block: HTMLElement, place: Place): void {
    block.style.setProperty("--from", String(place.from));
    block.style.setProperty("--length", String(place.to - place.from));
  }

  private tell(words: string, tone = "warning"): void {
    this.said.className = words ? "ds-alert said" : "";
    this.said.setAttribute("data-color", tone);
    say(this.said, words);
  }

  private words(place: Place): string {
    const day = this.page.days[place.day] ?? "";
    return t("{day} {from}–{to}", { day, from: clock(place.from), to: clock(place.to) });
  }

  private dispatch(event: HandEvent): void {
    const before = this.hand;
    this.hand = next(before, event);
    if (this.hand === before) return;
    const held = this.hand.at === "resting" ? null : this.hand;
    const key = held?.key ?? (before.at === "resting" ? "" : before.key);
    const block = this.blocks.find((one) => one.dataset["key"] === key);
    block?.classList.toggle("is-held", held !== null);
    if (block) this.show(block, held?.is ?? placeOf(block));
    if (held?.at === "putting") void this.put(held);
    if (this.hand.at === "resting" && this.isStale) void this.refresh();
  }

  /** Shows a block where it would lie, also on another day. */
  private show(block: HTMLElement, place: Place): void {
    this.draw(block, place);
    const columns = this.week.querySelectorAll<HTMLElement>("[data-weekday]");
    const [from, to] = [columns[placeOf(block).day], columns[place.day]];
    const aside = from && to ? to.getBoundingClientRect().left - from.getBoundingClientRect().left : 0;
    block.style.setProperty("--aside", `${aside}px`);
    say(find(".block-time", block), `${clock(place.from)}–${clock(place.to)}`);
  }

  private byKey(event: KeyboardEvent): void {
    const block = (event.target as Element).closest<HTMLElement>("[data-move]");
    if (!block) return;
    if (this.hand.at === "resting") {
      if (event.key !== " ") return;
      event.preventDefault();
      this.dispatch({ type: "lifted", key: block.dataset["key"] ?? "", place: placeOf(block) });
      this.tell(
        t("Flytt med piltastene, eller gjør lengre og kortere med Shift. Enter lagrer, Escape angrer."),
        "info",
      );
      return;
    }
    const meant = meaning(event);
    if (!meant) return;
    event.preventDefault();
    this.dispatch(meant);
    if (this.hand.at === "holding") this.tell(this.words(this.hand.is), "info");
    else if (meant.type === "dropped") this.tell("");
  }

  private byHand(event: PointerEvent): void {
    const grip = event.target as Element;
    const block = grip.closest<HTMLElement>("[data-move]");
    const isGrid = getComputedStyle(find("[data-weekday]", this.week)).position === "relative";
    if (!block || !isGrid || event.button !== 0 || this.hand.at !== "resting") return;
    const drag = new AbortController();
    const { signal } = drag;
    const start = placeOf(block);
    const widest = find("[data-weekday]", this.week).getBoundingClientRect().width;
    const isEnd = grip.classList.contains("block-end");
    let moved = { days: 0, minutes: 0 };
    const follow = (at: PointerEvent): void => {
      const [x, y] = [at.clientX - event.clientX, at.clientY - event.clientY];
      if (this.hand.at === "resting") {
        if (Math.hypot(x, y) < TREMBLE) return;
        this.dispatch({ type: "lifted", key: block.dataset["key"] ?? "", place: start });
      }
      const wanted = { days: isEnd ? 0 : Math.round(x / widest), minutes: snapped(y) };
      const [days, minutes] = [wanted.days - moved.days, wanted.minutes - moved.minutes];
      moved = wanted;
      this.dispatch(isEnd ? { type: "stretched", minutes } : { type: "carried", days, minutes });
    };
    const end = (put: boolean): void => {
      drag.abort();
      if (this.hand.at === "resting") return;
      openNothing();
      this.dispatch({ type: put ? "put" : "dropped" });
    };
    addEventListener("pointermove", follow, { signal });
    addEventListener("pointerup", () => end(true), { signal });
    addEventListener("pointercancel", () => end(false), { signal });
    addEventListener("keydown", (key) => key.key === "Escape" && end(false), { signal });
  }

  /** Sends where it was put; what the server refuses lies where it lay before, and the page says why. */
  private async put({ key, was, is }: { key: string; was: Place; is: Place }): Promise<void> {
    const block = this.blocks.find((one) => one.dataset["key"] === key);
    const sent = await this.send(block, is);
    this.dispatch({ type: "settled" });
    if (sent.status !== 200) {
      await this.refresh();
      const why = sent.content.querySelector("[data-why]")?.textContent?.trim();
      this.tell(why || t("Noen andre endret denne perioden. Se over den og prøv igjen."));
      return;
    }
    this.take(sent.content);
    this.tell(t("Flyttet til {place}. Det gjelder alle uker.", { place: this.words(is) }), "success");
    this.said.append(" ", el("button", { type: "button", class: "ds-button", "data-variant": "tertiary" }));
    const undo = find("button", this.said);
    say(undo, t("Angre"));
    undo.addEventListener("click", () => void this.undo(key, was), { once: true });
  }

  private async undo(key: string, was: Place): Promise<void> {
    const block = this.blocks.find((one) => one.dataset["key"] === key);
    const sent = await this.send(block, was);
    if (sent.status === 200) {
      this.take(sent.content);
      this.tell(t("Flyttet tilbake."), "success");
    } else await this.refresh();
    const again = this.blocks.find((one) => one.dataset["key"] === key);
    again?.querySelector<HTMLElement>("a")?.focus();
  }

  private send(block: HTMLElement | undefined, place: Place) {
    const form = new FormData(find<HTMLFormElement>("#week-move"));
    form.set("weekday", String(place.day));
    form.set("starts", clock(place.from));
    form.set("ends", clock(place.to));
    form.set("version", block?.dataset["version"] ?? "");
    return sendForm(`${block?.dataset["move"] ?? ""}${location.search}`, form, this.ending.signal);
  }

  private take(content: DocumentFragment): void {
    swapParts(document, content);
    this.lay();
  }

  private async refresh(): Promise<void> {
    this.isStale = this.hand.at !== "resting";
    if (this.isStale) return;
    const part = await fetchPart(this.page.parts, this.ending.signal);
    if (part.status !== 200) return;
    // Lifted while the answer was on its way: the hand goes first.
    if (this.hand.at === "resting") this.take(part.content);
    else this.isStale = true;
  }
}

/** The click that follows a drag opens nothing. */
function openNothing(): void {
  const click = new AbortController();
  const options = { capture: true, once: true, signal: click.signal };
  addEventListener("click", (event) => event.preventDefault(), options);
  setTimeout(() => click.abort());
}

export function startWeek(page: WeekPage): void {
  new WeekScreen(page);
}
