/** The own camera, microphone and screen: opened, switched, stopped. Never throws; what failed is told by name. */

import { type Fault, PICTURE as FIRST_PICTURE, faultOf, SOUND } from "../shared/devices";

export type Trouble = "camera" | "microphone" | "screen";
/** Why: for a microphone that was pulled out, whether another one took its place. */
export type Why = Fault | "replaced";

/** Changes a picture before it is seen; `isWorn` when it is shown already, so that it may not be stopped with the old. */
export type Dress = (track: MediaStreamTrack, isWorn?: boolean) => Promise<MediaStreamTrack>;

export interface OwnOptions {
  readonly stream: MediaStream | null;
  /** Another track is to be sent on a line, or none. */
  readonly onTrack: (kind: "audio" | "video", track: MediaStreamTrack | null) => void;
  readonly onChange: () => void;
  readonly onTrouble: (trouble: Trouble, why: Why) => void;
  /** Changes the camera's picture before anybody sees it, such as by blurring what is behind. */
  readonly dress?: Dress | undefined;
  readonly signal: AbortSignal;
}

/** The side of a phone that the camera looks to is asked for by name. */
const { facingMode: _facing, ...PICTURE } = FIRST_PICTURE;

async function devices(kind: MediaDeviceKind): Promise<MediaDeviceInfo[]> {
  try {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.filter((one) => one.kind === kind && one.deviceId !== "communications");
  } catch {
    return [];
  }
}

/** The device after the one in use, round and round; null when there is no other. */
export function following(all: readonly { deviceId: string }[], used: string | undefined): string | null {
  if (all.length < 2) return null;
  const place = all.findIndex((one) => one.deviceId === used);
  return all[(place + 1) % all.length]?.deviceId ?? null;
}

