/** The close-out: the note goes on keeping itself, choices show what they add to it, and each step has its key. */

import { find, given, say } from "../shared/dom";
import { keysAreOn, listenForKey } from "./admit";
import { startCopying } from "./copy";
import { fetchPart, swapParts } from "./fragments";
import { mountNote } from "./note";
import { mountPhrases } from "./phrases";
import { hangSheet } from "./sheet";

interface ClosingPage {
  readonly at: "closing";
  /** By choice and code, the sentence that it adds to the note. */
  readonly says: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const TICKS = ["known_patient", "known_diagnosis", "work_ability", "is_sound"];

export function startClosing(): void {
  let says = given<ClosingPage>().says;
  const showChoices = (): void => {
    for (const part of document.querySelectorAll<HTMLElement>("[data-said]")) {
      const name = part.dataset["said"] ?? "";
      say(part, says[name]?.[chosen(name)] ?? "");
    }
  };
  addEventListener("change", showChoices);
  hangSheet(() => {
    void takeOver().then((fresh) => {
      if (fresh) says = fresh.says;
      showChoices();
    });
  });
  showChoices();
  startCopying();
  // While somebody writes, letters are letters.
  listenForKey("s", "data-shortcut-sign", keysAreOn);
  listenForKey("k", "data-shortcut-copy", keysAreOn);
  listenForKey("g", "data-shortcut-accept", keysAreOn);
  listenForKey("f", "data-shortcut-done", keysAreOn);
  mountClosingNote();
}

/** What was chosen, as the code of its sentence. */
function chosen(name: string): string {
  if (name !== "sick_note") {
    return document.querySelector<HTMLInputElement>(`[name=${name}]:checked`)?.value ?? "";
  }
  if (!isTicked("sick_note")) return "";
  return TICKS.map((tick) => (isTicked(tick) ? "1" : "0")).join("");
}

function isTicked(name: string): boolean {
  return document.querySelector<HTMLInputElement>(`[name=${name}]`)?.checked ?? false;
}

/** What was arranged from here stands on the page; what was chosen and written already stays. */
async function takeOver(): Promise<ClosingPage | null> {
  const { status, content } = await fetchPart(location.href);
  if (status !== 200) return null;
  swapParts(document, content);
  for (const one of content.querySelectorAll<HTMLInputElement>(
    "[name=outcome]:checked, [name=follow_up]:checked",
  )) {
    const same = document.querySelector<HTMLInputElement>(`#${CSS.escape(one.id)}`);
    if (same) same.checked = true;
  }
  return JSON.parse(content.querySelector("#page")?.textContent ?? "null") as ClosingPage | null;
}

/** What the buttons send is the newest version. */
function mountClosingNote(): void {
  const field = document.querySelector<HTMLTextAreaElement>("#note");
  if (!field) return;
  mountPhrases(document, field);
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
