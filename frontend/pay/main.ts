/** The page of a bill while a payment is under way: leads on to the provider once, then waits for what is known there. */

import { post } from "../door/api";
import { given } from "../shared/dom";

interface Page {
  readonly at: string;
  /** What the page shows; another one means that there is something new. */
  readonly mark: string;
  /** Where the patient approves, just after they pressed the button. */
  readonly address: string;
}

const page = given<Page>();
const PAUSE = 2000;
const LONGEST = 15_000;

if (page.address) {
  // Coming back by the browser's own button must not lead away again.
  history.replaceState(null, "", location.pathname);
  location.assign(page.address);
}
wait(PAUSE);

/** Asks more and more seldom; a page that lies in the background asks when it is looked at again. */
function wait(pause: number): void {
  setTimeout(async () => {
    if (document.visibilityState === "visible") {
      const reply = await post(page.at, {});
      if (reply.is === "ok" && reply.content.mark !== page.mark) {
        location.replace(location.pathname);
        return;
      }
    }
    wait(Math.min(pause * 1.2, LONGEST));
  }, pause);
}
