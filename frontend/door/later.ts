/** What is loaded while the person waits: a script with its style, which the way to the waiting room does not carry. */

import { el } from "../shared/dom";

export interface LatePlaces {
  readonly script: string;
  readonly style: string;
}

/** Asks for both; a request that failed is made again by the next who asks. Nothing is drawn before it has its looks. */
export function lateFrom<T>(places: LatePlaces): () => Promise<T> {
  let loaded: Promise<T> | null = null;
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
    loaded ??= import(places.script + (tries > 0 ? `?${tries}` : "")) as Promise<T>;
    dressed ??= dress();
    try {
      const [late] = await Promise.all([loaded, dressed.catch(() => undefined)]);
      return late;
    } catch (error) {
      loaded = dressed = null;
      tries += 1;
      throw error;
    }
  };
}
