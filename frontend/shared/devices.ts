/** Camera, microphone, loudspeaker and network of this browser, and what is wrong with them, by name. */

export type Fault =
  | "denied"
  | "denied_by_system"
  | "in_use"
  | "missing"
  | "unplugged"
  | "in_app_browser"
  | "unsupported"
  | "failed";

export type Browser =
  | "safari_ios"
  | "other_ios"
  | "chrome_android"
  | "samsung"
  | "firefox_android"
  | "safari_mac"
  | "edge"
  | "firefox"
  | "chrome";

/** One device: being asked for, ready, or out for a named reason. */
export type Device =
  | { readonly is: "asking" }
  | { readonly is: "ready" }
  | { readonly is: "out"; readonly fault: Fault };

export interface Opened {
  readonly stream: MediaStream | null;
  readonly camera: Device;
  readonly microphone: Device;
}

export interface Media {
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
}

export const PICTURE: MediaTrackConstraints = {
  facingMode: "user",
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30, max: 30 },
};
export const SOUND: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};
const READY: Device = { is: "ready" };

/** Tells which browser's words help; the tests are ordered, since most browsers claim to be others too. */
export function browserOf(agent: string): Browser {
  if (/iPhone|iPad|iPod/.test(agent)) {
    return /CriOS|FxiOS|EdgiOS/.test(agent) ? "other_ios" : "safari_ios";
  }
  if (/Android/.test(agent)) {
    if (/Firefox\//.test(agent)) return "firefox_android";
    return /SamsungBrowser/.test(agent) ? "samsung" : "chrome_android";
  }
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Edg\//.test(agent)) return "edge";
  if (/Safari\//.test(agent) && !/Chrome\//.test(agent)) return "safari_mac";
  return "chrome";
}

/** A page inside another app (Facebook, Messenger, an e-mail program): it often has no camera at all. */
export function isInAppBrowser(agent: string): boolean {
  if (/FBAN|FBAV|FB_IAB|Instagram|Snapchat|Line\/|MicroMessenger|Twitter|LinkedInApp/.test(agent))
    return true;
  if (/Android/.test(agent)) return /; wv\)/.test(agent);
  return /iPhone|iPad|iPod/.test(agent) && /AppleWebKit/.test(agent) && !/Safari\//.test(agent);
}

/** Gives the reason a name. Browsers put the operating system's refusal in the text only. */
export function faultOf(error: unknown, agent: string): Fault {
  const { name, message } =
    error instanceof Error || error instanceof DOMException ? error : { name: "", message: "" };
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      if (isInAppBrowser(agent)) return "in_app_browser";
      return /system/i.test(message) ? "denied_by_system" : "denied";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "in_use";
    case "NotFoundError":
    case "DevicesNotFoundError":
    case "OverconstrainedError":
      return "missing";
    default:
      return "failed";
  }
}

/** Older browsers have calls, but none in which a picture can be changed while one talks. */
function canCall(): boolean {
  return (
    typeof RTCPeerConnection !== "undefined" && typeof RTCRtpSender?.prototype.replaceTrack === "function"
  );
}

async function openOne(
  media: Media,
  constraints: MediaStreamConstraints,
  agent: string,
): Promise<{ stream: MediaStream | null; device: Device }> {
  try {
    return { stream: await media.getUserMedia(constraints), device: READY };
  } catch (error) {
    return { stream: null, device: { is: "out", fault: faultOf(error, agent) } };
  }
}

/**
 * Opens camera and microphone, together if possible, so that there is one question to the person and not two;
 * else each alone, so that one broken device does not take the other with it. Never throws.
 */
export async function openDevices(
  agent: string = navigator.userAgent,
  media: Media | null = navigator.mediaDevices ?? null,
  audio: MediaTrackConstraints = SOUND,
  video: MediaTrackConstraints = PICTURE,
): Promise<Opened> {
  if (!media?.getUserMedia || !canCall()) {
    const fault: Fault = isInAppBrowser(agent) ? "in_app_browser" : "unsupported";
    return { stream: null, camera: { is: "out", fault }, microphone: { is: "out", fault } };
  }
  const both = await openOne(media, { audio, video }, agent);
  if (both.stream) return { stream: both.stream, camera: READY, microphone: READY };
  const sound = await openOne(media, { audio }, agent);
  const picture = await openOne(media, { video }, agent);
  const tracks = [...(sound.stream?.getTracks() ?? []), ...(picture.stream?.getTracks() ?? [])];
  return {
    stream: tracks.length > 0 ? new MediaStream(tracks) : null,
    camera: picture.device,
    microphone: sound.device,
  };
}

/** Reports how loud the microphone is, from 0 to 1, until `signal` ends it. */
export function listen(stream: MediaStream, signal: AbortSignal, onLevel: (level: number) => void): void {
  if (stream.getAudioTracks().length === 0 || typeof AudioContext === "undefined") return;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (context.state === "suspended") void context.resume().catch(() => undefined);
    analyser.getByteTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += ((sample - 128) / 128) ** 2;
    onLevel(Math.min(1, Math.sqrt(sum / samples.length) * 4));
  }, 100);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    void context.close().catch(() => undefined);
  });
}

/** Plays two soft tones; false where this browser cannot. */
export async function playTone(): Promise<boolean> {
  try {
    const context = new AudioContext();
    await context.resume();
    const volume = context.createGain();
    volume.gain.value = 0.2;
    volume.connect(context.destination);
    [523, 659].forEach((pitch, place) => {
      const tone = context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(volume);
      tone.start(context.currentTime + place * 0.35);
      tone.stop(context.currentTime + place * 0.35 + 0.3);
    });
    setTimeout(() => void context.close().catch(() => undefined), 1500);
    return true;
  } catch {
    return false;
  }
}

/**
 * Tells whether picture and sound could get through: asks the relay for a place, and takes one as the answer. Without
 * a relay there is nothing to ask, and the answer is yes. One connection only: the relay gives the check few places.
 */
export async function reachesRelay(servers: RTCIceServer[], patienceMs = 6000): Promise<boolean> {
  if (servers.length === 0 || typeof RTCPeerConnection === "undefined") return true;
  const connection = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: "relay" });
  try {
    const answered = new Promise<boolean>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        if (candidate?.candidate) resolve(true);
        else if (candidate === null) resolve(false);
      };
      setTimeout(() => resolve(false), patienceMs);
    });
    connection.createDataChannel("check");
    await connection.setLocalDescription(await connection.createOffer());
    return await answered;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

/** Stops camera and microphone, so that their lights go out. */
export function closeDevices(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
