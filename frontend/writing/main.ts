/** The patient's page for writing: keeps every word, sends once, and shows what comes while it is open. */

import { find, given, say, show } from "../shared/dom";
import { openLink, socketUrl } from "../shared/link";
import { t } from "../shared/words";
import { isDue, isEmpty, isUnkept, type Letter, type LetterEvent, next, type Words } from "./letter";
import { localFor } from "./local";
import { type Photo, Photos } from "./photos";
import { type Message, showThread } from "./thread";

interface Page {
  readonly case: string;
  readonly kind: "ask" | "text";
  readonly step: "write" | "sent" | "read" | "closed";
  readonly thread: readonly Message[];
  readonly draft: Words;
  readonly photos: readonly Photo[];
  readonly key: string;
  readonly most: number;
}

type Reply = { readonly ok: true; readonly content: Page } | { readonly ok: false; readonly code: string };

const PAUSE = 700;
const RETRY = 4000;
const PATIENCE = 20_000;
const SAID_FOR = 5000;

let page = given<Page>();
const base = `/s/${page.case}`;
const local = localFor(page.case, page.key);
const form = find<HTMLFormElement>("#letter");
const text = find<HTMLTextAreaElement>("#text");
const answers = [...form.querySelectorAll<HTMLTextAreaElement>("[data-answer]")];
const send = find<HTMLButtonElement>("button[type=submit]", form);
const input = document.querySelector<HTMLInputElement>("#photos");
const photos = input && new Photos(base, find("#put-up"), input, page.photos, page.most);

let letter: Letter = { words: page.draft, kept: page.draft, at: "resting" };
let isChanging = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let saving: Promise<void> | null = null;

