/** What is needed from the conversation on, loaded while the person waits: script and style. */

import { el } from "../shared/dom";

export type Later = typeof import("./talk");

export interface LaterPlaces {
  readonly script: string;
  readonly style: string;
}

/** Asks for both; a request that failed is made again by the next who asks. */
export function laterFrom(places: LaterPlaces): () => Promise<Later> {
  let loaded: Promise<Later> | null = null;
  let dressed: Promise<void> | null = null;
  let tries = 0;

  function dress(): Promise<void> {
    const already = [...document.styleSheets].some((sheet) => sheet.href?.endsWith(places.style));
    if (already) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const link = el("link", { rel: "stylesheet", href: places.style });
      link.addEventListener("load", () => resolve());
      link.addEventListener("error", () => {
        link.remove();
        reject(new Error("the style did not come"));
      });
      document.head.append(link);
    });
  }

  return async () => {
    // Some browsers remember for ever that an address could not be loaded.
    loaded ??= import(places.script + (tries > 0 ? `?${tries}` : "")) as Promise<Later>;
    dressed ??= dress();
    try {
      const [later] = await Promise.all([loaded, dressed.catch(() => undefined)]);
      return later;
    } catch (error) {
      loaded = dressed = null;
      tries += 1;
      throw error;
    }
  };
}
