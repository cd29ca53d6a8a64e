/** The pages of knowing how: the facts for who helps, and the plan that the office writes together. */

import { given } from "../shared/dom";
import { startPlan } from "./plan";
import { type SupportPage, startSupport } from "./support";

type Page = SupportPage | { readonly at: "plan" };

const page = given<Page>();
if (page.at === "support") startSupport(page);
else startPlan();
