/** What only those need who wait or talk: fetched by the door when somebody is in. */

import type { Link } from "../shared/link";
import { showCards } from "./card";
import type { Door } from "./door";

export interface Beside {
  readonly door: Door;
  /** The address of everything about this invitation. */
  readonly base: string;
  /** The socket at the door, while there is one. */
  readonly link: Link | null;
}

/** Shows it for the door as it is now. */
export function show(beside: Beside): void {
  showCards(beside);
}
