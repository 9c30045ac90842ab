import { describe, it } from "vitest";
import { expectClose } from "../close.ts";
import { product } from "../reference/gemm.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

/** Which matrix of c, a and b each product takes; the second and third take the same of b, as a packed operand may be kept. */
const places = [
  [1, 0, 2],
  [0, 1, 0],
  [2, 0, 0],
] as const;
/** The same for products that add: two of them to one matrix of c. */
const adding = [...places, [0, 0, 1]] as const;

const triples = sizes
  .slice(0, -1)
  .map((m, i) => [m, sizes[(i + 2) % 7]!, sizes[(i + 4) % 7]!] as const);

describe.each(kernelSets)("products of a batch [$name]", (set) => {
  const run = (kind: number, m: number, n: number, k: number, shift: number) => {
    const order = kind === 0 ? places : adding;
    const before = uniform(3 * m * n, 1);
    const [a, b] = [uniform(2 * m * k, 2), uniform(3 * k * n, 3)];
    const heap = new TestHeap(set, shift);
    const { kernels } = heap;
    const c = heap.output(before);
    const words = kind === 2 ? kernels.gemm_tn_scratch(m, n, k) : kernels.packed_size(n, k);
    const scratch = Math.ceil(heap.blank(words + 3).at / 16) * 16;
    const list = heap.integers(order.flat());
    const [pa, pb] = [heap.input(a).at, heap.input(b).at];
    kernels.batched_gemm(c.at, pa, pb, list.at, scratch, order.length, m, n, k, kind);
    const wanted = before.slice();
    for (const [x, y, z] of order) {
      const own = wanted.subarray(x * m * n, (x + 1) * m * n);
      const ofA = (i: number, l: number) => a[y * m * k + (kind === 2 ? l * m + i : i * k + l)]!;
      const ofB = (l: number, j: number) => b[z * k * n + (kind === 1 ? j * k + l : l * n + j)]!;
      const start = (i: number, j: number) => (kind === 0 ? 0 : own[i * n + j]!);
      own.set(product(m, n, k, ofA, ofB, start));
    }
    expectClose(heap.floats(c), wanted, { atol: 1e-5, rtol: 1e-5 }, `${m} x ${n} x ${k}`);
    heap.check();
  };

  it.each([
    ["C = A B", 0],
    ["C += A Bᵀ", 1],
    ["C += Aᵀ B", 2],
  ])("%s", (_, kind) => {
    for (const shift of shifts) for (const [m, n, k] of triples) run(kind, m, n, k, shift);
  });
});
