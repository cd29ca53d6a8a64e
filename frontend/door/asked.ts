/** The control questions on the waiting room's page: their script and words come when the person has sat down. */

import { show } from "../shared/dom";
import type { Link } from "../shared/link";
import { doorIn, post, type Reply } from "./api";
import type { Door, DoorView } from "./door";
import { type LatePlaces, lateFrom } from "./later";

export interface AskedOptions {
  readonly places: LatePlaces;
  /** The address of the patient's page. */
  readonly base: string;
  readonly link: () => Link | null;
  readonly onView: (view: DoorView) => void;
}

type Said =
  | {
      readonly type: "frame_answer";
      readonly question: string;
      readonly answer: string;
      readonly helped: boolean;
    }
  | { readonly type: "frame_wish"; readonly wish: string };

const PATH = { frame_answer: "frame", frame_wish: "frame-wish" } as const;
/** First the camera and the socket, which somebody may be waiting for. */
const SETTLED = 700;
const AGAIN = 4000;

export class Asked {
  private shown: import("./questions").Questions | null = null;
  private isComing = false;
  private door: Door | null = null;

  private readonly load: () => Promise<typeof import("./questions")>;

  constructor(private readonly options: AskedOptions) {
    this.load = lateFrom(options.places);
  }

  /** Shows what is asked, or has it come. */
  show(door: Door): void {
    this.door = door;
    const place = document.querySelector<HTMLElement>("#questions");
    if (!place) return;
    const waits = door.screen === "waiting" && Boolean(door.view.frame);
    show(place, waits && this.shown !== null);
    if (!waits) return;
    if (this.shown) this.shown.show(door.view);
    else if (!this.isComing) {
      this.isComing = true;
      setTimeout(() => void this.fetch(place), SETTLED);
    }
  }

  /** Says something by the socket, and the long way round without one. Null when it is kept. */
  async say(said: Said): Promise<string | null> {
    const answer = await this.options.link()?.ask(said);
    const { type, ...fields } = said;
    const reply: Reply =
      answer?.type === "done"
        ? { is: "ok", content: { ...answer } }
        : answer?.type === "refused" && answer.code !== "not_connected" && answer.code !== "no_answer"
          ? { is: "refused", code: answer.code }
          : await post(`${this.options.base}/${PATH[type]}`, fields);
    if (reply.is === "refused") return reply.code;
    const view = doorIn(reply.content);
    if (view) this.options.onView(view);
    return view ? null : "other";
  }

  private async fetch(place: HTMLElement): Promise<void> {
    try {
      const [module, reply] = await Promise.all([
        this.load(),
        fetch(`${this.options.base}/sporsmal`, { cache: "no-store" }),
      ]);
      if (!reply.ok) throw new Error(String(reply.status));
      this.shown = module.mount(place, await reply.json(), (said) => this.say(said));
      if (this.door) this.show(this.door);
    } catch {
      // The network is away, or the server restarts: they are asked for again.
      setTimeout(() => {
        this.isComing = false;
      }, AGAIN);
    }
  }
}
