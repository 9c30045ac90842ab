import asciichart from "asciichart";
import type { Colour, Terminal } from "./terminal.ts";

/** Columns of a chart's labels; the axis comes next. */
const LABELS = 8;

/** How many points a chart as wide as the terminal shows. */
export const chartPoints = (terminal: Pick<Terminal, "columns">): number =>
  terminal.columns - LABELS - 2;

/**
 * Two series from -1 to 1 in one chart: the target as a line, the prediction as a dot in every third column, so that
 * both are seen where they agree.
 */
export function chart(
  target: readonly number[],
  prediction: readonly number[],
  paint: Terminal["paint"],
): string[] {
  const format = (value: number): string => value.toFixed(1).padStart(LABELS);
  const limit = 1.2;
  const rowsPerUnit = 5;
  const settings = { min: -limit, max: limit, height: 2 * limit * rowsPerUnit, offset: 2, format };
  const dotRow = (value: number): number =>
    Math.round((limit - Math.min(limit, Math.max(-limit, value))) * rowsPerUnit); // of NaN: none
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
