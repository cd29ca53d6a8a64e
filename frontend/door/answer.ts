/** Back from a provider: sends the answer on at once, and takes it out of the address before anybody can copy it. */

import { find } from "../shared/dom";

history.replaceState(null, "", location.pathname);
find<HTMLFormElement>("#answer").requestSubmit();
