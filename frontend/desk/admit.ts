/** Letting somebody in: one press or one key, and what is said when somebody else was faster. */

import { type Seating, seatingIn } from "../shared/frames";
import type { Link } from "../shared/link";
import { EPOCH, tabMark } from "../shared/marks";
import { t } from "../shared/words";
import { isAdmitKey } from "./day";

export interface Wanted {
  readonly arrival: string;
  readonly version: number;
  readonly name: string;
  readonly form: HTMLFormElement;
}

export type Result =
  | { readonly is: "in"; readonly consultation: string; readonly seating: Seating | null }
  /** The socket is away: the form itself goes the long way round. */
  | { readonly is: "offline" }
  | { readonly is: "refused"; readonly code: string };

/** Who a form lets in. */
export function wantedBy(form: HTMLFormElement): Wanted {
  const name = form.querySelector("button")?.dataset["name"] ?? "";
  return { arrival: form.dataset["admit"] ?? "", version: Number(form.dataset["version"]), name, form };
}

/** `sits`: this page is to become the conversation, and takes its seat with the same act. */
export async function admit(link: Link, { arrival, version }: Wanted, sits: boolean): Promise<Result> {
  const page = sits ? { tab: tabMark(), epoch: EPOCH } : {};
  const answer = await link.ask({ type: "admit", arrival, version, ...page });
  if (answer.type === "done") {
    return {
      is: "in",
      consultation: String(answer["consultation"]),
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

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** Lets the one who has waited longest in by a key, where the page says which. */
export function listenForKey(isOn: () => boolean): void {
  addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest(FIELDS) !== null;
    if (!isOn() || !isAdmitKey(event, typing) || document.querySelector("dialog[open]")) return;
    const form = document.querySelector("[data-shortcut]")?.closest("form");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
