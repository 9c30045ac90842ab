import { describe, expect, test } from "vitest";
import { chart, chartPoints, gallery, picture } from "../../examples/support/plot.ts";

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
