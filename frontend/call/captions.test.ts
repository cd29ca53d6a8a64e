import assert from "node:assert/strict";
import { test } from "node:test";
import { captionsIn, FRESH_CAPTIONS, heardCaption } from "./captions";
import { canRecognise } from "./speech";

const say = (line: number, words: string, final = false, from = "ola") => ({ from, line, words, final });

test("a sentence grows in its place until it is final", () => {
  let now = heardCaption(FRESH_CAPTIONS, say(0, "Jeg har"));
  now = heardCaption(now, say(0, "Jeg har vondt", true));
  now = heardCaption(now, say(0, "Jeg har"));
  assert.deepEqual(now, [say(0, "Jeg har vondt", true)]);
});

test("three sentences stand there, whoever says them, and what comes late is left out", () => {
  let now = FRESH_CAPTIONS;
  for (let line = 0; line < 5; line++) now = heardCaption(now, say(line, `Setning ${line}`));
  now = heardCaption(now, say(1, "Gammel"));
  now = heardCaption(now, say(0, "Og du?", true, "kari"));
  assert.deepEqual(
    now.map((one) => one.words),
    ["Setning 3", "Setning 4", "Og du?"],
  );
  assert.equal(heardCaption(now, say(9, "  ")), now);
});

test("what a recogniser hears becomes captions, numbered through all recognisers", () => {
  const results = [
    { isFinal: true, 0: { transcript: "Hei " } },
    { isFinal: false, 0: { transcript: ` ${"x".repeat(600)}` } },
    { isFinal: false, 0: { transcript: "" } },
  ];
  const made = captionsIn({ resultIndex: 0, results }, 4);
  assert.deepEqual(made[0], { line: 4, words: "Hei", final: true });
  assert.equal(made[1]?.words.length, 500);
  assert.equal(made.length, 2);
});

test("a browser that does not say that it works on the device is not used", async () => {
  const page = globalThis as { SpeechRecognition?: unknown; document?: unknown };
  page.document = { documentElement: { lang: "nb" } };
  assert.equal(await canRecognise(), false);
  page.SpeechRecognition = class {};
  assert.equal(await canRecognise(), false);
  const asked: unknown[] = [];
  const answers = (answer: string) => {
    const available = async (wanted: unknown): Promise<string> => {
      asked.push(wanted);
      return answer;
    };
    return Object.assign(function Recogniser() {}, { available });
  };
  for (const answer of ["downloadable", "downloading", "unavailable"]) {
    page.SpeechRecognition = answers(answer);
    assert.equal(await canRecognise(), false, answer);
  }
  page.SpeechRecognition = answers("available");
  assert.equal(await canRecognise(), true);
  assert.deepEqual(asked.at(-1), { langs: ["nb-NO"], processLocally: true });
  delete page.SpeechRecognition;
  delete page.document;
});
