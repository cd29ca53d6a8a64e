/** Words for the reader: the sentence in the code is bokmål, and the page carries the translations of its bundle. */

type Values = Readonly<Record<string, string | number>>;

let catalogue: Readonly<Record<string, string>> | null = null;

function load(): Readonly<Record<string, string>> {
  if (typeof document === "undefined") return {};
  const held = document.getElementById("words")?.textContent;
  if (!held) return {};
  try {
    return JSON.parse(held) as Record<string, string>;
  } catch {
    return {};
  }
}

/** The sentence in the reader's language, with `{name}` filled in from `values`. */
export function t(sentence: string, values: Values = {}): string {
  catalogue ??= load();
  const words = catalogue[sentence] || sentence;
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** Takes the words of a test instead of those of the page. */
export function useWords(words: Readonly<Record<string, string>> | null): void {
  catalogue = words;
}
