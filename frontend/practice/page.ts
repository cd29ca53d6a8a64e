/** The practice page: opens the simulated patient in a window of their own, beside the clinician's. */

import { find, given, show } from "../shared/dom";

const WINDOW = "blikk-practice";
const page = given<{ readonly link: string }>();

find("#open-patient").addEventListener("click", () => {
  const opened = window.open(page.link, WINDOW, "popup,width=420,height=760");
  show(find("#blocked"), opened === null);
  opened?.focus();
});
// What was done meanwhile stands here when the page is looked at again.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") location.reload();
});
