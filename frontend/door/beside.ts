/** What only those need who wait or talk: fetched by the door when somebody is in. */

import type { Link } from "../shared/link";
import { showCards } from "./card";
import type { Door } from "./door";

export interface Beside {
  readonly door: Door;
  /** The address of everything about this invitation. */
  readonly base: string;
  readonly style: string;
  /** The socket at the door, while there is one. */
  readonly link: Link | null;
}

let styled: Promise<void> | null = null;

/** Nothing is drawn before it has its looks. */
function dress(address: string): Promise<void> {
  styled ??= new Promise((resolve) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = address;
    sheet.onload = sheet.onerror = () => resolve();
    document.head.append(sheet);
  });
  return styled;
}

/** Shows it for the door as it is now. */
export async function show(beside: Beside): Promise<void> {
  await dress(beside.style);
  showCards(beside);
}
