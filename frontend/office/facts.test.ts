import assert from "node:assert/strict";
import { test } from "node:test";
import { type Facts, linesOf, namesIn } from "./facts";

const FACTS: Facts = {
  version: "0.1.0",
  at: new Date("2026-11-24T09:00:12Z"),
  agent:
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 Edg/130.0",
  language: "nb-NO",
  screen: "1920×1080",
  window: "1280×800",
  zoom: 1,
  camera: "granted",
  microphone: "denied",
  devices: { videoinput: 1, audioinput: 2, audiooutput: 0 },
  online: true,
  kind: "4g",
  ping: 23.4,
  socket: "yes",
  relay: "none",
  webrtc: true,
};

test("the browser and the system are named with their main versions", () => {
  assert.deepEqual(namesIn(FACTS.agent), { browser: "Edge 130", system: "Windows 10" });
  const phone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1";
  assert.deepEqual(namesIn(phone), { browser: "Safari 17", system: "iOS 17" });
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  assert.deepEqual(namesIn(firefox), { browser: "Firefox 128", system: "Linux" });
  assert.deepEqual(namesIn("curl"), { browser: "?", system: "?" });
});

test("the lines say what was found, one thing on each", () => {
  const lines = linesOf(FACTS).split("\n");
  assert.equal(lines.length, 14);
  assert.ok(lines.includes("Microphone permission: denied"));
  assert.ok(lines.includes("Devices: 1 camera, 2 microphone, 0 loudspeaker"));
  assert.ok(lines.includes("Server answers: 23 ms"));
  assert.ok(linesOf({ ...FACTS, ping: null }).includes("Server answers: no"));
});

test("what is no fact of the list never comes along", () => {
  const more = { ...FACTS, patient: "Ola Hansen", address: "https://video.example.no/samtale/abc" };
  assert.equal(/Ola|samtale|example/.test(linesOf(more)), false);
});