export class Own {
  /** What the person sees of themselves, and the id under which sound and picture belong together. */
  readonly stream = new MediaStream();
  private microphone: MediaStreamTrack | null = null;
  private camera: MediaStreamTrack | null = null;
  private screen: MediaStreamTrack | null = null;
  private muted = false;
  /** The person has pressed a button, so devices that open late are not switched on against it. */
  private hasChosen = false;
  private hasLostSound = false;
  private facing: "user" | "environment" = "user";
  /** While nothing is to be open: what was. */
  private rested: { readonly camera: boolean } | null = null;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: OwnOptions) {
    this.take("microphone", options.stream?.getAudioTracks()[0] ?? null);
    this.take("camera", options.stream?.getVideoTracks()[0] ?? null);
    const { signal } = options;
    signal.addEventListener("abort", () => this.stop());
    navigator.mediaDevices?.addEventListener("devicechange", () => this.pluggedIn(), { signal });
  }

  get audio(): MediaStreamTrack | null {
    return this.microphone;
  }

  /** The screen while it is shared, else the camera. */
  get video(): MediaStreamTrack | null {
    return this.screen ?? this.camera;
  }

  get isMuted(): boolean {
    return this.muted || this.microphone === null;
  }

  get hasCamera(): boolean {
    return this.camera !== null;
  }

  get isSharing(): boolean {
    return this.screen !== null;
  }

  /** Lets microphone, camera and screen go, and remembers what was on. */
  rest(): Promise<void> {
    return this.inTurn(async () => {
      if (this.rested) return;
      // Who has opened nothing yet gets both when it begins.
      const hasNothing = this.camera === null && this.microphone === null;
      this.rested = { camera: this.camera !== null || hasNothing };
      this.show(null);
      this.take("camera", null);
      this.take("microphone", null);
    });
  }

  /** Opens again what was on before the rest. */
  wake(): Promise<void> {
    return this.inTurn(async () => {
      const before = this.rested;
      this.rested = null;
      if (!before) return;
      if (!this.microphone) this.take("microphone", await this.open("microphone", { audio: SOUND }));
      if (before.camera && !this.camera) await this.openCamera({ facingMode: this.facing });
    });
  }

  /** Takes devices that opened when the conversation had begun already. */
  adopt(stream: MediaStream): Promise<void> {
    return this.inTurn(async () => {
      if (this.hasChosen) return;
      if (this.rested) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      // A device that was just pulled out is still in the stream of whoever opened it.
      const audio = stream.getAudioTracks().find((one) => one.readyState === "live");
      const video = stream.getVideoTracks().find((one) => one.readyState === "live");
      if (audio && !this.microphone) this.take("microphone", audio);
      if (video && !this.camera) this.take("camera", video);
    });
  }

  setMicrophone(on: boolean): Promise<void> {
    this.hasChosen = true;
    return this.inTurn(async () => {
      if (on && this.microphone === null)
        this.take("microphone", await this.open("microphone", { audio: SOUND }));
      this.muted = !on;
      if (this.microphone) this.microphone.enabled = on;
    });
  }

  /** Off really stops the camera, so that its light goes out. */
  setCamera(on: boolean): Promise<void> {
    this.hasChosen = true;
    return this.inTurn(async () => {
      if (!on) this.take("camera", null);
      else if (!this.camera) await this.openCamera({ facingMode: this.facing });
    });
  }

  switchCamera(): Promise<void> {
    return this.inTurn(async () => {
      const all = await devices("videoinput");
      const before = this.camera?.getSettings();
      const isPhone = before?.facingMode !== undefined && all.length > 1;
      const other = following(all, before?.deviceId);
      if (!isPhone && !other) return;
      // Many phones cannot hold two cameras at once: the first one is stopped before the second is opened.
      this.take("camera", null);
      this.facing = before?.facingMode === "environment" ? "user" : "environment";
      const choice = isPhone ? { facingMode: { exact: this.facing } } : { deviceId: { exact: other ?? "" } };
      await this.openCamera(choice, before?.deviceId);
    });
  }

  switchMicrophone(): Promise<void> {
    return this.inTurn(async () => {
      const before = this.microphone?.getSettings().deviceId;
      const other = following(await devices("audioinput"), before);
      if (!other) return;
      const track = await this.open("microphone", { audio: { ...SOUND, deviceId: { exact: other } } });
      if (track) this.take("microphone", track);
    });
  }

  share(on: boolean): Promise<void> {
    return this.inTurn(async () => {
      if (!on) return this.show(null);
      try {
        const stream = await navigator.mediaDevices.getDisplayMedia({
          video: { frameRate: { ideal: 15, max: 30 } },
        });
        this.show(stream.getVideoTracks()[0] ?? null);
      } catch (error) {
        // Closing the browser's own question is no fault.
        if (!(error instanceof DOMException && error.name === "NotAllowedError"))
          this.options.onTrouble("screen", "failed");
      }
    });
  }

  /** Dresses the picture anew, when it shall look otherwise from now on. */
  redress(): Promise<void> {
    return this.inTurn(async () => {
      const { dress } = this.options;
      if (this.camera && dress) this.take("camera", await dress(this.camera, true));
    });
  }

  /** What the devices in use are called by the browser. */
  names(): { camera: string; microphone: string } {
    return { camera: this.camera?.label ?? "", microphone: this.microphone?.label ?? "" };
  }

  private async openCamera(choice: MediaTrackConstraints, fallback?: string): Promise<void> {
    let track = await this.open("camera", { video: { ...PICTURE, ...choice } });
    if (!track && fallback) track = await this.open("camera", { video: { ...PICTURE, deviceId: fallback } });
    this.take("camera", (track && (await this.options.dress?.(track))) || track);
  }

  /** One device, or null and why not. */
  private async open(
    which: "camera" | "microphone",
    wanted: MediaStreamConstraints,
  ): Promise<MediaStreamTrack | null> {
    try {
      return (await navigator.mediaDevices.getUserMedia(wanted)).getTracks()[0] ?? null;
    } catch (error) {
      this.options.onTrouble(which, faultOf(error, navigator.userAgent));
      return null;
    }
  }

  private show(track: MediaStreamTrack | null): void {
    this.screen?.stop();
    this.screen = track;
    if (track) {
      track.contentHint = "detail";
      track.addEventListener("ended", () => {
        if (this.screen === track) void this.share(false);
      });
    }
    this.options.onTrack("video", this.video);
  }

  private take(which: "microphone" | "camera", track: MediaStreamTrack | null): void {
    const old = this[which];
    if (old === track) return;
    if (old) {
      this.stream.removeTrack(old);
      old.stop();
    }
    this[which] = track;
    if (track) {
      this.stream.addTrack(track);
      if (which === "microphone") track.enabled = !this.muted;
      else track.contentHint = "motion";
      track.addEventListener("ended", () => this.lost(which, track));
    }
    if (which === "microphone") this.options.onTrack("audio", track);
    else if (!this.screen) this.options.onTrack("video", track);
  }

  /** A device was pulled out: sound is taken from whatever microphone is left, a camera is not switched on unasked. */
  private lost(which: "microphone" | "camera", track: MediaStreamTrack): void {
    void this.inTurn(async () => {
      if (this[which] !== track) return;
      this.take(which, null);
      if (which === "camera") return this.options.onTrouble(which, "unplugged");
      this.hasLostSound = !(await this.findSound());
      this.options.onTrouble(which, this.hasLostSound ? "unplugged" : "replaced");
    });
  }

  /** Takes sound from whatever microphone there is. */
  private async findSound(): Promise<boolean> {
    const { mediaDevices } = navigator;
    const found = await mediaDevices.getUserMedia({ audio: SOUND }).catch(() => null);
    this.take("microphone", found?.getTracks()[0] ?? null);
    return found !== null;
  }

  /** Something was plugged in: whoever lost their sound has it back without a press. */
  private pluggedIn(): void {
    void this.inTurn(async () => {
      if (!this.hasLostSound || this.microphone) return;
      this.hasLostSound = !(await this.findSound());
      if (!this.hasLostSound) this.options.onTrouble("microphone", "replaced");
    });
  }

  /** One change of devices at a time: two quick presses must not open two cameras. */
  private inTurn(step: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(async () => {
      if (this.options.signal.aborted) return;
      await step();
      if (this.options.signal.aborted) this.stop();
      else this.options.onChange();
    });
    return this.turn;
  }

  private stop(): void {
    for (const track of [this.microphone, this.camera, this.screen]) track?.stop();
    this.microphone = this.camera = this.screen = null;
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
  }
}
