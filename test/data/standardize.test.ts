import { mul, sum, tensor, valueAndGrad } from "gatewise";
import { standardize } from "gatewise/data";
import { expect, test } from "vitest";
import { expectFloat32 } from "../close.ts";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { uniform } from "../reference/random.ts";

/** Columns of their own places and widths: [rows, features]. */
const table = (rows: number, features: number): Float32Array =>
  Float32Array.from(
    uniform(rows * features, 7, -1, 1),
    (v, i) => 10 * (i % features) + (1 + (i % features)) * v,
  );

describeKernelSets("standardize", () => {
  test.each([1, 3, 4, 5, 8, 9, 17])("each of %i features on its own", (features) => {
    const rows = 12;
    const x = table(rows, features);
    const { values, mean, std } = standardize(tensor(x, [3, 4, features]));
    expect(values.shape).toEqual([3, 4, features]);
    expect(mean.shape).toEqual([features]);
    expect(std.shape).toEqual([features]);
    for (let f = 0; f < features; f++) {
      const column = Array.from({ length: rows }, (_, n) => x[n * features + f]!);
      const mu = column.reduce((a, b) => a + b) / rows;
      const sigma = Math.sqrt(column.reduce((a, b) => a + (b - mu) ** 2, 0) / rows);
      const got = column.map((_, n) => values.data[n * features + f]!);
      const want = column.map((v) => (v - mu) / sigma);
      expectFloat32([mean.data[f]!, std.data[f]!], [mu, sigma], `feature ${f}`);
      expectFloat32(got, want, `values of feature ${f}`, 1e-5); // mean is up to 160 times the deviation
    }
  });

  test("one mean for all: a series, or without perFeature", () => {
    const x = table(9, 2);
    const series = standardize(x);
    const all = standardize(tensor(x, [9, 2]), { perFeature: false });
    for (const { values, mean, std } of [series, all]) {
      expect([mean.shape, std.shape]).toEqual([[], []]);
      const mu = x.reduce((a, b) => a + b) / 18;
      expectFloat32([mean.item()], [mu], "mean");
      const sigma = Math.sqrt(x.reduce((a, b) => a + (b - mu) ** 2, 0) / 18);
      expectFloat32([std.item()], [sigma], "std");
      expectFloat32(
        values.data,
        [...x].map((v) => (v - mu) / sigma),
        "values",
      );
    }
    expect(series.values.shape).toEqual([18]);
    expect(all.values.shape).toEqual([9, 2]);
  });

  test("apply and inverse undo one another on other numbers, of other shapes", () => {
    const { apply, inverse, mean, std } = standardize(tensor(table(6, 3), [6, 3]));
    const other = [
      [
        [5, -4, 30],
        [0, 11, 2],
      ],
    ];
    const z = apply(other);
    expect(z.shape).toEqual([1, 2, 3]);
    const want = other.flat(2).map((v, i) => (v - mean.data[i % 3]!) / std.data[i % 3]!);
    expectFloat32(z.data, want, "apply");
    expectFloat32(inverse(z).data, other.flat(2), "inverse");
    expect(inverse([0, 0, 0]).data).toEqual(mean.data);
  });

  test("both have gradients", () => {
    const { apply, inverse, std } = standardize(tensor(table(6, 3), [6, 3]));
    const x = tensor([[1, 2, 3]]);
    const weights = tensor([2, 3, -5]);
    const { gradients } = valueAndGrad(() => sum(mul(weights, inverse(x))), { x });
    expectFloat32(
      gradients.x.data,
      [...weights.data].map((w, i) => w * std.data[i]!),
      "inverse",
    );
    const back = valueAndGrad(() => sum(mul(weights, apply(x))), { x });
    expectFloat32(
      back.gradients.x.data,
      [...weights.data].map((w, i) => w / std.data[i]!),
      "apply",
    );
  });

  test("a feature that never changes becomes 0", () => {
    const x = Array.from({ length: 7 }, (_, n) => [0.1, n, -1e9, 0]);
    const { values, std } = standardize(x);
    expect([0, 2, 3].map((f) => std.data[f])).toEqual([1, 1, 1]);
    for (const row of values.toArray()) expect([row[0], row[2], row[3]]).toEqual([0, 0, 0]);
    expect(standardize([5]).values.toArray()).toEqual([0]);
  });
});

test("wrong arguments", () => {
  const { apply, inverse } = standardize([
    [1, 2, 3],
    [4, 5, 7],
  ]);
  expectErrors([
    ["no numbers", RangeError, () => standardize([])],
    ["text", TypeError, () => standardize(wrong("1, 2"))],
    [
      "an unknown option",
      TypeError,
      () => standardize([1], wrong({ axis: 0 })),
      /perFeature, got axis/,
    ],
    ["perFeature", TypeError, () => standardize([1], { perFeature: wrong(1) })],
    [
      "apply",
      RangeError,
      () => apply([[1, 2]]),
      /^Standardized\.apply: .*\[\.\.\., 3\], got \[1, 2\]/,
    ],
    ["inverse", RangeError, () => inverse([1]), /^Standardized\.inverse: expected y of shape/],
    ["rows", RangeError, () => standardize([[1, 2], [3]])],
  ]);
});
