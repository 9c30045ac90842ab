import { tensor } from "gatewise";
import { windows } from "gatewise/data";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";

const series = Float32Array.from({ length: 17 }, (_, t) => 3 * t * t - 7);

test("inputs and the step after each", () => {
  const { inputs, targets } = windows([5, 3, 8, 1, 9], { size: 3 });
  expect(inputs.toArray()).toEqual([
    [[5], [3], [8]],
    [[3], [8], [1]],
  ]);
  expect(targets.toArray()).toEqual([[1], [9]]);
});

test.each([
  [1, 1, 1, undefined],
  [3, 2, 1, 1],
  [4, 1, 3, undefined],
  [5, 4, 2, 3],
  [9, 3, 1, 8],
  [8, 17, 4, 5],
] as const)("size %i, step %i, horizon %i, target %s", (size, step, horizon, targetSize) => {
  const features = 3;
  const rows = Array.from(series, (v, t) => [v, t, -v]);
  const options = { size, step, horizon, ...(targetSize === undefined ? {} : { targetSize }) };
  const expected: { inputs: number[][][]; targets: number[][][] } = { inputs: [], targets: [] };
  for (let start = 0; ; start += step) {
    const first = start + size - 1 + horizon;
    if (first + (targetSize ?? 1) > rows.length) break;
    expected.inputs.push(rows.slice(start, start + size));
    expected.targets.push(rows.slice(first, first + (targetSize ?? 1)));
  }
  for (const form of [rows, tensor(rows)]) {
    const { inputs, targets } = windows(form, options);
    const count = expected.inputs.length;
    expect(count).toBeGreaterThan(0);
    expect(inputs.shape).toEqual([count, size, features]);
    expect(inputs.toArray()).toEqual(expected.inputs);
    const time = targetSize === undefined ? [] : [targetSize];
    expect(targets.shape).toEqual([count, ...time, features]);
    expect([...targets.data]).toEqual(expected.targets.flat(2));
  }
});

test("a series of one feature, as a typed array or a tensor; it stays as it is", () => {
  for (const form of [series, tensor(series), tensor(series, [17, 1]), Array.from(series)]) {
    const { inputs } = windows(form, { size: 4 });
    expect(inputs.shape).toEqual([13, 4, 1]);
    inputs.data.fill(0);
  }
  expect(series[16]).toBe(3 * 256 - 7);
});

test("wrong arguments", () => {
  expectErrors([
    ["too short", RangeError, () => windows(series, { size: 17 }), /at least 18 steps, got 17/],
    ["a far horizon", RangeError, () => windows(series, { size: 9, horizon: 9 }), /at least 18/],
    ["a long target", RangeError, () => windows(series, { size: 9, targetSize: 9 }), /at least 18/],
    ["no size", TypeError, () => windows(series, wrong({}))],
    ["size 0", RangeError, () => windows(series, { size: 0 })],
    ["step 0", RangeError, () => windows(series, { size: 2, step: 0 })],
    ["horizon 0", RangeError, () => windows(series, { size: 2, horizon: 0 })],
    ["targetSize 0", RangeError, () => windows(series, { size: 2, targetSize: 0 })],
    [
      "an unknown option",
      TypeError,
      () => windows(series, wrong({ size: 2, stride: 1 })),
      /stride/,
    ],
    ["a batch", RangeError, () => windows([[[1]], [[2]]], { size: 1 }), /\[time, features\]/],
    ["a scalar", RangeError, () => windows(3, { size: 1 })],
    ["text", TypeError, () => windows(wrong("112, 118"), { size: 1 })],
  ]);
});
