/** The page where anybody can try their camera and sound, without an invitation and without a server seeing them. */

import { find, given, show } from "../shared/dom";
import { post } from "./api";
import { equipment } from "./check";
import { showCheck, showLevel } from "./screens";

type Screen = "link" | "check" | "done";

const page = given<{ readonly relay: string }>();

const tools = equipment({
  relay: async () => {
    const reply = await post(page.relay, {});
    if (reply.is === "refused") return reply.code === "network" ? null : [];
    return (reply.content.ice as { servers: RTCIceServer[] }).servers;
  },
  onChange: (check) => showCheck(check, tools.stream(), true),
  onLevel: showLevel,
});

function turnTo(screen: Screen): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-screen]")) {
    show(part, part.dataset.screen === screen);
  }
  if (screen === "check") tools.start(true);
  else tools.stop();
  scrollTo(0, 0);
  find("h1", find(`[data-screen="${screen}"]`)).focus({ preventScroll: true });
}

const ACTS: Readonly<Record<string, () => void>> = {
  begin: () => turnTo("check"),
  rehearsed: () => turnTo("done"),
  "check-again": () => tools.again(),
  tone: () => tools.tone(),
};

document.addEventListener("click", (event) => {
  const act = (event.target as Element | null)?.closest<HTMLElement>("[data-act]")?.dataset.act;
  if (act) ACTS[act]?.();
});
// Pressed before there was anybody to hear it, it did nothing.
find<HTMLButtonElement>('[data-act="begin"][disabled]').disabled = false;

addEventListener("pagehide", () => tools.stop());
