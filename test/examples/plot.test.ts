import { describe, expect, test } from "vitest";
import {
  chart,
  chartPoints,
  draw,
  gallery,
  logChart,
  picture,
  rangeOf,
} from "../../examples/support/plot.ts";

const plain = (_: string, text: string): string => text;
const named = (colour: string, text: string): string => (text.trim() ? `<${colour}>` : text);

describe("chart", () => {
  const wave = (length: number, shift = 0): number[] =>
    Array.from({ length }, (_, i) => Math.cos(i / 10 + shift));

  test.each([40, 80, 120])("fits %i columns and uses them", (columns) => {
    const length = chartPoints({ columns });
    const lines = chart(wave(length), wave(length, 0.5), plain);
    expect(lines.length).toBe(13); // 1.2 to -1.2
    const widest = Math.max(...lines.map((line) => line.length));
    expect(widest).toBeLessThan(columns);
    expect(widest).toBeGreaterThan(columns - 4);
  });

  test("labels the axis from top to bottom", () => {
    const lines = chart(wave(50), wave(50), plain);
    const labels = lines.map((line) => Number(line.match(/^ *(-?\d\.\d)[┤┼]/)?.[1]));
    expect(labels).toEqual([1.2, 1, 0.8, 0.6, 0.4, 0.2, 0, -0.2, -0.4, -0.6, -0.8, -1, -1.2]);
  });

  test("shows target and prediction at their heights", () => {
    const lines = chart(new Array(30).fill(0.6), new Array(30).fill(-0.4), plain);
    expect(lines[3]!.slice(9)).toBe("─".repeat(29)); // 0.6
    expect(lines[8]!.slice(9)).toBe("•  ".repeat(9).concat("•").padEnd(28).trimEnd()); // -0.4
    expect(lines.filter((line) => /[─•]/.test(line)).length).toBe(2);
  });

  test("both are seen where they agree, each in its colour", () => {
    const [line] = chart(new Array(30).fill(1), new Array(30).fill(1), plain).slice(1);
    expect(line!.slice(9)).toMatch(/^(•──)+•?─?$/);
    const [coloured] = chart(new Array(30).fill(1), new Array(30).fill(1), named).slice(1);
    expect(coloured!.slice(9)).toMatch(/^(<yellow><cyan><cyan>)+/);
  });

  test("a prediction off the chart is shown at its edge, one that is no number not at all", () => {
    const dots = (value: number): number[] =>
      chart(wave(50), new Array(50).fill(value), plain).map((line) => line.split("•").length - 1);
    const none = new Array(12).fill(0);
    expect(dots(40)).toEqual([17, ...none]);
    expect(dots(Number.NEGATIVE_INFINITY)).toEqual([...none, 17]);
    expect(dots(Number.NaN)).toEqual([...none, 0]);
  });
});

test("chart: any range, given or found", () => {
  expect(rangeOf([3, -1, 7])).toEqual({ low: -1, high: 7 });
  const lines = chart(new Array(20).fill(25), new Array(20).fill(10), plain, { low: 10, high: 70 });
  expect(lines.length).toBe(13);
  expect(lines.map((line) => Number(line.match(/^ *(\d+\.\d)/)?.[1]))).toEqual(
    Array.from({ length: 13 }, (_, row) => 70 - 5 * row),
  );
  expect(lines[9]!.slice(9)).toMatch(/^─+$/); // 25
  expect(lines[12]).toContain("•"); // 10
});

test("draw: all of both series over the width, and what they are", () => {
  const written: string[] = [];
  const line = (text = ""): void => void written.push(text);
  const terminal = {
    stream: { write: () => true },
    interactive: false,
    columns: 60,
    line,
    paint: plain,
  };
  const rising = Array.from({ length: 500 }, (_, i) => i / 500);
  draw(terminal, ["up", rising], ["down", rising.map((v) => -v)]);
  expect(written.length).toBe(15);
  expect(written.slice(-2)).toEqual(["        ── up   •• down", ""]);
  expect(written[1]!.slice(-3)).toMatch(/─|╭|╯/); // nearly 1, at the right edge
  expect(written[6]!).toContain("•"); // 0, where both begin
  expect(written[11]!.trimEnd().length).toBeGreaterThan(50); // nearly -1, at the right edge
});

describe("logChart", () => {
  test("powers of ten from top to bottom, a letter for each curve, and where it ends", () => {
    const lines = logChart(
      [
        { name: "falls", values: Array.from({ length: 9 }, (_, i) => 10 ** -i) },
        { name: "stays", values: new Array(9).fill(1) },
      ],
      19, // 9 columns
    );
    expect(lines).toEqual([
      "     1e0┤bbbbbbbbb",
      "    1e-1┤ a",
      "    1e-2┤  a",
      "    1e-3┤   a",
      "    1e-4┤    a",
      "    1e-5┤     a",
      "    1e-6┤      a",
      "    1e-7┤       a",
      "    1e-8┤        a",
      "",
      "       a  falls                 1.0e-8",
      "       b  stays                 1.0e+0",
    ]);
  });

  test("wide ranges share rows; what is not above 0 is left out", () => {
    const lines = logChart([{ name: "x", values: [1e30, 0, 1e-30, Number.NaN] }], 14);
    const rows = lines.filter((line) => line.includes("┤"));
    expect(rows.length).toBe(16);
    expect(rows[0]).toBe("    1e32┤a");
    expect(rows.at(-1)).toBe("   1e-28┤  a");
    expect(rows.join("").match(/a/g)!.length).toBe(2);
  });
});

describe("picture", () => {
  test("two rows of pixels make a line of half blocks", () => {
    const pixels = Uint8Array.of(255, 255, 0, 0, 200, 0, 200, 0, 0, 111, 0, 110, 0, 0, 0, 0);
    expect(picture(pixels, 4)).toEqual(["█▀▄ ", " ▀  "]);
  });

  test("an odd number of rows is filled up with paper", () => {
    expect(picture(Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 255, 0), 3)).toEqual(["▀  ", " ▀ "]);
  });
});

test("gallery frames pictures side by side over their captions", () => {
  const lines = gallery(
    [
      { lines: ["█ ", " █"], caption: "one", colour: "green" },
      { lines: ["  ", "██"], caption: "two", colour: "yellow" },
    ],
    plain,
  );
  expect(lines).toEqual([
    "  ┌──┐   ┌──┐",
    "  │█ │   │  │",
    "  │ █│   │██│",
    "  └──┘   └──┘",
    "  one    two",
  ]);
});
