// Finds the words on the screen in TypeScript: every t("…"), which must hold a plain string.
import { readFileSync } from "node:fs";

const CALL = /(?<![\w$.])t\(\s*/g;
const LITERAL = /^"((?:[^"\\\n]|\\.)*)"\s*[,)]/;

/** Every msgid in one source, with its line; throws where the words are not a plain string. */
export function wordsIn(path) {
  const source = readFileSync(path, "utf8");
  const found = [];
  for (const call of source.matchAll(CALL)) {
    const lineStart = source.lastIndexOf("\n", call.index) + 1;
    const before = source.slice(lineStart, call.index);
    if (/function\s+$/.test(before) || /^\s*(\/\/|\*|\/\*)/.test(before)) continue;
    const line = source.slice(0, call.index).split("\n").length;
    const literal = LITERAL.exec(source.slice(call.index + call[0].length));
    if (literal === null) throw new Error(`${path}:${line}: t() takes one plain string in double quotes`);
    found.push({ path, line, msgid: JSON.parse(`"${literal[1]}"`) });
  }
  return found;
}
