import { describe, it } from "vitest";
import { expectClose } from "../close.ts";
import { type Dimension, walk } from "../reference/copy.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

interface Case {
  readonly title: string;
  readonly y: number;
  readonly x: number;
  /** Elements that come before index 0 of every dimension. */
  readonly from?: number;
  readonly dims: readonly Dimension[];
}

/** For rows of n: what the operations above make of this kernel. */
const cases = (n: number): readonly Case[] => [
  { title: "one element", y: 1, x: 1, dims: [] },
  { title: "all in a row", y: n, x: n, dims: [[n, 1, 1]] },
  { title: "backwards", y: n, x: n, from: n - 1, dims: [[n, 1, -1]] },
  {
    title: "transposed",
    y: 3 * n,
    x: 3 * n,
    dims: [
      [3, n, 1],
      [n, 1, 3],
    ],
  },
  {
    title: "batch and time exchanged",
    y: 6 * n,
    x: 6 * n,
    dims: [
      [3, n, 2 * n],
      [2, 3 * n, n],
      [n, 1, 1],
    ],
  },
  {
    title: "a slice",
    y: 2 * n,
    x: 3 * (n + 2),
    from: n + 3,
    dims: [
      [2, n, n + 2],
      [n, 1, 1],
    ],
  },
  {
    title: "repeated rows",
    y: 3 * n,
    x: n,
    dims: [
      [3, n, 0],
      [n, 1, 1],
    ],
  },
  {
    title: "repeated elements",
    y: 3 * n,
    x: 3,
    dims: [
      [3, n, 1],
      [n, 1, 0],
    ],
  },
  {
    title: "nothing",
    y: n,
    x: n,
    dims: [
      [0, n, n],
      [n, 1, 1],
    ],
  },
];

const order = { atol: 0, rtol: 0 };
const sums = { atol: 1e-5, rtol: 0 };

describe.each(kernelSets)("strided copies [$name]", (set) => {
  const everywhere = (body: (heap: TestHeap, c: Case, label: string) => void) => {
    for (const shift of shifts) {
      for (const n of sizes) {
        for (const c of cases(n)) {
          const heap = new TestHeap(set, shift);
          body(heap, c, `${c.title}, n = ${n}`);
          heap.check();
        }
      }
    }
  };

  it("strided_copy", () =>
    everywhere((heap, { y, x, from = 0, dims }, label) => {
      const values = uniform(x, x);
      const expected = uniform(y, y + 1);
      const out = heap.output(expected);
      const input = heap.input(values);
      const table = heap.integers(dims.flat());
      heap.kernels.strided_copy(out.at, input.at + 4 * from, table.at, dims.length);
      walk(dims, (to, at) => {
        expected[to] = values[from + at]!;
      });
      expectClose(heap.floats(out), expected, order, label);
    }));

  it("strided_accumulate, and its reverse sums what was repeated", () =>
    everywhere((heap, { y, x, from = 0, dims }, label) => {
      const values = uniform(x, x);
      const expected = uniform(y, y + 1);
      const out = heap.output(expected);
      const input = heap.input(values);
      const table = heap.integers(dims.flat());
      heap.kernels.strided_accumulate(out.at, input.at + 4 * from, table.at, dims.length);
      walk(dims, (to, at) => {
        expected[to]! += values[from + at]!;
      });
      expectClose(heap.floats(out), expected, sums, label);

      const gradient = uniform(x, x + 2);
      const back = heap.output(gradient);
      const reverse = heap.integers(dims.flatMap(([size, to, at]) => [size, at, to]));
      const kept = heap.floats(out);
      heap.kernels.strided_accumulate(back.at + 4 * from, out.at, reverse.at, dims.length);
      walk(dims, (to, at) => {
        gradient[from + at]! += kept[to]!;
      });
      expectClose(heap.floats(back), gradient, { atol: 1e-4, rtol: 0 }, `${label}, reversed`);
    }));
});
