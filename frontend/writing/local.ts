/** What could not be saved yet, sealed on this device with a key that only the server's page carries. */

import type { Words } from "./letter";

const BYTES = 12;

async function keyOf(secret: string): Promise<CryptoKey | null> {
  // Browsers have it on secure pages only; there the letter lives in the page and on the server alone.
  if (!globalThis.crypto?.subtle) return null;
  const raw = Uint8Array.from(atob(secret), (sign) => sign.charCodeAt(0));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export interface Local {
  keep(words: Words): Promise<void>;
  find(): Promise<Words | null>;
  forget(): void;
}

/** The place for one case in this tab; nothing in it can be read without the page. */
export function localFor(name: string, secret: string): Local {
  const place = `blikk.letter.${name}`;
  const key = keyOf(secret).catch(() => null);
  const forget = (): void => {
    try {
      sessionStorage.removeItem(place);
    } catch {
      // a browser that keeps nothing has nothing to forget
    }
  };
  return {
    forget,
    async keep(words) {
      const held = await key;
      if (!held) return;
      const iv = crypto.getRandomValues(new Uint8Array(BYTES));
      const plain = new TextEncoder().encode(JSON.stringify(words));
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, held, plain));
      try {
        sessionStorage.setItem(place, JSON.stringify([[...iv], [...sealed]]));
      } catch {
        // full or forbidden: the words stand in the page still
      }
    },
    async find() {
      const held = await key;
      try {
        const kept = sessionStorage.getItem(place);
        if (!held || !kept) return null;
        const [iv, sealed] = JSON.parse(kept) as [number[], number[]];
        const plain = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: new Uint8Array(iv) },
          held,
          new Uint8Array(sealed),
        );
        return JSON.parse(new TextDecoder().decode(plain)) as Words;
      } catch {
        forget();
        return null;
      }
    },
  };
}
