/** A drawn, friendly face that breathes, blinks and moves its mouth: the picture of somebody who does not exist. */

export interface Look {
  /** How open the mouth is, from 0 to 1. */
  readonly mouth: number;
  /** The name on the card that is held up, or none. */
  readonly card: string | null;
  readonly coat: boolean;
}

export interface Drawn {
  readonly track: MediaStreamTrack;
  /** A frozen picture is what a bad network looks like. */
  freeze(on: boolean): void;
  show(card: string | null): void;
  stop(): void;
}

const WIDE = 640;
const HIGH = 480;
const EVERY = 66;

/** Eyes are shut for a moment now and then, not in step with anything else. */
export function isBlinking(seconds: number): boolean {
  return seconds % 3.7 < 0.14 || seconds % 9.1 < 0.1;
}

function oval(pen: CanvasRenderingContext2D, x: number, y: number, wide: number, high: number): void {
  pen.beginPath();
  pen.ellipse(x, y, Math.max(wide, 0.5), Math.max(high, 0.5), 0, 0, Math.PI * 2);
}

function filled(
  pen: CanvasRenderingContext2D,
  colour: string,
  at: readonly [number, number, number, number],
): void {
  pen.fillStyle = colour;
  oval(pen, ...at);
  pen.fill();
}

function drawSmile(pen: CanvasRenderingContext2D, x: number, y: number): void {
  pen.strokeStyle = "#96403c";
  pen.lineWidth = 6;
  pen.lineCap = "round";
  pen.beginPath();
  pen.arc(x, y, 36, 0.22 * Math.PI, 0.78 * Math.PI);
  pen.stroke();
}

function drawHead(pen: CanvasRenderingContext2D, seconds: number, look: Look): void {
  const x = 320 + Math.sin(seconds * 0.7) * 6;
  const y = 225 + Math.sin(seconds * 1.3) * 4;
  filled(pen, look.coat ? "#f4f6f8" : "#3d6f8e", [320, 480, 190, 130]);
  filled(pen, look.coat ? "#4a3426" : "#c9c6c1", [x, y - 28, 118, 128]);
  filled(pen, "#e9b995", [x, y + 135, 42, 50]);
  filled(pen, "#f0c8a6", [x, y, 100, 122]);
  filled(pen, look.coat ? "#4a3426" : "#c9c6c1", [x, y - 100, 92, 38]);
  for (const side of [-1, 1]) {
    filled(pen, "#e8a791", [x + side * 58, y + 30, 18, 11]);
    if (isBlinking(seconds)) filled(pen, "#7a5640", [x + side * 38, y - 16, 16, 2]);
    else {
      filled(pen, "#ffffff", [x + side * 38, y - 16, 17, 12]);
      filled(pen, "#2e4a5c", [x + side * 38 + Math.sin(seconds * 0.4) * 3, y - 16, 8, 8]);
    }
  }
  filled(pen, "#e2b08c", [x, y + 18, 9, 13]);
  if (look.mouth > 0) filled(pen, "#96403c", [x, y + 62, 30 - look.mouth * 6, 4 + look.mouth * 18]);
  else drawSmile(pen, x, y + 40);
}

function drawCard(pen: CanvasRenderingContext2D, name: string): void {
  pen.fillStyle = "#ffffff";
  pen.fillRect(150, 270, 340, 190);
  pen.strokeStyle = "#1f4e66";
  pen.lineWidth = 4;
  pen.strokeRect(150, 270, 340, 190);
  filled(pen, "#c9c6c1", [225, 350, 42, 48]);
  filled(pen, "#f0c8a6", [225, 358, 32, 40]);
  pen.fillStyle = "#16232c";
  pen.font = "700 26px sans-serif";
  pen.fillText("BANKKORT", 290, 320);
  pen.font = "24px sans-serif";
  pen.fillText(name, 290, 360);
  pen.fillText("•••• 1958", 290, 396);
}

/** Draws one picture. */
export function draw(pen: CanvasRenderingContext2D, seconds: number, look: Look): void {
  pen.fillStyle = look.coat ? "#dfe8ec" : "#e9e2d4";
  pen.fillRect(0, 0, WIDE, HIGH);
  pen.fillStyle = look.coat ? "#c5d5dc" : "#d8ccb4";
  pen.fillRect(40, 40, 130, 160);
  drawHead(pen, seconds, look);
  if (look.card !== null) drawCard(pen, look.card);
}

/** A camera in front of a drawn face. `mouth` says how open the mouth is now. */
export function drawFace(mouth: () => number, coat = false): Drawn {
  const canvas = document.createElement("canvas");
  canvas.width = WIDE;
  canvas.height = HIGH;
  const pen = canvas.getContext("2d", { alpha: false });
  let frozen = false;
  let card: string | null = null;
  const began = performance.now();
  const paint = (): void => {
    if (pen && !frozen) draw(pen, (performance.now() - began) / 1000, { mouth: mouth(), card, coat });
  };
  paint();
  // Not by frames of the screen: a window behind another one has none.
  const timer = setInterval(paint, EVERY);
  const [track] = canvas.captureStream(15).getVideoTracks();
  if (!track) throw new Error("a canvas gives one picture");
  return {
    track,
    freeze(on) {
      frozen = on;
    },
    show(shown) {
      card = shown;
    },
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
