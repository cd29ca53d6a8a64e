/** Shows what others say as words, where their own devices make them. */

import { el, show } from "../shared/dom";
import { t } from "../shared/words";
import type { ConversationState } from "./call";
import type { Conversation } from "./face";

export function makeSubtitles(conversation: Conversation, tell: (words: string) => void) {
  const root = el("div", { class: "stage-subtitles", "data-test": "subtitles", hidden: true });
  let drawn: ConversationState["captions"] | null = null;
  let wanting: ReadonlySet<string> = new Set();
  return {
    root,
    update(state: ConversationState): void {
      const wants = state.people.filter((one) => one.present && one.equipment.captions);
      for (const one of wants) {
        // Who speaks is told that their words are shown.
        if (!wanting.has(one.participant) && state.own.speech)
          tell(
            t("{name} ser det du sier som tekst. Den lages på enheten din og lagres ikke.", {
              name: one.name,
            }),
          );
      }
      wanting = new Set(wants.map((one) => one.participant));
      show(root, state.own.captions && state.captions.length > 0);
      if (drawn === state.captions) return;
      drawn = state.captions;
      const nameOf = (from: string): string =>
        conversation.state().people.find((one) => one.participant === from)?.name ?? "";
      root.replaceChildren(
        ...state.captions.map((one) =>
          el("p", { dir: "auto" }, el("bdi", { class: "line-who" }, nameOf(one.from)), " ", one.words),
        ),
      );
    },
  };
}
