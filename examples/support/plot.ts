import asciichart from "asciichart";
import type { Colour, Terminal } from "./terminal.ts";

/** Columns of a chart's labels; the axis comes next. */
const LABELS = 8;

/** How many points a chart as wide as the terminal shows. */
export const chartPoints = (terminal: Pick<Terminal, "columns">): number =>
  terminal.columns - LABELS - 2;

/** Rows of a chart, from its highest value to its lowest. */
const ROWS = 13;

/** The values at the ends of a chart's axis. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** From the lowest of some values to the highest. */
export const rangeOf = (values: readonly number[]): Range => ({
  low: Math.min(...values),
  high: Math.max(...values),
});

/**
 * Two series in one chart, from -1.2 to 1.2 if no range is given: the target as a line, the prediction as a dot in every
 * third column, so that both are seen where they agree.
 */
export function chart(
  target: readonly number[],
  prediction: readonly number[],
  paint: Terminal["paint"],
  { low, high }: Range = { low: -1.2, high: 1.2 },
): string[] {
  const format = (value: number): string => value.toFixed(1).padStart(LABELS);
  const settings = { min: low, max: high, height: ROWS - 1, offset: 2, format };
  const rowsPerUnit = (ROWS - 1) / (high - low);
  const dotRow = (value: number): number =>
    Math.round((high - Math.min(high, Math.max(low, value))) * rowsPerUnit); // of NaN: none
  const lines = asciichart.plot(target, settings).split("\n");
  return lines.map((line, row) => {
    const cells = [...line].map((character, column) => {
      const point = column - LABELS - 1;
      if (point < 0) return character;
      if (point % 3 === 0 && dotRow(prediction[point]!) === row) return paint("yellow", "•");
      return character === " " ? character : paint("cyan", character);
    });
    return cells.join("").trimEnd();
  });
}

/** A series after what it is called. */
export type Named = readonly [name: string, values: ArrayLike<number>];

/** Draws a chart as wide as the terminal with all of two series, and under it what they are. */
export function draw(terminal: Terminal, target: Named, prediction: Named, range?: Range): void {
  const { line, paint } = terminal;
  const length = chartPoints(terminal);
  const spread = ([, values]: Named): number[] =>
    Array.from({ length }, (_, i) => values[Math.floor((i * values.length) / length)]!);
  for (const row of chart(spread(target), spread(prediction), paint, range)) line(row);
  const keys = [paint("cyan", `── ${target[0]}`), paint("yellow", `•• ${prediction[0]}`)];
  line(`${" ".repeat(LABELS)}${keys.join("   ")}`);
  line();
}

/** A line of a chart over 0, 1, 2, ... */
export interface Curve {
  readonly name: string;
  readonly values: readonly number[];
}

/**
 * Curves on a logarithmic scale, as wide as asked for, and under them which letter is whose and where it ends. Where two
 * meet, the later one is seen; what is not above 0 is not drawn.
 */
export function logChart(curves: readonly Curve[], columns: number): string[] {
  const width = columns - LABELS - 2;
  const logs = curves.map(({ values }) => values.map((value) => Math.log10(value)));
  const { low, high } = rangeOf(logs.flat().filter(Number.isFinite));
  const perRow = Math.ceil((high - low) / 15) || 1; // powers of ten
  const [top, bottom] = [Math.round(high / perRow), Math.round(low / perRow)];
  const letter = (n: number): string => String.fromCharCode("a".charCodeAt(0) + n);
  const grid = Array.from({ length: top - bottom + 1 }, () => Array<string>(width).fill(" "));
  logs.forEach((log, n) => {
    for (let column = 0; column < width; column++) {
      const value = log[Math.floor((column * log.length) / width)]!;
      if (Number.isFinite(value)) grid[top - Math.round(value / perRow)]![column] = letter(n);
    }
  });
  const rows = grid.map((cells, row) =>
    `${`1e${(top - row) * perRow}`.padStart(LABELS)}┤${cells.join("")}`.trimEnd(),
  );
  const keys = curves.map(
    ({ name, values }, n) =>
      `${letter(n).padStart(LABELS)}  ${name.padEnd(20)}${values.at(-1)!.toExponential(1).padStart(8)}`,
  );
  return [...rows, "", ...keys];
}

/** A square picture of bytes, two rows of pixels to a line: half blocks where there is ink. */
export function picture(pixels: Uint8Array, side: number): string[] {
  const ink = (row: number, column: number): number =>
    (pixels[row * side + column] ?? 0) > 110 ? 1 : 0;
  return Array.from({ length: Math.ceil(side / 2) }, (_, line) =>
    Array.from(
      { length: side },
      (_, column) => " ▀▄█"[ink(2 * line, column) + 2 * ink(2 * line + 1, column)],
    ).join(""),
  );
}

/** Pictures side by side in frames, each with a caption under it. */
export function gallery(
  pictures: readonly { lines: readonly string[]; caption: string; colour: Colour }[],
  paint: Terminal["paint"],
): string[] {
  const width = Math.max(...pictures.map(({ lines }) => lines[0]!.length));
  const height = Math.max(...pictures.map(({ lines }) => lines.length));
  const row = (cell: (p: (typeof pictures)[number]) => string): string =>
    `  ${pictures.map(cell).join("   ")}`.trimEnd();
  return [
    row(() => paint("dim", `┌${"─".repeat(width)}┐`)),
    ...Array.from({ length: height }, (_, i) =>
      row(({ lines }) => `${paint("dim", "│")}${lines[i]!.padEnd(width)}${paint("dim", "│")}`),
    ),
    row(() => paint("dim", `└${"─".repeat(width)}┘`)),
    row(({ caption, colour }) => paint(colour, caption.padEnd(width + 2))),
  ];
}
