/** One WebSocket that comes back by itself: heartbeat watchdog, back-off, questions with answers. It never throws. */

import {
  type Answer,
  isAnswer,
  isFinal,
  type News,
  type Notice,
  type Refused,
  type Request,
  readFrame,
} from "./frames";

export type LinkState =
  | { readonly at: "connecting"; readonly attempt: number }
  | { readonly at: "open" }
  | { readonly at: "closed"; readonly code: number };

export interface LinkOptions {
  /** Ends the link for good. */
  readonly signal?: AbortSignal;
  /** How long to wait before attempt number `attempt` (from 1), in milliseconds. */
  readonly delay?: (attempt: number, lively: boolean) => number;
  readonly make?: (url: string) => WebSocket;
}

export interface Link {
  state(): LinkState;
  /** Sends what nobody answers; false when the link is down and the frame was dropped. */
  send(notice: Notice): boolean;
  /**
   * Asks, and resolves with the answer; `refused not_connected` when the link is down or goes down meanwhile. A question
   * that stays unanswered is refused with `no_answer`, and the link connects anew: what is asked there is asked again.
   */
  ask(request: Request): Promise<Answer>;
  /** Listens to news (answers go to those who asked). Returns the way to stop. */
  onFrame(listener: (frame: News) => void): () => void;
  /** Listens to the link itself; told at once of the present state. */
  onState(listener: (state: LinkState) => void): () => void;
  /** Drops the socket and connects again now: the network is known to have changed. */
  renew(): void;
}

/** The server beats every second in a conversation: two and a half without a sign, and the socket is dead. */
const LIVELY_SILENCE = 2600;
/** `WebSocket.OPEN`. */
const OPEN = 1;
const CONNECT_TIME = 5000;
const ANSWER_TIME = 10000;

/** First quickly, then slower; spread out so that a thousand clients do not return in the same moment. */
export function backOff(attempt: number, lively: boolean): number {
  const steps = [150, 400, 800, 1500, 2500];
  const step = steps[Math.min(attempt, steps.length) - 1] ?? 150;
  const longest = lively ? 2500 : 10000;
  const wait =
    attempt > steps.length && !lively ? Math.min(longest, 2500 * (attempt - steps.length + 1)) : step;
  return wait * (0.7 + Math.random() * 0.6);
}

/** The address of a socket beside the page. */
export function socketUrl(path: string): string {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

class ReturningLink implements Link {
  private socket: WebSocket | null = null;
  private now: LinkState = { at: "connecting", attempt: 0 };
  private attempt = 0;
  private lively = false;
  private next = 1;
  private dead: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly asked = new Map<number, (answer: Answer) => void>();
  private readonly frames = new Set<(frame: News) => void>();
  private readonly states = new Set<(state: LinkState) => void>();

  constructor(
    private readonly url: string,
    private readonly options: LinkOptions,
  ) {
    this.connect();
    const back = (): void => this.renew();
    const seen = (): void => {
      if (document.visibilityState === "visible" && this.now.at === "connecting") this.renew();
    };
    globalThis.addEventListener?.("online", back);
    globalThis.document?.addEventListener("visibilitychange", seen);
    options.signal?.addEventListener("abort", () => {
      globalThis.removeEventListener?.("online", back);
      globalThis.document?.removeEventListener("visibilitychange", seen);
      this.finish(1000);
    });
  }

  state(): LinkState {
    return this.now;
  }

  send(frame: Notice | (Request & { id: number })): boolean {
    // A socket that is just closing takes nothing more; that it is closed is told in a moment.
    if (this.now.at !== "open" || this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  ask(request: Request): Promise<Answer> {
    const id = this.next++;
    return new Promise((resolve) => {
      const refuse = (code: string): void => settle({ type: "refused", re: id, code } satisfies Refused);
      const socket = this.socket;
      const timer = setTimeout(() => {
        refuse("no_answer");
        // Scar: a hello that lay in a cut network was answered after its time, nobody listened to that answer any
        // more, and the page waited for ever on a socket that was alive.
        if (socket !== null && socket === this.socket) this.again();
      }, ANSWER_TIME);
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        this.asked.delete(id);
        resolve(answer);
      };
      this.asked.set(id, settle);
      if (!this.send({ ...request, id })) refuse("not_connected");
    });
  }

  onFrame(listener: (frame: News) => void): () => void {
    this.frames.add(listener);
    return () => this.frames.delete(listener);
  }

  onState(listener: (state: LinkState) => void): () => void {
    this.states.add(listener);
    listener(this.now);
    return () => this.states.delete(listener);
  }

  renew(): void {
    if (this.now.at === "closed") return;
    this.drop();
    this.attempt = 0;
    this.move({ at: "connecting", attempt: 0 });
    this.connect();
  }

  private connect(): void {
    clearTimeout(this.retry);
    let socket: WebSocket;
    try {
      socket = (this.options.make ?? ((url) => new WebSocket(url)))(this.url);
    } catch {
      this.again();
      return;
    }
    this.socket = socket;
    this.watch(CONNECT_TIME);
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.watch(ANSWER_TIME);
      this.move({ at: "open" });
    };
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      if (isFinal(event.code)) this.finish(event.code);
      else this.again();
    };
  }

  private receive(data: unknown): void {
    const frame = readFrame(data);
    if (!frame) return;
    this.attempt = 0;
    if (frame.type === "beat") {
      this.lively = frame.every <= 2;
      this.send({ type: "beat" });
    }
    this.watch(this.lively ? LIVELY_SILENCE : 50000);
    if (isAnswer(frame)) this.asked.get(frame.re)?.(frame);
    else for (const listener of [...this.frames]) listener(frame);
  }

  /** Expects a sign of life within `time`; without one the socket is given up, whatever the browser believes. */
  private watch(time: number): void {
    clearTimeout(this.dead);
    this.dead = setTimeout(() => this.again(), time);
  }

  private again(): void {
    this.drop();
    if (this.now.at === "closed") return;
    this.attempt += 1;
    this.move({ at: "connecting", attempt: this.attempt });
    const delay = (this.options.delay ?? backOff)(this.attempt, this.lively);
    this.retry = setTimeout(() => this.connect(), delay);
  }

  private drop(): void {
    clearTimeout(this.dead);
    clearTimeout(this.retry);
    const old = this.socket;
    this.socket = null;
    if (old) {
      old.onopen = old.onmessage = old.onclose = null;
      try {
        old.close();
      } catch {
        // a socket that is still connecting may refuse; it is forgotten either way
      }
    }
    for (const [id, settle] of [...this.asked]) settle({ type: "refused", re: id, code: "not_connected" });
  }

  private finish(code: number): void {
    this.drop();
    this.move({ at: "closed", code });
  }

  private move(state: LinkState): void {
    this.now = state;
    for (const listener of [...this.states]) listener(state);
  }
}

/** Connects, and stays connected until `signal` ends it or the server closes with a final code. */
export function openLink(url: string, options: LinkOptions = {}): Link {
  return new ReturningLink(url, options);
}
