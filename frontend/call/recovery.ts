/** What to do about a connection that is not well. Pure: facts in, one remedy out. */

export interface Health {
  readonly connection: RTCPeerConnectionState;
  readonly signaling: RTCSignalingState;
  /** Whether anything was ever heard over this connection object. */
  readonly everConnected: boolean;
  /** This side makes the offers. */
  readonly offers: boolean;
  /** The socket is open and the other person is present: signals arrive. */
  readonly reachable: boolean;
  /** Milliseconds since it stopped being connected; 0 while it is. */
  readonly unwellFor: number;
  /** Milliseconds since this side last made an offer; Infinity when it never did. */
  readonly sinceOffer: number;
  /** Milliseconds since this connection object was made. */
  readonly age: number;
}

/** `restart`: roll back what is pending and offer with new ICE credentials. `rebuild`: throw the object away. */
export type Remedy = "none" | "restart" | "rebuild";

/** An offer that nobody answered for so long was lost on the way. */
const ANSWER_TIME = 3000;
/** ICE gets this long to come back by itself; the side that yields waits longer, so that both do not offer at once. */
const PATIENCE = { offers: 700, yields: 2500 } as const;
const BETWEEN_RESTARTS = 4000;
const HOPELESS = 16000;

export function remedyFor(health: Health): Remedy {
  if (!health.reachable || health.connection === "closed") return "none";
  if (health.signaling === "have-local-offer") return health.sinceOffer > ANSWER_TIME ? "restart" : "none";
  if (health.connection === "connected") return "none";
  // Also after a long silence: the offer that was made when the socket came back gets its time first.
  if (health.sinceOffer < BETWEEN_RESTARTS) return "none";
  if (health.offers && health.unwellFor > HOPELESS && health.age > HOPELESS) return "rebuild";
  const failed = health.connection === "failed";
  if (!health.everConnected && !failed)
    return health.offers && health.unwellFor > BETWEEN_RESTARTS ? "restart" : "none";
  const patience = health.offers ? PATIENCE.offers : PATIENCE.yields;
  return health.unwellFor > patience ? "restart" : "none";
}
