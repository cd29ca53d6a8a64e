// Names the TypeScript of the front end, without its tests.
import { readdirSync } from "node:fs";

/** Every source under frontend/, in a fixed order. */
export function sources(ending = ".ts") {
  const names = readdirSync("frontend", { recursive: true }).map(String);
  return names
    .filter(
      (name) =>
        name.endsWith(ending) && !name.endsWith(".d.ts") && (ending !== ".ts" || !name.endsWith(".test.ts")),
    )
    .sort()
    .map((name) => `frontend/${name}`);
}
