import assert from "node:assert/strict";
import { test } from "node:test";
import { browserOf, faultOf, isInAppBrowser, type Media, openDevices, reachesRelay } from "./devices";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko)";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const AGENTS = {
  safari_ios: `${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`,
  other_ios: `${IPHONE} CriOS/126.0 Mobile/15E148 Safari/604.1`,
  chrome_android: `${ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36`,
  samsung: `${ANDROID} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
  firefox_android: "Mozilla/5.0 (Android 13; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
  safari_mac: `${MAC} Version/17.5 Safari/605.1.15`,
  edge: `${WINDOWS} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`,
  firefox: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
  chrome: `${WINDOWS} Chrome/126.0.0.0 Safari/537.36`,
} as const;

test("every browser gets its own words", () => {
  for (const [name, agent] of Object.entries(AGENTS)) assert.equal(browserOf(agent), name);
});

test("pages inside other apps are recognised, and ordinary browsers are left alone", () => {
  for (const agent of [
    `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/450.0]`,
    `${IPHONE} Mobile/15E148 Instagram 300.0`,
    `${IPHONE} Mobile/15E148`,
    `${ANDROID} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/450.0]`,
    ANDROID.replace("SM-A135F", "SM-A135F; wv"),
  ]) {
    assert.equal(isInAppBrowser(agent), true, agent);
  }
  for (const agent of Object.values(AGENTS)) assert.equal(isInAppBrowser(agent), false, agent);
});

test("each refusal has its name", () => {
  const fault = (name: string, message = "", agent: string = AGENTS.chrome) =>
    faultOf(new DOMException(message, name), agent);
  assert.equal(fault("NotAllowedError", "Permission denied"), "denied");
  assert.equal(fault("NotAllowedError", "Permission denied by system"), "denied_by_system");
  assert.equal(fault("NotAllowedError", "", `${IPHONE} [FBAN/FBIOS]`), "in_app_browser");
  assert.equal(fault("NotReadableError"), "in_use");
  assert.equal(fault("AbortError"), "in_use");
  assert.equal(fault("NotFoundError"), "missing");
  assert.equal(fault("OverconstrainedError"), "missing");
  assert.equal(fault("TypeError"), "failed");
  assert.equal(faultOf("?", AGENTS.chrome), "failed");
});

function withPages<T>(work: () => Promise<T>): Promise<T> {
  const world = globalThis as Record<string, unknown>;
  world.RTCPeerConnection = class {};
  world.RTCRtpSender = class {
    replaceTrack() {}
  };
  world.MediaStream = class {
    constructor(readonly tracks: unknown[] = []) {}
    getTracks() {
      return this.tracks;
    }
  };
  return work().finally(() => {
    delete world.RTCPeerConnection;
    delete world.RTCRtpSender;
    delete world.MediaStream;
  });
}

function media(answers: Record<string, string | unknown[]>, asked: string[] = []): Media {
  return {
    async getUserMedia(wanted) {
      const what = [wanted.audio ? "sound" : "", wanted.video ? "picture" : ""].filter(Boolean).join("+");
      asked.push(what);
      const answer = answers[what];
      if (typeof answer === "string") throw new DOMException("", answer);
      return new MediaStream((answer ?? []) as MediaStreamTrack[]);
    },
  };
}

test("both devices are asked for in one question", async () => {
  await withPages(async () => {
    const asked: string[] = [];
    const opened = await openDevices(AGENTS.chrome, media({ "sound+picture": ["a", "v"] }, asked));
    assert.deepEqual(asked, ["sound+picture"]);
    assert.deepEqual([opened.camera.is, opened.microphone.is], ["ready", "ready"]);
  });
});

test("a broken camera does not take the microphone with it", async () => {
  await withPages(async () => {
    const answers = { "sound+picture": "NotReadableError", sound: ["a"], picture: "NotReadableError" };
    const opened = await openDevices(AGENTS.chrome, media(answers));
    assert.deepEqual(opened.microphone, { is: "ready" });
    assert.deepEqual(opened.camera, { is: "out", fault: "in_use" });
    assert.equal(opened.stream?.getTracks().length, 1);
  });
});

test("nothing opens and nothing throws where everything is refused", async () => {
  await withPages(async () => {
    const no = "NotAllowedError";
    const opened = await openDevices(AGENTS.chrome, media({ "sound+picture": no, sound: no, picture: no }));
    assert.equal(opened.stream, null);
    assert.deepEqual(opened.camera, { is: "out", fault: "denied" });
  });
});

test("a browser without cameras or calls is told to be too old", async () => {
  const opened = await openDevices(AGENTS.chrome, null);
  assert.deepEqual(opened.camera, { is: "out", fault: "unsupported" });
  const inApp = await openDevices(`${IPHONE} [FBAN/FBIOS]`, null);
  assert.deepEqual(inApp.camera, { is: "out", fault: "in_app_browser" });
});

test("a browser that cannot change the picture of a call is too old for one", async () => {
  await withPages(async () => {
    const answers = { "sound+picture": ["a", "v"] };
    assert.equal((await openDevices(AGENTS.chrome, media(answers))).camera.is, "ready");
    (globalThis as Record<string, unknown>).RTCRtpSender = class {};
    const opened = await openDevices(AGENTS.chrome, media(answers));
    assert.deepEqual(opened.camera, { is: "out", fault: "unsupported" });
  });
});

test("without a relay there is nothing to reach", async () => {
  assert.equal(await reachesRelay([]), true);
});
