import { expect, test } from "vitest";
import { lineChart } from "../../examples/support/svg.ts";

const chart = (...curves: number[][]): string =>
  lineChart({
    title: "a < b & c",
    xLabel: "steps",
    yLabel: "norm",
    curves: curves.map((values, n) => ({ name: `curve ${n}`, values })),
  });
const points = (svg: string): number[][][] =>
  [...svg.matchAll(/<polyline class="curve\d" points="([^"]*)"/g)].map(([, list]) =>
    list!.split(" ").map((pair) => pair.split(",").map(Number)),
  );
const falling = Array.from({ length: 100 }, (_, i) => 10 ** (-i / 10));

test("curves within the frame: straight where they fall by a factor each step", () => {
  const svg = chart(falling, [1, 1, 1]);
  const [line, short] = points(svg) as [number[][], number[][]];
  expect(line.length).toBe(100);
  expect(line[0]).toEqual([70, 50]);
  expect(line[99]![0]).toBe(540);
  line.slice(1).forEach(([x, y], i) => {
    expect(x! - line[i]![0]!).toBeCloseTo(470 / 99, 0);
    expect(y! - line[i]![1]!).toBeCloseTo(315 / 100, 0); // ten powers of ten
  });
  expect(short.map(([, y]) => y)).toEqual([50, 50, 50]);
  expect(short[2]![0]).toBeCloseTo(70 + (2 * 470) / 99, 1);
});

test("labels: names, powers of ten, round numbers of steps; special characters", () => {
  const svg = chart(falling, [1]);
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  expect(texts).toEqual([
    "a &lt; b &amp; c",
    ...["1e-10", "1e-8", "1e-6", "1e-4", "1e-2", "1e0"],
    ...["0", "20", "40", "60", "80"],
    "steps",
    "norm",
    "curve 0",
    "curve 1",
  ]);
});

test("what is not above 0 is left out; a chart of one value stands", () => {
  expect(points(chart([1, 0, Number.NaN, 0.1]))[0]!.map(([x]) => x)).toEqual([70, 540]);
  expect(chart([1])).not.toContain("NaN");
});

test("colours for light and for dark paper", () => {
  const svg = chart([1, 0.1]);
  const [light, dark] = svg.split("@media (prefers-color-scheme: dark)") as [string, string];
  for (const rules of [light, dark])
    for (const what of ["text", "[.]paper", "[.]grid", "[.]curve0", "[.]curve4"])
      expect(rules).toMatch(new RegExp(`${what} \\{[^}]*#`));
});
