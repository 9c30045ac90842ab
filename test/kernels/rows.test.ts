import { describe, it } from "vitest";
import { expectClose } from "../close.ts";
import { uniform } from "../reference/random.ts";
import { moveRows } from "../reference/rows.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

/** Not in order, one row twice, some not at all. */
const picks = [6, 2, 0, 2, 5];
const ROWS = picks.length;
const TABLE = 7;
/** As scatter needs it: every row once at most. */
const places = [6, 2, 0, 1, 5];

const same = (r: number): number => r;

const cases = [
  { name: "gather_rows", y: ROWS, x: TABLE, index: picks, add: false },
  { name: "gather_rows_backward", y: TABLE, x: ROWS, index: picks, add: true },
  { name: "scatter_rows", y: TABLE, x: ROWS, index: places, add: false },
  { name: "scatter_rows_backward", y: ROWS, x: TABLE, index: places, add: true },
] as const;

describe.each(kernelSets)("kernels on rows [$name]", (set) => {
  it.each(cases)("$name", ({ name, y, x, index, add }) => {
    const picked = (r: number): number => index[r]!;
    const [to, from] = y === TABLE ? [picked, same] : [same, picked];
    for (const shift of shifts) {
      for (const width of sizes) {
        const before = uniform(y * width, width);
        const values = uniform(x * width, width + 1);
        const heap = new TestHeap(set, shift);
        const out = heap.output(before);
        heap.kernels[name](out.at, heap.input(values).at, heap.integers(index).at, ROWS, width);
        const expected = moveRows(before, values, width, ROWS, to, from, add);
        expectClose(heap.floats(out), expected, { atol: 1e-6, rtol: 0 }, `${name}, ${width} wide`);
        heap.check();
      }
    }
  });
});
