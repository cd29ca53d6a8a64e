/** Asks the server, and gives every failure a code that the page has words for. Never throws. */

import type { DoorView } from "./door";

export type Reply =
  | { readonly is: "ok"; readonly content: Record<string, unknown> }
  | { readonly is: "refused"; readonly code: string };

const PATIENCE = 15_000;

/** Posts JSON to our own host. */
export async function post(path: string, body: object): Promise<Reply> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: timeLimit(PATIENCE),
    });
    const content = (await response.json()) as Record<string, unknown>;
    return response.ok ? { is: "ok", content } : { is: "refused", code: codeOf(content) };
  } catch {
    return { is: "refused", code: "network" };
  }
}

/** The code of what is wrong; for a form the code that stands beside its field. */
export function codeOf(content: Readonly<Record<string, unknown>>): string {
  const fields = content.fields;
  if (typeof fields === "object" && fields !== null) {
    const [first] = Object.values(fields);
    if (typeof first === "string") return first;
  }
  return typeof content.code === "string" ? content.code : "other";
}

/** The door in an answer or a frame, if there is one. */
export function doorIn(content: Readonly<Record<string, unknown>>): DoorView | null {
  const door = content.door;
  return typeof door === "object" && door !== null && "step" in door ? (door as DoorView) : null;
}

function timeLimit(time: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), time);
  return controller.signal;
}
