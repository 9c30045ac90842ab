import { contiguousBatches } from "gatewise/text";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";

const tokens = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => 100 + i);

test("each row goes on where it ended in the batch before; targets are one ahead", () => {
  const batches = contiguousBatches(tokens(24), { batchSize: 3, unroll: 4 });
  expect(batches.length).toBe(2);
  const all = [...batches].map(({ inputs, targets }) => ({
    inputs: inputs.map((row) => [...row]),
    targets: targets.map((row) => [...row]),
  }));
  expect(all).toEqual([
    {
      inputs: [
        [100, 101, 102, 103],
        [107, 108, 109, 110],
        [114, 115, 116, 117],
      ],
      targets: [
        [101, 102, 103, 104],
        [108, 109, 110, 111],
        [115, 116, 117, 118],
      ],
    },
    {
      inputs: [
        [104, 105, 106],
        [111, 112, 113],
        [118, 119, 120],
      ],
      targets: [
        [105, 106, 107],
        [112, 113, 114],
        [119, 120, 121],
      ],
    },
  ]);
  expect([...batches].length, "once more").toBe(2);
});

test.each([
  [2, 1, 64, 1, 1],
  [5, 4, 3, 1, 4],
  [33, 4, 8, 1, 32],
  [34, 4, 8, 1, 32],
  [37, 4, 8, 2, 36],
  [11, 1, 3, 4, 10],
])("%i tokens in %i parts, %i at a time", (n, batchSize, unroll, length, used) => {
  const batches = contiguousBatches(tokens(n), { batchSize, unroll });
  const seen = [...batches].flatMap(({ inputs }) => inputs.flatMap((row) => [...row]));
  expect(batches.length).toBe(length);
  expect([...batches].length).toBe(length);
  expect(new Set(seen).size).toBe(used);
  expect(seen.length).toBe(used);
  expect(Math.max(...seen)).toBe(100 + used - 1);
});

test("errors", () => {
  const make = (n: number, batchSize: number, unroll: number) => () =>
    contiguousBatches(tokens(n), { batchSize, unroll });
  expectErrors([
    ["too short", RangeError, make(4, 4, 2), /at least 5 tokens, got 4/],
    ["empty", RangeError, make(0, 1, 1), /got 0/],
    ["batchSize", RangeError, make(9, 0, 1)],
    ["unroll", RangeError, make(9, 1, 1.5)],
    ["tokens", TypeError, () => contiguousBatches(wrong([1, 2]), { batchSize: 1, unroll: 1 })],
    ["options", TypeError, () => contiguousBatches(tokens(9), wrong({ batch: 1 })), /got batch/],
  ]);
});
