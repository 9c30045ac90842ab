import { UserError } from "./errors.ts";
import { readTextFile } from "./files.ts";
import { generator } from "./generator.ts";

/**
 * The numbers above 0 in the last column of a CSV file with one line of headings. Throws a UserError that names the file
 * where there are fewer than `least`, or something else.
 */
export function readSeries(path: string, least: number): number[] {
  const text = readTextFile(path);
  const lines = text.trimEnd().split(/\r?\n/).slice(1);
  if (lines.length < least) {
    throw new UserError(
      `${path}: expected at least ${least} lines of numbers, got ${lines.length}`,
    );
  }
  return lines.map((line, n) => {
    const field = line.split(",").at(-1)!;
    const value = Number(field);
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      const place = `at the end of line ${n + 2}`;
      throw new UserError(`${path}: expected a number above 0 ${place}, got "${field}"`);
    }
    return value;
  });
}

/** Twelve years of months that grow and swing with the seasons, both by factors, with a noise of 3 %. */
export function drawnMonths(seed: number): number[] {
  const random = generator(seed);
  return Array.from({ length: 144 }, (_, month) => {
    const season = 1 + 0.25 * Math.sin((2 * Math.PI * (month - 3)) / 12);
    const noise = 1 + 0.03 * Math.sqrt(3) * (2 * random() - 1);
    return Math.round(110 * (1 + month / 48) * season * noise);
  });
}

/** How far a forecast is from what came, √ mean (truth - forecast)², over as many as have come. */
export function rootMeanSquare(truth: readonly number[], forecast: ArrayLike<number>): number {
  const squares = truth.reduce((sum, value, n) => sum + (value - forecast[n]!) ** 2, 0);
  return Math.sqrt(squares / truth.length);
}
