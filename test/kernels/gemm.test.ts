import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { inGroups, product } from "../reference/gemm.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, type Slot, shifts, TestHeap } from "./harness.ts";

/** Every way to split rows into tiles, columns into panels and depth into steps of four, and beyond one block of depth. */
const shapes: readonly (readonly [m: number, n: number, k: number])[] = [
  ...[1, 3, 4, 5, 8, 9, 17].flatMap((size) => [
    [size, 8, 5] as const,
    [12, size, 9] as const,
    [9, 12, size] as const,
  ]),
  ...[2, 6, 7, 11, 13].map((m) => [m, 41, 3] as const),
  [1, 1, 1],
  [3, 77, 17],
  [5, 10, 300],
  [130, 20, 260],
];

const tolerance = { atol: 2e-5, rtol: 1e-5 };

/** A matrix with room behind each row; what is behind must be neither read nor written. */
function spread(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  gap: number,
): Float32Array {
  const wide = new Float32Array(rows * (columns + gap)).fill(Number.NaN);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) wide[r * (columns + gap) + c] = values[r * columns + c]!;
  return wide;
}

/** The matrix without that room, which must be as it was. */
function gathered(wide: Float32Array, rows: number, columns: number, gap: number): Float32Array {
  const values = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const row = wide.subarray(r * (columns + gap), (r + 1) * (columns + gap));
    values.set(row.subarray(0, columns), r * columns);
    expect(row.subarray(columns).every(Number.isNaN), "what is behind a row").toBe(true);
  }
  return values;
}

/** Memory for a packed operand or scratch, which begin at a multiple of 16 bytes. */
function aligned(heap: TestHeap, floats: number): Slot {
  const { at } = heap.blank(floats + 3);
  return { at: Math.ceil(at / 16) * 16, length: floats };
}

