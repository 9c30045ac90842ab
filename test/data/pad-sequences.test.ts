import { GRU, tensor } from "gatewise";
import { padSequences } from "gatewise/data";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";

test("zeros after each sequence, and how long each is", () => {
  const { x, lengths } = padSequences([
    [
      [1, 2],
      [3, 4],
    ],
    [[5, 6]],
    tensor([
      [7, 8],
      [9, 10],
      [11, 12],
    ]),
  ]);
  expect(lengths).toEqual(Int32Array.of(2, 1, 3));
  expect(x.toArray()).toEqual([
    [
      [1, 2],
      [3, 4],
      [0, 0],
    ],
    [
      [5, 6],
      [0, 0],
      [0, 0],
    ],
    [
      [7, 8],
      [9, 10],
      [11, 12],
    ],
  ]);
});

test("sequences of one feature, as typed arrays", () => {
  const { x, lengths } = padSequences([Float64Array.of(1), Float32Array.of(2, 3, 4, 5)]);
  expect(x.shape).toEqual([2, 4, 1]);
  expect([...x.data]).toEqual([1, 0, 0, 0, 2, 3, 4, 5]);
  expect([...lengths]).toEqual([1, 4]);
});

test("a layer takes it: each sequence as if it were alone", () => {
  const sequences = [[[0.5], [-1], [2]], [[3]], [[1], [0.25]]];
  const gru = new GRU(1, 3, { seed: 4 });
  const { x, lengths } = padSequences(sequences);
  const { state } = gru.forward(x, undefined, { lengths });
  sequences.forEach((sequence, n) => {
    const alone = gru.forward(tensor([sequence])).state;
    expect(state.toArray()[0][n]).toEqual(alone.toArray()[0][0]);
  });
});

test("wrong arguments", () => {
  expectErrors([
    ["none", RangeError, () => padSequences([])],
    ["a tensor", TypeError, () => padSequences(wrong(tensor([[1]])))],
    [
      "other features",
      RangeError,
      () => padSequences([[[1, 2]], [[1]]]),
      /\[time, 2\], got \[1, 1\]/,
    ],
    ["no steps", RangeError, () => padSequences([[[1]], []]), /got \[0, 1\]/],
    ["no steps at first", RangeError, () => padSequences([[]])],
    ["a batch", RangeError, () => padSequences([[[[1]]]]), /\[time\] or \[time, features\]/],
    ["words", TypeError, () => padSequences(wrong([["a"]]))],
  ]);
});