async function post(path: string, body: object, keepalive = false): Promise<Reply> {
  const patience = new AbortController();
  const tooLong = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(`${base}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      keepalive,
      signal: patience.signal,
    });
    const content = (await answer.json()) as Record<string, unknown>;
    if (answer.ok) return { ok: true, content: content as unknown as Page };
    return { ok: false, code: typeof content["code"] === "string" ? content["code"] : "other" };
  } catch {
    return { ok: false, code: "network" };
  } finally {
    clearTimeout(tooLong);
  }
}

function written(): Words {
  return { text: text.value, answers: answers.map((field) => field.value) };
}

function fill(words: Words): void {
  text.value = words.text;
  answers.forEach((field, at) => {
    field.value = words.answers[at] ?? "";
  });
}

function keptWords(): string {
  if (letter.at === "over") return t("Saken er avsluttet, så dette kan ikke sendes. Teksten din står her.");
  if (letter.at === "sending") return t("Sender …");
  if (letter.at === "failed") return t("Vi får ikke kontakt. Teksten din står her, og vi prøver igjen.");
  if (letter.at === "saving" || isUnkept(letter)) return t("Lagrer …");
  return isEmpty(letter.words) ? "" : t("Det du har skrevet, er lagret. Det er ikke sendt ennå.");
}

function dispatch(event: LetterEvent): void {
  letter = next(letter, event);
  say(find("#kept"), keptWords());
  send.disabled = letter.at === "sending" || letter.at === "over";
}

function later(time: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void save(), time);
}

/** Saves what is new; what the network takes back is sealed on the device until it is saved. */
async function save(): Promise<void> {
  clearTimeout(timer);
  if (saving) return saving;
  if (!isDue(letter)) return;
  const { words } = letter;
  dispatch({ type: "saving" });
  saving = post("utkast", words, true).then((reply) => {
    saving = null;
    if (reply.ok) {
      dispatch({ type: "kept", words });
      if (!isUnkept(letter)) local.forget();
    } else if (reply.code === "case_closed") {
      dispatch({ type: "over" });
      void refresh();
    } else {
      dispatch({ type: "failed" });
    }
    if (isDue(letter)) later(letter.at === "failed" ? RETRY : PAUSE);
  });
  return saving;
}

function wrongWords(code: string): string {
  const words: Record<string, string> = {
    network: t("Vi fikk ikke sendt. Alt du har skrevet, står her. Prøv igjen når du har nett."),
    invalid: t("Skriv noe først, eller legg ved et bilde."),
    case_closed: t("Klinikken avsluttet saken akkurat nå. Teksten din er ikke sendt. Ring hvis det haster."),
    already_read: t("Klinikken leste svaret akkurat nå, så det kan ikke endres. Ring hvis noe er feil."),
    not_found: t("Siden er for gammel. Åpne lenken på nytt. Det du har skrevet, er lagret."),
  };
  return words[code] ?? t("Noe gikk galt. Alt du har skrevet, står her. Prøv igjen om litt.");
}

async function submit(): Promise<void> {
  if (letter.at === "sending" || letter.at === "over") return;
  const wrong = find("#wrong");
  if (photos?.isBusy()) return say(wrong, t("Vent til bildet er sendt."));
  say(wrong, "");
  clearTimeout(timer);
  await saving;
  const words = written();
  dispatch({ type: "typed", words });
  dispatch({ type: "sending" });
  const reply = await post("send", { ...words, photos: photos?.names() ?? [] });
  if (!reply.ok) {
    dispatch({ type: reply.code === "case_closed" ? "over" : "failed" });
    say(wrong, wrongWords(reply.code));
    if (reply.code !== "network") void refresh();
    return;
  }
  dispatch({ type: "sent" });
  local.forget();
  fill(letter.words);
  photos?.clear();
  isChanging = false;
  render(reply.content);
  tell(t("Sendt til klinikken."));
  find(page.kind === "ask" ? "#was-sent" : "#thread").scrollIntoView({ block: "nearest" });
}

function render(fresh: Page): void {
  page = fresh;
  showThread(find("#thread"), page.thread);
  const mayWrite = page.step === "write" || (page.step === "sent" && isChanging);
  // What was being written when the case was closed stays in sight.
  const isLeft = page.step !== "write" && !mayWrite && !isEmpty(letter.words) && letter.at === "over";
  show(form, mayWrite || isLeft);
  show(find("#closed"), page.step === "closed");
  show(find("#was-read"), page.kind === "ask" && page.step === "read");
  show(find("#was-sent"), page.kind === "ask" && page.step === "sent" && !isChanging);
  if (page.thread.some((message) => !message.mine && !message.read)) seen();
}

/** Says something for a moment, where it does not move what stands below. */
function tell(words: string): void {
  const said = find("#said");
  say(said, words);
  show(said, true);
  setTimeout(() => show(said, false), SAID_FOR);
}

/** The clinic's words count as read when they are in front of somebody. */
function seen(): void {
  if (document.visibilityState === "visible") void post("sett", {});
}

async function refresh(): Promise<void> {
  const reply = await post("naa", {});
  if (reply.ok) render(reply.content);
  else if (reply.code === "not_found") leave();
}

/** The link leads nowhere any more; what was being written stays in sight, and without any the server says why. */
function leave(): void {
  if (isEmpty(letter.words)) {
    location.reload();
    return;
  }
  dispatch({ type: "over" });
  show(find("#closed"), true);
}

async function begin(): Promise<void> {
  fill(letter.words);
  const left = await local.find();
  if (left && !isEmpty(left)) {
    fill(left);
    dispatch({ type: "typed", words: left });
    later(0);
  }
  isChanging = page.step === "sent" && isUnkept(letter);
  render(page);
  dispatch({ type: "typed", words: written() });
}

form.addEventListener("input", () => {
  dispatch({ type: "typed", words: written() });
  void local.keep(letter.words);
  if (!saving) later(PAUSE);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit();
});
find("#change").addEventListener("click", () => {
  isChanging = true;
  render(page);
  (answers[0] ?? text).focus();
});
addEventListener("pagehide", () => void save());
addEventListener("online", () => void save());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void refresh();
  else void save();
});

const link = openLink(socketUrl(`/ws/skriv/${page.case}`));
link.onFrame((frame) => {
  if (frame.type === "written") void refresh();
});
link.onState((state) => {
  if (state.at === "open") void refresh();
  if (state.at === "closed") leave();
});
void begin();
