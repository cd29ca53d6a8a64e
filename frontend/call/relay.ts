/** The relay's credentials of this page: taken when they come, asked for anew before they run out. */

import type { Ice } from "../shared/frames";
import type { Link } from "../shared/link";

const RENEWED_BEFORE = 120_000;
const BETWEEN_ASKING = 60_000;

export class Relay {
  private ice: Ice | null = null;
  private askedAt = 0;

  constructor(
    private readonly socket: Link,
    private readonly onIce: (ice: Ice) => void,
  ) {}

  take(ice: Ice): void {
    this.ice = ice;
    this.askedAt = performance.now();
    this.onIce(ice);
  }

  async renew(isOpen: boolean): Promise<void> {
    if (!this.ice?.expires_at || this.ice.servers.length === 0 || !isOpen) return;
    const left = Date.parse(this.ice.expires_at) - Date.now();
    if (left > RENEWED_BEFORE || performance.now() - this.askedAt < BETWEEN_ASKING) return;
    this.askedAt = performance.now();
    const answer = await this.socket.ask({ type: "ice" });
    if (answer.type === "ice") this.take(answer.ice);
  }
}
