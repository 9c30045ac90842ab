import { ink, SIDE } from "../../../../support/digits.ts";
import type { Point } from "../../../../support/glyphs.ts";
import { element } from "../../lib/elements.ts";
import { colour, onThemeChange } from "../../lib/theme.ts";

/** Pixels of the canvas for each of the 28 x 28 of a digit. */
const SCALE = 20;
/** Radius of the pen, in pixels of a digit. */
const PEN = 1.1;
/** The larger side of a digit in its frame: as wide as they are in MNIST. */
const SIZE = 20;
/** A dot is not blown up to the size of a digit. */
const MOST_ZOOM = 4;

/** What is drawn as the network is to see it, 28 x 28 from 0 (paper) to 1 (ink), as large as other digits and in the middle. */
export function framed(strokes: readonly Point[][]): Float32Array {
  const points = strokes.flat();
  const span = (k: 0 | 1): { middle: number; size: number } => {
    const values = points.map((point) => point[k]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { middle: (low + high) / 2, size: high - low };
  };
  const [x, y] = [span(0), span(1)];
  const zoom = Math.min(MOST_ZOOM, (SIZE - 2 * PEN) / Math.max(x.size, y.size, 1));
  const placed = strokes.map((stroke) =>
    stroke.map(
      ([px, py]): Point => [SIDE / 2 + zoom * (px - x.middle), SIDE / 2 + zoom * (py - y.middle)],
    ),
  );
  return Float32Array.from(ink(placed.map(atLeastTwo), PEN));
}

/** A dot is a line without length. */
const atLeastTwo = (stroke: Point[]): Point[] =>
  stroke.length === 1 ? [stroke[0]!, stroke[0]!] : stroke;

export interface Pad {
  readonly element: HTMLElement;
  /** Takes everything off the paper. */
  clear(): void;
  /** Shows a picture of 28 x 28, from 0 to 1. What is drawn next begins on empty paper. */
  show(picture: Float32Array): void;
}

export interface PadListener {
  /** Called while something is drawn with what there is by now; `finished` once the pen is lifted. Undefined: empty paper. */
  drawn(picture: Float32Array | undefined, finished: boolean): void;
  /** Says what a key has done. */
  announce(text: string): void;
}

const keys: Readonly<Record<string, Point>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

const MIDDLE = SIDE / 2;

/** Paper to draw a digit on: by mouse, finger or keys. */
export function pad({ drawn, announce }: PadListener): Pad {
  let strokes: Point[][] = [];
  let sample: Float32Array | undefined;
  let cursor: Point = [MIDDLE, MIDDLE];
  let penDown = false;
  const canvas = element("canvas", {
    ...{ class: "pad", width: SIDE * SCALE, height: SIDE * SCALE, tabindex: 0 },
    ...{
      role: "application",
      "aria-label": "Paper to draw a digit on",
      "aria-describedby": "pad-help",
    },
  });
  const context = canvas.getContext("2d")!;

  function paint(): void {
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = context.strokeStyle = colour("--ink");
    if (sample) paintPicture(sample);
    context.globalAlpha = 1;
    context.lineWidth = 2 * PEN * SCALE;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of strokes) {
      context.beginPath();
      for (const [x, y] of atLeastTwo(stroke)) context.lineTo(x * SCALE, y * SCALE);
      context.stroke();
    }
    if (document.activeElement === canvas && canvas.matches(":focus-visible")) paintCursor();
  }

  function paintPicture(picture: Float32Array): void {
    picture.forEach((value, i) => {
      context.globalAlpha = value;
      context.fillRect((i % SIDE) * SCALE, Math.floor(i / SIDE) * SCALE, SCALE, SCALE);
    });
  }

  function paintCursor(): void {
    const [x, y] = [cursor[0] * SCALE, cursor[1] * SCALE];
    context.strokeStyle = colour("--accent");
    context.lineWidth = 3;
    context.beginPath();
    context.arc(x, y, (penDown ? 1 : 1.6) * PEN * SCALE, 0, 2 * Math.PI);
    context.stroke();
  }

  const tell = (finished: boolean): void => {
    paint();
    drawn(strokes.length > 0 ? framed(strokes) : undefined, finished);
  };
  const begin = (point: Point): void => {
    sample = undefined;
    strokes.push([point]);
    tell(false);
  };
  const goOn = (points: readonly Point[]): void => {
    strokes.at(-1)!.push(...points);
    tell(false);
  };
  const clear = (): void => {
    [strokes, sample, penDown] = [[], undefined, false];
    tell(true);
  };

  const at = ({ offsetX, offsetY }: PointerEvent): Point => [
    (offsetX / canvas.clientWidth) * SIDE,
    (offsetY / canvas.clientHeight) * SIDE,
  ];
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    begin(at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const moves = event.getCoalescedEvents();
    goOn((moves.length > 0 ? moves : [event]).map(at));
  });
  canvas.addEventListener("lostpointercapture", () => tell(true));

  function lift(): void {
    penDown = false;
    tell(true);
    announce("Pen up");
  }

  function move([dx, dy]: Point): void {
    const inside = (value: number): number => Math.min(SIDE - 1, Math.max(1, value));
    cursor = [inside(cursor[0] + dx), inside(cursor[1] + dy)];
    if (penDown) goOn([cursor]);
    else paint();
    announce(`column ${cursor[0]}, row ${cursor[1]}`);
  }

  canvas.addEventListener("keydown", (event) => {
    const direction = keys[event.key];
    if (direction) move(direction);
    else if (event.key === " " && penDown) lift();
    else if (event.key === " ") {
      penDown = true;
      begin(cursor);
      announce("Pen down");
    } else if (event.key === "Delete" || event.key === "Backspace") clear();
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("focus", paint);
  canvas.addEventListener("blur", () => (penDown ? lift() : paint()));
  onThemeChange(paint);
  paint();

  return {
    element: canvas,
    clear,
    show(picture) {
      [strokes, sample, penDown] = [[], picture, false];
      paint();
    },
  };
}
