import { oneHot } from "gatewise/data";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";

test("a 1 at each class, as Keras' to_categorical has it", () => {
  const rows = oneHot([0, 2, 1]);
  expect(rows.toArray()).toEqual([
    [1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
  ]);
  expect(oneHot(Uint8Array.of(3), 5).toArray()).toEqual([[0, 0, 0, 1, 0]]);
});

test("classes of any shape", () => {
  const rows = oneHot([[1, 0], Int32Array.of(3, 1), [2, 2]], 4);
  expect(rows.shape).toEqual([3, 2, 4]);
  expect(rows.toArray()[1]).toEqual([
    [0, 0, 0, 1],
    [0, 1, 0, 0],
  ]);
});

test("wrong arguments", () => {
  expectErrors([
    ["a class too many", RangeError, () => oneHot([0, 3], 3), /from 0 to 2, got 3/],
    ["a negative class", RangeError, () => oneHot([-1])],
    ["half a class", RangeError, () => oneHot([0.5])],
    ["a word", TypeError, () => oneHot(wrong(["a"]))],
    ["a number", TypeError, () => oneHot(wrong(3))],
    ["no class", RangeError, () => oneHot([])],
    ["no columns", RangeError, () => oneHot([0], 0)],
    ["too large a result", RangeError, () => oneHot([2 ** 31 - 2]), /^oneHot: .* elements/],
  ]);
});