describe.each(kernelSets)("matrix products [$name]", (set) => {
  const packed = (heap: TestHeap, n: number, k: number): Slot =>
    aligned(heap, heap.kernels.packed_size(n, k));

  it.each(shapes)("x Wᵀ and x W, %i x %i x %i, from zeros, a bias and C", (m, n, k) => {
    for (const shift of shifts) {
      const [a, w] = [uniform(m * k, 1), uniform(n * k, 2)];
      const [bias, before] = [uniform(n, 3), uniform(m * n, 4)];
      const starts = {
        zeros: () => 0,
        bias: (_: number, j: number) => bias[j]!,
        c: (i: number, j: number) => before[i * n + j]!,
      };
      for (const [name, start] of Object.entries(starts)) {
        for (const form of ["nt", "nn"] as const) {
          const heap = new TestHeap(set, shift);
          const { kernels } = heap;
          const x = heap.input(spread(a, m, k, 3));
          const operand = packed(heap, n, k);
          if (form === "nt") kernels.pack_nt(operand.at, heap.input(w).at, n, k, n, n);
          else kernels.pack_nn(operand.at, heap.input(w).at, n, k, k, k, n);
          const c = heap.output(spread(before, m, n, 2));
          const [from, ld] =
            name === "zeros" ? [0, 0] : name === "bias" ? [heap.input(bias).at, 0] : [c.at, n + 2];
          kernels.gemm(c.at, n + 2, from, ld, x.at, k + 3, operand.at, m, n, k);
          const b = (l: number, j: number): number =>
            form === "nt" ? w[j * k + l]! : w[l * n + j]!;
          const expected = product(m, n, k, (i, l) => a[i * k + l]!, b, start);
          const what = `${form} from ${name}`;
          expectClose(gathered(heap.floats(c), m, n, 2), expected, tolerance, what);
          heap.check();
        }
      }
    }
  });

  it.each(shapes)("Aᵀ B, %i x %i x %i, adds to C", (m, n, k) => {
    for (const shift of shifts) {
      const [a, b, before] = [uniform(k * m, 1), uniform(k * n, 2), uniform(m * n, 3)];
      const heap = new TestHeap(set, shift);
      const c = heap.output(spread(before, m, n, 2));
      const scratch = aligned(heap, heap.kernels.gemm_tn_scratch(m, n, k));
      const [pa, pb] = [heap.input(spread(a, k, m, 1)), heap.input(spread(b, k, n, 3))];
      heap.kernels.gemm_tn(c.at, n + 2, pa.at, m + 1, pb.at, n + 3, scratch.at, m, n, k, m, m);
      const expected = product(
        m,
        n,
        k,
        (i, l) => a[l * m + i]!,
        (l, j) => b[l * n + j]!,
        (i, j) => before[i * n + j]!,
      );
      expectClose(gathered(heap.floats(c), m, n, 2), expected, tolerance, "Aᵀ B");
      heap.check();
    }
  });

  it.each([1, 3, 4, 5, 8, 9, 17, 50])("gates of %i padded to whole vectors", (h) => {
    const [gates, m, k] = [3, 6, 7];
    const hp = (h + 3) & ~3;
    const [n, padded] = [gates * h, gates * hp];
    const [x, w, d] = [uniform(m * k, 1), uniform(n * k, 2), uniform(m * padded, 3)];
    const heap = new TestHeap(set);
    const { kernels } = heap;
    const weights = heap.input(w);

    const forward = packed(heap, padded, k);
    kernels.pack_nt(forward.at, weights.at, n, k, h, hp);
    const y = heap.blank(m * padded);
    kernels.gemm(y.at, padded, 0, 0, heap.input(x).at, k, forward.at, m, padded, k);
    const wide = heap.floats(y);
    const expected = product(
      m,
      n,
      k,
      (i, l) => x[i * k + l]!,
      (l, j) => w[j * k + l]!,
      () => 0,
    );
    for (let i = 0; i < m; i++)
      for (let j = 0; j < padded; j++) {
        const inside = j % hp < h;
        const column = Math.floor(j / hp) * h + (j % hp);
        const goal = inside ? expected[i * n + column]! : 0;
        expect(Math.abs(wide[i * padded + j]! - goal), `row ${i}, column ${j}`).toBeLessThan(1e-5);
      }

    // Backward: what stands in the padding of d meets zero rows, and the columns asked for in `width` are zeros.
    const width = (k + 3) & ~3;
    const back = packed(heap, width, padded);
    kernels.pack_nn(back.at, weights.at, k, n, h, hp, width);
    const dx = heap.blank(m * width);
    const grads = heap.input(d);
    kernels.gemm(dx.at, width, 0, 0, grads.at, padded, back.at, m, width, padded);
    const column = (j: number): number => inGroups(j, h, hp);
    const goal = product(
      m,
      width,
      n,
      (i, j) => d[i * padded + column(j)]!,
      (j, l) => (l < k ? w[j * k + l]! : 0),
      () => 0,
    );
    expectClose(heap.floats(dx), goal, tolerance, "backward");

    const dw = heap.output(new Float32Array(n * k));
    const scratch = aligned(heap, kernels.gemm_tn_scratch(n, k, m));
    kernels.gemm_tn(dw.at, k, grads.at, padded, heap.input(x).at, k, scratch.at, n, k, m, h, hp);
    const sums = product(
      n,
      k,
      m,
      (j, i) => d[i * padded + column(j)]!,
      (i, l) => x[i * k + l]!,
      () => 0,
    );
    expectClose(heap.floats(dw), sums, tolerance, "weight gradients");
    heap.check();
  });

  it("gives an element the same bits whatever is computed beside it", () => {
    const [m, n, k] = [17, 45, 37];
    const [a, w] = [uniform(m * k, 1), uniform(n * k, 2)];
    const heap = new TestHeap(set);
    const { kernels } = heap;
    const operand = packed(heap, n, k);
    kernels.pack_nt(operand.at, heap.input(w).at, n, k, n, n);
    const [x, all, one] = [heap.input(a), heap.blank(m * n), heap.blank(m * n)];
    kernels.gemm(all.at, n, 0, 0, x.at, k, operand.at, m, n, k);
    for (let i = 0; i < m; i++)
      kernels.gemm(one.at + 4 * i * n, n, 0, 0, x.at + 4 * i * k, k, operand.at, 1, n, k);
    expect(heap.floats(one)).toEqual(heap.floats(all));
  });
});

// Decision 7. The plain-TypeScript kernels sum in float64 and round once a block: there the sums agree to rounding only.
describe("sums over time [wasm]", () => {
  it("have the same bits in pieces, the last piece first", () => {
    const [m, n, k] = [9, 13, 700];
    const [a, b] = [uniform(k * m, 1), uniform(k * n, 2)];
    const heap = new TestHeap(kernelSets[0]!);
    const { kernels } = heap;
    const [pa, pb] = [heap.input(a), heap.input(b)];
    const scratch = aligned(heap, kernels.gemm_tn_scratch(m, n, k));
    const sum = (c: Slot, d: Slot, from: number, to: number): void => {
      const [ai, bi] = [pa.at + 4 * from * m, pb.at + 4 * from * n];
      kernels.gemm_tn(c.at, n, ai, m, bi, n, scratch.at, m, n, to - from, m, m);
      kernels.column_sums(d.at, ai, m, to - from, m, m);
    };
    const outputs = (): [Slot, Slot] => [
      heap.output(new Float32Array(m * n)),
      heap.output(new Float32Array(m)),
    ];
    const [whole, pieces] = [outputs(), outputs()];
    sum(...whole, 0, k);
    for (const [from, to] of [
      [503, k],
      [100, 503],
      [0, 100],
    ] as const)
      sum(...pieces, from, to);
    expect(heap.floats(pieces[0])).toEqual(heap.floats(whole[0]));
    expect(heap.floats(pieces[1])).toEqual(heap.floats(whole[1]));
  });
});
