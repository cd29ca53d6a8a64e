/** Letting somebody in: one press or one key, and what is said when somebody else was faster. */

import { type Request, type Seating, seatingIn } from "../shared/frames";
import type { Link } from "../shared/link";
import { EPOCH, tabMark } from "../shared/marks";
import { t } from "../shared/words";
import { isKey } from "./day";

export interface Wanted {
  readonly arrival: string;
  readonly version: number;
  /** The queue whose next is wanted, whoever that is; empty where one person is. */
  readonly opening: string;
  /** Why somebody is let in out of turn; null where nobody was chosen. */
  readonly reason: string | null;
  readonly name: string;
  readonly form: HTMLFormElement;
}

export type Result =
  | {
      readonly is: "in";
      readonly consultation: string;
      readonly phone: string;
      readonly seating: Seating | null;
    }
  /** The socket is away: the form itself goes the long way round. */
  | { readonly is: "offline" }
  | { readonly is: "refused"; readonly code: string };

/** Who a form lets in. */
export function wantedBy(form: HTMLFormElement): Wanted {
  const name = form.querySelector("button")?.dataset["name"] ?? "";
  const { admit, take, next: opening = "", version } = form.dataset;
  const chosen = form.querySelector<HTMLSelectElement>("[name=reason]")?.value ?? "";
  const reason = take === undefined ? null : chosen;
  return { arrival: take ?? admit ?? "", version: Number(version), opening, reason, name, form };
}

function asked({ arrival, version, opening, reason }: Wanted): Request & { tab?: string; epoch?: string } {
  if (opening) return { type: "next", opening };
  if (reason !== null) return { type: "take", arrival, version, reason };
  return { type: "admit", arrival, version };
}

/** `sits`: this page is to become the conversation, and takes its seat with the same act. */
export async function admit(link: Link, wanted: Wanted, sits: boolean): Promise<Result> {
  const answer = await link.ask({ ...asked(wanted), ...(sits ? { tab: tabMark(), epoch: EPOCH } : {}) });
  if (answer.type === "done") {
    return {
      is: "in",
      consultation: String(answer["consultation"]),
      phone: String(answer["phone"] ?? ""),
      seating: seatingIn(answer["joined"]),
    };
  }
  const code = answer.type === "refused" ? answer.code : "no_answer";
  return code === "not_connected" ? { is: "offline" } : { is: "refused", code };
}

/** What to tell when it did not work; `waits` says that the person still stands on the page. */
export function refusedWords(code: string, name: string, waits: boolean): string {
  switch (code) {
    case "room_full":
      return t("Det er allerede fire i samtalen. En må gå ut før {name} kan slippes inn.", { name });
    case "patient_first":
      return t("Pasienten må være i samtalen først.");
    case "no_consent":
      return t("Pasienten har ikke sagt ja til {name} ennå.", { name });
    case "someone_else":
      return t("Den som venter, legitimerte seg som en annen enn {name}. Se over raden.", { name });
    case "nobody_ready":
      return t("Ingen er klare akkurat nå. Vi har ropt opp den som står først. Prøv igjen om litt.");
    case "over":
      return t("Samtalen med {name} er avsluttet.", { name });
    case "no_answer":
      return t("Vi fikk ikke svar. Se om {name} fortsatt venter, og prøv igjen.", { name });
    default:
      return waits
        ? t("Opplysningene om {name} ble endret akkurat nå. Se over raden og prøv igjen.", { name })
        : t("{name} er allerede sluppet inn av en annen, eller venter ikke lenger.", { name });
  }
}

export const SHORTCUT = "blikk.shortcut";

/** Some people speak to their computer, and letters are words there: the keys can be switched off on the day page. */
export function keysAreOn(): boolean {
  try {
    return localStorage.getItem(SHORTCUT) !== "off";
  } catch {
    return true;
  }
}

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** Presses the button that carries a key's mark, wherever it is on the page. */
export function listenForKey(letter: string, mark: string, isOn: () => boolean): void {
  addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest(FIELDS) !== null;
    if (!isOn() || !isKey(event, letter, typing) || document.querySelector("dialog[open]")) return;
    const marked = document.querySelector<HTMLElement>(`[${mark}]`);
    const form = marked?.closest("form");
    if (!marked || (!form && !(marked instanceof HTMLAnchorElement))) return;
    event.preventDefault();
    if (!form || (marked instanceof HTMLButtonElement && marked.type === "button")) return marked.click();
    form.requestSubmit(marked instanceof HTMLButtonElement ? marked : null);
  });
}
