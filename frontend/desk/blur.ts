/** Blurs what is behind the person, on this device: nothing leaves it, and all parts come from our own host. */

/** A picture of fewer frames a second is worse than the room behind. */
export const LEAST_FRAMES = 15;
const WORKER = "/utstyr/sloring.js";
const SOFT = { width: 48, height: 27 };
const SETTLES = 4;

/** Judges the frames of one second after the other: the first are for warming up, then three slow ones in a row say no. */
export function paceJudge(least = LEAST_FRAMES): (frames: number) => "warming" | "good" | "slow" {
  let [seconds, slow] = [0, 0];
  return (frames) => {
    seconds += 1;
    if (seconds <= SETTLES) return "warming";
    slow = frames < least ? slow + 1 : 0;
    return slow >= 3 ? "slow" : "good";
  };
}

const SOURCES = new WeakMap<MediaStreamTrack, MediaStreamTrack>();

/** The camera behind a softened picture; any other picture is its own. */
export function bare(track: MediaStreamTrack): MediaStreamTrack {
  return SOURCES.get(track) ?? track;
}

export interface BlurOptions {
  /** The machine is not fast enough, or the parts could not be fetched; the plain picture goes on. */
  readonly onGiveUp: (why: "slow" | "failed") => void;
  readonly onPace?: (frames: number) => void;
}

function canvasOf(width: number, height: number) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: width <= 256 });
  if (!context) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  return { canvas, context };
}

type Told = { mask?: ArrayBuffer; width?: number; height?: number; tick?: true; failed?: true };

/** Draws the person sharp on the softened room; before the person is found, everything is soft. */
class Painter {
  private readonly video = document.createElement("video");
  private readonly out: ReturnType<typeof canvasOf>;
  private readonly soft = canvasOf(SOFT.width, SOFT.height);
  private small: ReturnType<typeof canvasOf> | null = null;
  private mask: ReturnType<typeof canvasOf> | null = null;
  private busy = false;
  private isPlain = false;
  painted = 0;

  constructor(source: MediaStreamTrack) {
    const { width = 1280, height = 720 } = source.getSettings();
    this.out = canvasOf(width, height);
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.srcObject = new MediaStream([source]);
    void this.video.play().catch(() => undefined);
  }

  stream(): MediaStream {
    return this.out.canvas.captureStream(30);
  }

  learnSize(width: number, height: number): void {
    this.small = canvasOf(width, height);
    this.mask = canvasOf(width, height);
  }

  /** No more blur: the picture as it is. */
  goPlain(): void {
    this.isPlain = true;
  }

  /** Gives the next small picture to look for the person in; null while the last is not answered. */
  next(): ArrayBuffer | null {
    if (this.video.videoWidth === 0) return null;
    if (this.isPlain || !this.small) {
      this.paint(null);
      return null;
    }
    if (this.busy) return null;
    this.busy = true;
    const { canvas, context } = this.small;
    context.drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height).data.buffer as ArrayBuffer;
  }

  answer(found: ArrayBuffer): void {
    this.busy = false;
    if (!this.mask) return;
    const { canvas, context } = this.mask;
    context.putImageData(new ImageData(new Uint8ClampedArray(found), canvas.width, canvas.height), 0, 0);
    this.painted += 1;
    this.paint(canvas);
  }

  private paint(mask: HTMLCanvasElement | null): void {
    const { canvas, context } = this.out;
    const { width, height } = canvas;
    context.globalCompositeOperation = "copy";
    if (this.isPlain) {
      context.drawImage(this.video, 0, 0, width, height);
      return;
    }
    if (mask) {
      context.drawImage(mask, 0, 0, width, height);
      context.globalCompositeOperation = "source-in";
      context.drawImage(this.video, 0, 0, width, height);
      context.globalCompositeOperation = "destination-over";
    }
    this.soft.context.drawImage(this.video, 0, 0, SOFT.width, SOFT.height);
    context.drawImage(this.soft.canvas, 0, 0, width, height);
  }

  close(): void {
    this.video.srcObject = null;
  }
}

/** The picture of a camera with the room behind softened. Stopping it stops the camera. */
export function blurred(source: MediaStreamTrack, options: BlurOptions): MediaStreamTrack {
  let painter: Painter;
  let worker: Worker;
  try {
    painter = new Painter(source);
    worker = new Worker(WORKER);
  } catch {
    options.onGiveUp("failed");
    return source;
  }
  const [made] = painter.stream().getVideoTracks();
  if (!made) return source;
  const judge = paceJudge();
  const giveUp = (why: "slow" | "failed"): void => {
    painter.goPlain();
    clearInterval(pace);
    options.onGiveUp(why);
  };
  const pace = setInterval(() => {
    options.onPace?.(painter.painted);
    if (judge(painter.painted) === "slow") giveUp("slow");
    painter.painted = 0;
  }, 1000);
  // Without a worker there is no clock either: the plain picture then goes by the page's own.
  let clock: ReturnType<typeof setInterval> | undefined;
  const failed = (): void => {
    giveUp("failed");
    clock ??= setInterval(() => painter.next(), 40);
  };
  worker.onerror = failed;
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.failed) failed();
    if (data.width && data.height) painter.learnSize(data.width, data.height);
    if (data.mask) painter.answer(data.mask);
    const small = painter.next();
    if (small) worker.postMessage(small, [small]);
  };
  return standIn(made, source, () => {
    clearInterval(pace);
    clearInterval(clock);
    worker.terminate();
    painter.close();
  });
}

/** The made picture answers for the camera it came from. */
function standIn(made: MediaStreamTrack, source: MediaStreamTrack, end: () => void): MediaStreamTrack {
  const stop = made.stop.bind(made);
  SOURCES.set(made, source);
  Object.defineProperties(made, {
    label: { get: () => source.label },
    getSettings: { value: () => source.getSettings() },
    stop: {
      value: () => {
        end();
        stop();
        source.stop();
      },
    },
  });
  source.addEventListener("ended", () => {
    made.stop();
    made.dispatchEvent(new Event("ended"));
  });
  return made;
}
