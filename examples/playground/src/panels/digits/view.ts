import { SIDE } from "../../../../support/digits.ts";
import { range } from "../../lib/controls.ts";
import { element } from "../../lib/elements.ts";
import { heatMap } from "../../lib/heat-map.ts";
import type { Reading } from "./reader.ts";

const CLASSES = 10;
/** Milliseconds that a row is looked at when a digit is read aloud, as it were. */
const PER_ROW = 45;

/** A picture and what the network makes of it, row beside row. */
export interface ReadingView {
  readonly element: HTMLElement;
  /** Shows a reading as far as rows have been read; from the first row on where it is to be `replayed`. */
  show(picture: Float32Array, reading: Reading, replayed: boolean): void;
  clear(): void;
}

/** The first `rows` of a matrix with so many columns, nothing in the others. */
function upTo(rows: number, columns: number, values: Float32Array): Float32Array {
  const shown = values.slice();
  shown.fill(Number.NaN, rows * columns);
  return shown;
}

/** The likeliest class after some rows, and how likely it is. */
export function guess({ probabilities }: Reading, rows: number): { digit: number; share: number } {
  const row = probabilities.subarray((rows - 1) * CLASSES, rows * CLASSES);
  const share = Math.max(...row);
  return { digit: row.indexOf(share), share };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export interface ViewOptions {
  /** Whether nothing is to move by itself. */
  readonly still: boolean;
  /** Called when all rows have been read. */
  readonly finished: (verdict: string) => void;
}

/** The view, empty. */
export function readingView({ still, finished }: ViewOptions): ReadingView {
  let shown: { readonly picture: Float32Array; readonly reading: Reading } | undefined;
  let rows = SIDE;
  let frame = 0;
  const map = { rows: SIDE, rowHeight: 8 };
  const picture = heatMap({ ...map, label: "Seen", columns: SIDE, scale: "sequential" });
  const hidden = heatMap({ ...map, label: "Hidden state", columns: SIDE });
  const classes = heatMap({ ...map, label: "0 to 9", columns: CLASSES, scale: "sequential" });
  const verdict = element("p", { class: "reading verdict" });
  const bars = Array.from({ length: CLASSES }, () => element("i"));
  const shares = Array.from({ length: CLASSES }, () => element("span", { class: "number" }));
  const list = element(
    "ol",
    { class: "classes", "aria-label": "How likely each digit is" },
    ...bars.map((bar, digit) =>
      element("li", {}, element("b", {}, `${digit}`), element("span", {}, bar), shares[digit]!),
    ),
  );
  const slider = range({
    label: "Rows read",
    min: 1,
    max: SIDE,
    value: SIDE,
    input: (value) => turnTo(value),
  });
  for (const type of ["pointerdown", "keydown", "input"]) // who takes the slider goes on alone
    slider.element.addEventListener(type, () => cancelAnimationFrame(frame));

  /** What is known after so many rows. */
  function turnTo(next: number): void {
    rows = next;
    slider.value = rows;
    if (!shown) return;
    const { reading } = shown;
    picture.draw(upTo(rows, SIDE, shown.picture));
    hidden.draw(upTo(rows, reading.units, reading.hidden), SIDE, reading.units);
    classes.draw(upTo(rows, CLASSES, reading.probabilities));
    const { digit, share } = guess(reading, rows);
    list.querySelector(".likeliest")?.classList.remove("likeliest");
    bars[digit]!.closest("li")!.classList.add("likeliest");
    for (let n = 0; n < CLASSES; n++) {
      const probability = reading.probabilities[(rows - 1) * CLASSES + n]!;
      bars[n]!.style.width = `${100 * probability}%`;
      shares[n]!.textContent = percent(probability);
    }
    const text = `After row ${rows}: ${digit}, ${percent(share)} sure`;
    verdict.textContent = text;
    picture.describe(`${rows} of ${SIDE} rows`);
    hidden.describe(`${reading.units} units over ${rows} rows`);
    classes.describe(text);
  }

  function replay(): void {
    const start = performance.now();
    const next = (now: number): void => {
      const row = still ? SIDE : 1 + Math.floor((now - start) / PER_ROW);
      turnTo(Math.min(SIDE, Math.max(1, row)));
      if (row < SIDE) frame = requestAnimationFrame(next);
      else finished(verdict.textContent);
    };
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(next);
  }

  return {
    element: element(
      "div",
      { class: "reading-view" },
      element("div", { class: "row-maps" }, picture.element, hidden.element, classes.element),
      slider.element,
      verdict,
      list,
    ),
    show(nextPicture, reading, replayed) {
      shown = { picture: nextPicture, reading };
      if (replayed) replay();
      else turnTo(rows);
    },
    clear() {
      cancelAnimationFrame(frame);
      shown = undefined;
      rows = SIDE;
      const blank = new Float32Array(SIDE * SIDE).fill(Number.NaN);
      picture.draw(blank);
      hidden.draw(blank, SIDE, SIDE);
      classes.draw(blank);
      verdict.textContent = "Nothing drawn yet.";
      list.querySelector(".likeliest")?.classList.remove("likeliest");
      for (const each of bars) each.style.width = "0";
      for (const each of shares) each.textContent = "–";
    },
  };
}
