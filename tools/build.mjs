// Builds scripts and styles for the browser, and beside each script the list of words that it shows.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { wordsIn } from "./words.mjs";

const OUT = "blikk/web/static/built";
const ENTRIES = {
  door: "frontend/door/main.ts",
  // Loaded while the person waits: the way to the waiting room does not carry the conversation.
  talk: "frontend/door/talk.ts",
  beside: "frontend/door/beside.ts",
  // Loaded when the person has sat down in the waiting room.
  questions: "frontend/door/questions.ts",
  shell: "frontend/door/shell.ts",
  answer: "frontend/door/answer.ts",
  equipment: "frontend/door/equipment.ts",
  // The simulated patient, in a practice place only; and the page where patients practise.
  practice: "frontend/practice/patient.ts",
  rehearsal: "frontend/practice/rehearsal.ts",
  ove: "frontend/practice/page.ts",
  "practice-style": "frontend/styles/practice.css",
  clinic: "frontend/clinic/main.ts",
  "staff-equipment": "frontend/desk/equipment.ts",
  desk: "frontend/desk/main.ts",
  help: "frontend/desk/help.ts",
  writing: "frontend/writing/main.ts",
  patient: "frontend/styles/patient.css",
  stage: "frontend/styles/patient-stage.css",
  "beside-style": "frontend/styles/beside.css",
  letter: "frontend/styles/letter.css",
  sheet: "frontend/styles/sheet.css",
  pay: "frontend/pay/main.ts",
  "pay-style": "frontend/styles/pay.css",
  office: "frontend/office/main.ts",
  "questions-style": "frontend/styles/questions.css",
  staff: "frontend/styles/staff.css",
  print: "frontend/styles/print.css",
};

for (const path of Object.values(ENTRIES)) {
  if (!existsSync(path)) throw new Error(`build: ${path} does not exist`);
}

mkdirSync(OUT, { recursive: true });
const { metafile } = await build({
  entryPoints: Object.entries(ENTRIES).map(([out, path]) => ({ in: path, out })),
  outdir: OUT,
  bundle: true,
  format: "esm",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  target: ["chrome109", "firefox115", "safari16"],
  metafile: true,
  logLevel: "warning",
  external: ["*.woff2"],
});

// The worker that blurs the background, and its parts: a classic script, fetched by itself and only when blur is on.
await build({
  entryPoints: [{ in: "frontend/blur/worker.ts", out: "blur-worker" }],
  outdir: OUT,
  bundle: true,
  format: "iife",
  minify: true,
  target: ["chrome109", "firefox115", "safari16"],
  logLevel: "warning",
});
const BLUR_FROM = "node_modules/@twilio/video-processors/dist/build";
const BLUR = {
  "blur-tflite.js": "tflite-simd-1-0-0.js",
  "blur-tflite.wasm": "tflite-simd-1-0-0.wasm",
  "blur-model.tflite": "selfie_segmentation_landscape.tflite",
};
for (const [made, from] of Object.entries(BLUR)) copyFileSync(`${BLUR_FROM}/${from}`, `${OUT}/${made}`);

for (const [file, output] of Object.entries(metafile.outputs)) {
  if (!file.endsWith(".js")) continue;
  const sources = Object.keys(output.inputs).filter((path) => path.startsWith("frontend/"));
  const msgids = [...new Set(sources.flatMap(wordsIn).map((word) => word.msgid))].sort();
  const name = file.slice(OUT.length + 1, -".js".length);
  writeFileSync(`${OUT}/words.${name}.json`, `${JSON.stringify(msgids)}\n`);
}

// What an older build left behind goes last, so that a running server never misses a file.
const fresh = new Set([
  ".done",
  "blur-worker.js",
  ...Object.keys(BLUR),
  ...Object.keys(metafile.outputs).map((file) => file.slice(OUT.length + 1)),
]);
for (const name of readdirSync(OUT)) {
  if (!fresh.has(name) && !/^words\..*\.json$/.test(name)) rmSync(`${OUT}/${name}`, { recursive: true });
}
