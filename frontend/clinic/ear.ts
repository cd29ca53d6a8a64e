/** Hears how it is over the public socket, and asks by and by wherever no socket comes through. */

import { heard, isStale, type Pulse, restFor, retryIn } from "./live";

export interface Source {
  /** The socket's path and query. */
  readonly socket: string;
  /** What is asked where there is no socket, and how many seconds apart. */
  readonly address: string;
  readonly every: number;
  /** Shows what came; false if it was nothing that can be shown. */
  show(content: unknown): boolean;
  stale(isStale: boolean): void;
}

// The server beats every twenty seconds.
const SILENCE = 50_000;
// No such page: asking again would be answered the same.
const NOT_FOUND = 4404;

async function ask(address: string): Promise<unknown> {
  try {
    const answer = await fetch(address, { credentials: "omit", headers: { accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

class Ear {
  private pulse: Pulse = { missed: 0 };
  private attempt = 0;
  private socket: WebSocket | null = null;
  /** Whether the socket says something: only then nobody needs to ask. */
  private isHeard = false;
  private poll: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly source: Source) {
    this.connect();
    this.rest();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || this.isHeard) return;
      if (!this.socket) this.connect();
      void this.ask();
    });
  }

  private connect(): void {
    clearTimeout(this.retry);
    const { protocol, host } = location;
    try {
      this.socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}${this.source.socket}`);
    } catch {
      return; // where a browser forbids sockets, asking goes on
    }
    this.socket.onmessage = (event) => this.hear(String(event.data));
    this.socket.onclose = (event) => this.lose(event.code);
    this.watch();
  }

  private hear(text: string): void {
    this.watch();
    this.attempt = 0;
    this.isHeard = true;
    this.answered(true);
    const content = JSON.parse(text) as { readonly type?: unknown };
    if (content.type === "beat") this.socket?.send('{"type":"beat"}');
    else this.source.show(content);
  }

  /** A socket that says nothing is as good as none, whatever the browser believes. */
  private watch(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      const old = this.socket;
      this.lose(0);
      if (old) old.onclose = old.onmessage = null;
      old?.close();
    }, SILENCE);
  }

  private lose(code: number): void {
    clearTimeout(this.silence);
    this.socket = null;
    const wasHeard = this.isHeard;
    this.isHeard = false;
    if (code !== NOT_FOUND) {
      this.retry = setTimeout(() => this.connect(), retryIn(this.attempt, Math.random()) * 1000);
    }
    this.attempt += 1;
    if (wasHeard) void this.ask();
  }

  private async ask(): Promise<void> {
    clearTimeout(this.poll);
    if (!this.isHeard && !document.hidden) this.answered(this.source.show(await ask(this.source.address)));
    this.rest();
  }

  private answered(hasAnswered: boolean): void {
    this.pulse = heard(this.pulse, hasAnswered);
    this.source.stale(isStale(this.pulse));
  }

  private rest(): void {
    clearTimeout(this.poll);
    this.poll = setTimeout(() => void this.ask(), restFor(this.pulse, this.source.every) * 1000);
  }
}

/** Keeps a part of the page as it is at the clinic, for as long as the page is open. */
export function follow(source: Source): void {
  new Ear(source);
}
