/** How the light falls, measured in the camera's own picture. */

export type Lighting = "ok" | "dark" | "backlit" | "bright";

const WIDTH = 64;
const HEIGHT = 36;
/** Where a face is when somebody sits in front of a camera. */
const FACE = { left: 0.3, right: 0.7, top: 0.15, bottom: 0.85 };
const DARK = 60;
const WASHED_OUT = 0.3;
const CONTRAST = 55;

/** Judges RGBA pixels: too dark, washed out, or with the light behind the person. */
export function lightOf(pixels: ArrayLike<number>, width: number, height: number): Lighting {
  let [inside, outside, within, around, white] = [0, 0, 0, 0, 0];
  for (let place = 0; place < width * height; place++) {
    const [red = 0, green = 0, blue = 0] = [pixels[place * 4], pixels[place * 4 + 1], pixels[place * 4 + 2]];
    const bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    const [x, y] = [(place % width) / width, Math.floor(place / width) / height];
    const isFace = x >= FACE.left && x < FACE.right && y >= FACE.top && y < FACE.bottom;
    if (isFace) {
      inside += bright;
      within++;
      if (bright > 245) white++;
    } else {
      outside += bright;
      around++;
    }
  }
  const face = inside / Math.max(1, within);
  const behind = outside / Math.max(1, around);
  if (behind - face > CONTRAST && face < 130) return "backlit";
  if (face < DARK) return "dark";
  return white / Math.max(1, within) > WASHED_OUT ? "bright" : "ok";
}

/** Looks at the picture once a second until `signal` ends it; tells what two looks in a row agree on. */
export function watchLight(
  video: HTMLVideoElement,
  signal: AbortSignal,
  onLight: (light: Lighting) => void,
): void {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let before: Lighting | null = null;
  const timer = setInterval(() => {
    if (!context || video.videoWidth === 0 || !video.srcObject) return;
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const now = lightOf(context.getImageData(0, 0, WIDTH, HEIGHT).data, WIDTH, HEIGHT);
    if (now === before) onLight(now);
    before = now;
  }, 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
}
