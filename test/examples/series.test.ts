import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UserError } from "../../examples/support/errors.ts";
import { drawnMonths, readSeries, rootMeanSquare } from "../../examples/support/series.ts";

let path: string;
beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), "gatewise-series-")), "months.csv");
});
afterAll(() => rmSync(join(path, ".."), { recursive: true }));

test("readSeries: the last column, below the headings", () => {
  for (const end of ["\n", "\r\n", ""]) {
    writeFileSync(path, `"Month","Passengers"\n"1949-01",112\r\n"1949-02",118.5${end}`);
    expect(readSeries(path, 2)).toEqual([112, 118.5]);
  }
});

test.each([
  ["heading\n1\n2", /expected at least 3 lines of numbers, got 2$/],
  ["", /got 0$/],
  ["heading\na,1\nb,two\nc,3", /above 0 at the end of line 3, got "two"$/],
  ["heading\n1\n\n3", /at the end of line 3, got ""$/],
  ["heading\n1\n2\n0", /at the end of line 4, got "0"$/],
])("readSeries refuses %j", (text, message) => {
  writeFileSync(path, text);
  expect(() => readSeries(path, 3)).toThrow(UserError);
  expect(() => readSeries(path, 3)).toThrow(message);
  expect(() => readSeries(path, 3)).toThrow(path);
});

test("readSeries: no file", () => {
  expect(() => readSeries(`${path}.not`, 3)).toThrow(
    /months\.csv\.not: cannot be read \(ENOENT\)$/,
  );
});

test("drawnMonths grow and swing with the seasons", () => {
  const months = drawnMonths(3);
  expect(months.length).toBe(144);
  expect(drawnMonths(3)).toEqual(months);
  expect(drawnMonths(4)).not.toEqual(months);
  const year = (n: number): number[] => months.slice(12 * n, 12 * n + 12);
  const total = (all: number[]): number => all.reduce((a, b) => a + b);
  for (let n = 0; n < 12; n++) {
    const [summer, winter] = [year(n)[6]!, year(n)[0]!];
    expect(summer / winter).toBeGreaterThan(1.4);
    if (n > 0) expect(total(year(n))).toBeGreaterThan(total(year(n - 1)));
  }
});

test("rootMeanSquare", () => {
  expect(rootMeanSquare([1, 2, 3], [1, 5, -1, 99])).toBeCloseTo(Math.sqrt(25 / 3), 12);
});
