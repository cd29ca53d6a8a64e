/**
 * What somebody who helps needs to know of a browser, as lines of text. Pure, and closed: nothing goes into it but what
 * stands in `Facts`, so no name, no address of a page and nothing about a patient can come along.
 */

export type Said = "yes" | "no" | "unknown";

export interface Facts {
  readonly version: string;
  readonly at: Date;
  readonly agent: string;
  readonly language: string;
  readonly screen: string;
  readonly window: string;
  readonly zoom: number;
  readonly camera: string;
  readonly microphone: string;
  /** How many of each kind; labels are left out, since people name their devices after themselves. */
  readonly devices: Readonly<Record<"videoinput" | "audioinput" | "audiooutput", number>>;
  readonly online: boolean;
  readonly kind: string;
  /** Milliseconds to the server and back, the middle one of three; null when it did not answer. */
  readonly ping: number | null;
  readonly socket: Said;
  readonly relay: Said | "none";
  readonly webrtc: boolean;
}

/** The name and main version of the browser, and of the system. Order matters: most claim to be others too. */
export function namesIn(agent: string): { browser: string; system: string } {
  const browsers: readonly (readonly [string, RegExp])[] = [
    ["Edge", /Edg(?:A|iOS)?\/(\d+)/],
    ["Samsung Internet", /SamsungBrowser\/(\d+)/],
    ["Opera", /OPR\/(\d+)/],
    ["Firefox", /(?:Firefox|FxiOS)\/(\d+)/],
    ["Chrome", /(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/],
    ["Safari", /Version\/(\d+).*Safari\//],
  ];
  const systems: readonly (readonly [string, RegExp])[] = [
    ["iOS", /(?:iPhone|iPad|iPod).*? OS (\d+)/],
    ["Android", /Android (\d+)/],
    ["Windows", /Windows NT (\d+)/],
    ["ChromeOS", /CrOS \S+ (\d+)/],
    ["macOS", /Mac OS X (\d+)/],
    ["Linux", /Linux()/],
  ];
  return { browser: first(browsers, agent), system: first(systems, agent) };
}

function first(known: readonly (readonly [string, RegExp])[], agent: string): string {
  for (const [name, mark] of known) {
    const found = mark.exec(agent);
    if (found) return found[1] ? `${name} ${found[1]}` : name;
  }
  return "?";
}

/** The lines that are copied. English on purpose: they are for who runs the installation. */
export function linesOf(facts: Facts): string {
  const { browser, system } = namesIn(facts.agent);
  const { videoinput, audioinput, audiooutput } = facts.devices;
  return [
    `Blikk: ${facts.version}`,
    `Time: ${facts.at.toISOString().slice(0, 16)}Z`,
    `Browser: ${browser}`,
    `System: ${system}`,
    `Language: ${facts.language}`,
    `Screen: ${facts.screen}, window ${facts.window}, scale ${facts.zoom}`,
    `Camera permission: ${facts.camera}`,
    `Microphone permission: ${facts.microphone}`,
    `Devices: ${videoinput} camera, ${audioinput} microphone, ${audiooutput} loudspeaker`,
    `WebRTC: ${facts.webrtc ? "yes" : "no"}`,
    `Online: ${facts.online ? "yes" : "no"}, ${facts.kind}`,
    `Server answers: ${facts.ping === null ? "no" : `${Math.round(facts.ping)} ms`}`,
    `WebSocket: ${facts.socket}`,
    `TURN: ${facts.relay === "none" ? "none here" : facts.relay}`,
  ].join("\n");
}
