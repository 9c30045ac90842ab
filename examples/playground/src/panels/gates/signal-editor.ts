import { element, freshId } from "../../lib/elements.ts";
import { colour, onThemeChange } from "../../lib/theme.ts";

export interface SignalEditor {
  readonly element: HTMLElement;
  /** Values from -1 to 1. */
  signal: readonly number[];
  /** The step that the cursor is at. */
  readonly step: number;
}

export interface SignalEditorOptions {
  readonly signal: readonly number[];
  /** Called when a value was changed by hand. */
  readonly changed: () => void;
  /** Called when the cursor has moved. */
  readonly moved: () => void;
}

/** How far an arrow key moves a value. */
const NUDGE = 0.1;

/** Two places, and a minus that is one. */
export const signed = (value: number): string =>
  (Math.round(100 * value) / 100 || 0).toFixed(2).replace("-", "\u2212");

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/** A signal to draw, as bars: by mouse or finger, or by arrow keys. */
export function signalEditor(options: SignalEditorOptions): SignalEditor {
  const { changed, moved } = options;
  let values = [...options.signal];
  let step = 0;
  const hint = freshId("hint");
  const canvas = element("canvas", {
    class: "signal",
    tabindex: 0,
    role: "slider",
    "aria-label": "Input at a time step",
    "aria-orientation": "vertical",
    "aria-valuemin": -1,
    "aria-valuemax": 1,
    "aria-describedby": hint,
  });
  const context = canvas.getContext("2d")!;

  function paint(): void {
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = devicePixelRatio;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    context.scale(ratio, ratio);
    const bar = width / values.length;
    context.fillStyle = colour("--neutral");
    context.fillRect(step * bar, 0, bar, height);
    context.fillStyle = colour("--line");
    context.fillRect(0, height / 2, width, 1);
    values.forEach((value, t) => {
      context.fillStyle = colour(t === step ? "--accent" : "--quiet");
      const length = (value * (height - 8)) / 2;
      context.fillRect(t * bar + 1, height / 2 - Math.max(0, length), bar - 2, Math.abs(length));
    });
    canvas.setAttribute("aria-valuenow", values[step]!.toFixed(2));
    canvas.setAttribute("aria-valuetext", `time step ${step + 1}: ${signed(values[step]!)}`);
  }

  function move(to: number): void {
    step = clamp(to, 0, values.length - 1);
    paint();
    moved();
  }

  function change(at: number, value: number): void {
    values[at] = clamp(value, -1, 1);
    step = at;
    paint();
    changed();
    moved();
  }

  /** The step and the value that are at a point of the canvas. */
  function pointed({ clientX, clientY }: PointerEvent): readonly [step: number, value: number] {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = Math.floor(((clientX - left) / width) * values.length);
    const value = 1 - (2 * (clientY - top)) / height;
    return [clamp(at, 0, values.length - 1), Math.abs(value) < 0.06 ? 0 : value];
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    change(...pointed(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons === 0) return;
    const [at, value] = pointed(event);
    const way = Math.sign(at - step);
    for (let t = step; t !== at; t += way) values[t] = clamp(value, -1, 1); // a quick hand leaves no gaps
    change(at, value);
  });
  canvas.addEventListener("keydown", (event) => {
    const keys: Record<string, () => void> = {
      ArrowLeft: () => move(step - 1),
      ArrowRight: () => move(step + 1),
      Home: () => move(0),
      End: () => move(values.length - 1),
      ArrowUp: () => change(step, values[step]! + NUDGE),
      ArrowDown: () => change(step, values[step]! - NUDGE),
      PageUp: () => change(step, 1),
      PageDown: () => change(step, -1),
      Delete: () => change(step, 0),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  new ResizeObserver(paint).observe(canvas);
  onThemeChange(paint);

  const help =
    "Draw with mouse or finger. By keyboard: left and right choose a time step, up and down change it, Page Up and Page Down " +
    "make a pulse, Delete makes it 0.";
  return {
    element: element("div", {}, canvas, element("p", { class: "hint", id: hint }, help)),
    get signal() {
      return values;
    },
    set signal(signal) {
      values = [...signal];
      paint();
    },
    get step() {
      return step;
    },
  };
}
