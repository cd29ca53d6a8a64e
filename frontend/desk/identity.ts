/** Who is who, beside the picture: one key for each way to be sure, and the frame that a card is held in. */

import type { Conversation, ConversationState } from "../call/conversation";
import { drawGuide } from "../call/guide";
import { find, say, set, show } from "../shared/dom";
import type { Link } from "../shared/link";
import { t } from "../shared/words";
import { keysAreOn } from "./admit";
import { isKey } from "./day";
import { fetchPart, press } from "./fragments";

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const KEYS = "kleumi";
const PART = '[data-part="identity"]';

/** The identity line of a running conversation. */
export class Identity {
  /** Who is shown a frame just now, and on which load of their page. */
  private guided = "";
  private epoch: string | null = null;

  constructor(
    private readonly side: HTMLElement,
    private readonly address: string,
    private readonly link: Link,
    private readonly signal: AbortSignal,
  ) {}

  /** Something changed elsewhere: the line may say something else now. */
  refresh(): void {
    void fetchPart(`${this.address}/identitet`, this.signal).then((part) => {
      if (part.status === 200) this.put(part.content, false);
    });
  }

  send(form: HTMLFormElement, submitter: HTMLElement | null): void {
    void press(form, submitter, this.signal).then((part) => {
      if (this.put(part.content, true, part.status === 422)) return;
      say(find("#identity-said", this.side), t("Det ble ikke ført. Se over og prøv igjen."));
    });
  }

  /** Opens or closes what a button stands for. */
  pressed(button: HTMLElement): void {
    const { guide, except } = button.dataset;
    if (guide) this.guide(guide === "on");
    if (except) this.except(except === "on");
  }

  /** Presses the button that carries a key, where it can be seen; false where there is none. */
  key(letter: string): boolean {
    const marked = [...this.side.querySelectorAll<HTMLElement>(`[data-key-press="${letter}"]`)];
    const button = marked.find((one) => one.offsetParent !== null);
    button?.click();
    return button !== undefined;
  }

  /** Whoever comes back with a new page has no frame any more, and may have a new picture here. */
  follow(state: ConversationState): void {
    const person = state.people.find((one) => one.participant === this.guided);
    if (!this.guided || !person?.present) return;
    if (this.epoch !== null && person.epoch !== this.epoch) this.tell(this.guided, true);
    else this.draw(this.guided, true);
    this.epoch = person.epoch;
  }

  private part(): HTMLElement | null {
    return this.side.querySelector<HTMLElement>(PART);
  }

  private guide(on: boolean): void {
    const part = this.part();
    const whom = part?.dataset["guideFor"] ?? this.guided;
    if (this.guided || on) this.tell(whom, on);
    this.guided = on ? whom : "";
    this.epoch = null;
    const box = part?.querySelector<HTMLElement>("[data-guide-box]");
    const ways = part?.querySelector<HTMLElement>("[data-ways]");
    if (!box || !ways) return;
    if (on) this.except(false);
    show(box, on);
    show(ways, !on);
  }

  private except(on: boolean): void {
    const box = this.part()?.querySelector<HTMLElement>("[data-except-box]");
    const button = this.part()?.querySelector('[data-except="on"]');
    if (!box || !button) return;
    show(box, on);
    set(button, "aria-expanded", String(on));
    if (on) box.querySelector<HTMLElement>("select")?.focus();
  }

  /** A fresh line in place of the old one; what somebody is typing or showing there stays. */
  private put(content: DocumentFragment, isOwn: boolean, isRefused = false): boolean {
    const old = this.part();
    const fresh = content.querySelector<HTMLElement>(PART);
    if (!old || !fresh) return false;
    const isBusy = old.querySelector("[data-except-box]:not([hidden])") !== null;
    if (!isOwn && (isBusy || old.textContent === fresh.textContent)) return true;
    const hadFocus = old.contains(document.activeElement);
    const wasGuided = this.guided !== "";
    old.replaceWith(fresh);
    if (wasGuided) this.guide(!isOwn || isRefused);
    if (hadFocus) fresh.querySelector<HTMLElement>("button, summary")?.focus({ preventScroll: true });
    return true;
  }

  private draw(whom: string, on: boolean): void {
    const tile = document.querySelector<HTMLElement>(`.tile[data-participant="${CSS.escape(whom)}"]`);
    if (tile) drawGuide(tile, on);
  }

  private tell(whom: string, on: boolean): void {
    this.draw(whom, on);
    void this.link.ask({ type: "guide", participant: whom, on });
  }
}

/** Lets the identity line hear buttons, forms and keys for as long as the conversation goes on. */
export function mountIdentity(
  side: HTMLElement,
  address: string,
  conversation: Conversation,
  link: Link,
  signal: AbortSignal,
): Identity {
  const identity = new Identity(side, address, link, signal);
  const onClick = (event: Event): void => {
    const button = (event.target as Element | null)?.closest<HTMLElement>("[data-guide], [data-except]");
    if (button) identity.pressed(button);
  };
  const onSubmit = (event: SubmitEvent): void => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["who"] === undefined) return;
    event.preventDefault();
    identity.send(form, event.submitter);
  };
  const onKey = (event: KeyboardEvent): void => {
    const typing = event.target instanceof Element && event.target.closest(FIELDS) !== null;
    if (!keysAreOn() || document.querySelector("dialog[open]")) return;
    const letter = [...KEYS].find((one) => isKey(event, one, typing));
    if (letter && identity.key(letter)) event.preventDefault();
  };
  side.addEventListener("click", onClick, { signal });
  side.addEventListener("submit", onSubmit, { signal });
  addEventListener("keydown", onKey, { signal });
  conversation.subscribe((state) => identity.follow(state));
  return identity;
}
