/**
 * What somebody writes in a note, in this browser from one keystroke to the next: for the moments in which the server
 * does not have it yet.
 *
 * It is sealed with a key that comes with the page and is kept nowhere, so that on a shared computer it is nothing to
 * who cannot open the page. It is gone as soon as the server has the words, at sign-out, and after a week.
 */

const NAME = "blikk.notes";
const STORE = "notes";
const BYTES = 12;
const FORGOTTEN = "blikk-notes-forgotten";
const WEEK = 7 * 24 * 3600 * 1000;

/** The words, and what the server had when they were written: by that they are known again as ours. */
export interface Unkept {
  readonly text: string;
  readonly base: string;
  readonly sent: string | null;
  readonly at: number;
}

interface Row {
  readonly at: number;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

export interface Keeper {
  /** Keeps the newest words; what is on its way is finished first, and what came between is skipped. */
  keep(words: Unkept): void;
  forget(): void;
  find(): Promise<Unkept | null>;
}

/** The place for one note. A browser that keeps nothing, or a page without encryption, has a place that is always empty. */
export function keeperFor(name: string, secret: string): Keeper {
  const key = keyOf(secret).catch(() => null);
  let next: { readonly words: Unkept | null } | null = null;
  let isBusy = false;
  let isOver = false;
  addEventListener(FORGOTTEN, () => {
    isOver = true;
  });
  const work = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    while (next) {
      const { words } = next;
      next = null;
      await (words ? put(name, words, await key) : remove(name)).catch(() => undefined);
    }
    isBusy = false;
  };
  return {
    keep(words) {
      if (isOver) return;
      next = { words };
      void work();
    },
    forget() {
      next = { words: null };
      void work();
    },
    async find() {
      const held = await key;
      const row = await get(name).catch(() => null);
      if (!held || !row) return null;
      try {
        const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, held, row.sealed);
        return JSON.parse(new TextDecoder().decode(plain)) as Unkept;
      } catch {
        // Sealed for somebody else, or with a key that was changed.
        return null;
      }
    },
  };
}

/** Forgets every note, and comes back when that is done: at sign-out. */
export function forgetAll(): Promise<void> {
  // By an event, because the scripts of a page do not share what they loaded.
  dispatchEvent(new Event(FORGOTTEN));
  return new Promise((resolve) => {
    const asked = globalThis.indexedDB?.deleteDatabase(NAME);
    if (!asked) return resolve();
    for (const end of ["success", "error", "blocked"]) asked.addEventListener(end, () => resolve());
  });
}

async function keyOf(secret: string): Promise<CryptoKey | null> {
  // Browsers have it on secure pages only; elsewhere the words live in the page and on the server alone.
  if (!globalThis.crypto?.subtle || !secret) return null;
  const raw = Uint8Array.from(atob(secret), (sign) => sign.charCodeAt(0));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

let opened: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.addEventListener("upgradeneeded", () => asked.result.createObjectStore(STORE));
    asked.addEventListener("error", () => reject(asked.error));
    asked.addEventListener("success", () => {
      const found = asked.result;
      // Somebody signs out in another window: everything is to go.
      found.addEventListener("versionchange", () => {
        found.close();
        opened = null;
      });
      sweep(found);
      resolve(found);
    });
  });
  return opened;
}

function sweep(from: IDBDatabase): void {
  const walk = from.transaction(STORE, "readwrite").objectStore(STORE).openCursor();
  walk.addEventListener("success", () => {
    const here = walk.result;
    if (!here) return;
    if ((here.value as Row).at < Date.now() - WEEK) here.delete();
    here.continue();
  });
}

function done<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error));
  });
}

async function put(name: string, words: Unkept, key: CryptoKey | null): Promise<void> {
  if (!key) return;
  const iv = crypto.getRandomValues(new Uint8Array(BYTES));
  const plain = new TextEncoder().encode(JSON.stringify(words));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
  const row: Row = { at: words.at, iv, sealed };
  await done((await database()).transaction(STORE, "readwrite").objectStore(STORE).put(row, name));
}

async function remove(name: string): Promise<void> {
  await done((await database()).transaction(STORE, "readwrite").objectStore(STORE).delete(name));
}

async function get(name: string): Promise<Row | null> {
  const found = await done((await database()).transaction(STORE).objectStore(STORE).get(name));
  return (found as Row | undefined) ?? null;
}
