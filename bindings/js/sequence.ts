// What the whole-sequence kernels have in common. The table they are given is explained in assembly/cells/sequence.ts.

import { type SequenceField, sequenceFields } from "../cells/sequence-table.ts";
import type { Kernels } from "../core/kernels.ts";
import { type GemmKernels, gemmRange } from "./gemm.ts";
import type { Heap } from "./heap.ts";
import { sigmoid } from "./math.ts";
import type { ReduceKernels } from "./reduce.ts";
import type { RowsKernels } from "./rows.ts";

/** Where each word stands in the table. */
export const word: Record<SequenceField, number> = /* @__PURE__ */ Object.fromEntries(
  sequenceFields.map((field, at) => [field, at]),
) as Record<SequenceField, number>;

export const padded = (h: number): number => (h + 3) & ~3;

/** dst [rows, n] = src [rows, n], rows ldDst and ldSrc apart; offsets are those of elements. */
export function copyRows(
  f: Float32Array,
  dst: number,
  ldDst: number,
  src: number,
  ldSrc: number,
  rows: number,
  n: number,
): void {
  for (let r = 0; r < rows; r++, dst += ldDst, src += ldSrc)
    for (let j = 0; j < n; j++) f[dst + j] = f[src + j]!;
}

/** dst [rows, n] += src [rows, n]. */
export function addRows(
  f: Float32Array,
  dst: number,
  ldDst: number,
  src: number,
  ldSrc: number,
  rows: number,
  n: number,
): void {
  for (let r = 0; r < rows; r++, dst += ldDst, src += ldSrc)
    for (let j = 0; j < n; j++) f[dst + j] = f[dst + j]! + f[src + j]!;
}

/** dst [rows, Hp] = src [rows, H] with zeros behind each row, or zeros altogether where src is 0. */
export function padRows(f: Float32Array, dst: number, src: number, rows: number, h: number): void {
  const hp = padded(h);
  if (src === 0 || hp > h) f.fill(0, dst, dst + rows * hp);
  if (src !== 0) copyRows(f, dst, hp, src, h, rows, h);
}

/** Zeros behind each group of H in rows·groups of them: NaN of an infinite input would spread backward. */
export function clearPadding(f: Float32Array, d: number, groups: number, h: number): void {
  const hp = padded(h);
  if (hp > h) for (let g = 0; g < groups; g++, d += hp) f.fill(0, d + h, d + hp);
}

/** dst [Hp] = a [H] + b [H], zeros behind; an offset of 0 counts as zeros. */
export function padBias(f: Float32Array, dst: number, a: number, b: number, h: number): void {
  padRows(f, dst, a, 1, h);
  if (b !== 0) addRows(f, dst, h, b, h, 1, h);
}

/**
 * A product inside a sequence kernel: C [m, n] = START + A · (rows first…first + k of the operand `packed` of `height`
 * rows, from column `column` on). Offsets are those of elements, -1 for a START of zeros; `column` is a multiple of 4.
 */
export function product(
  heap: Heap,
  c: number,
  ldc: number,
  start: number,
  ldstart: number,
  a: number,
  lda: number,
  packed: number,
  m: number,
  n: number,
  k: number,
  height: number,
  first: number,
  column: number,
): void {
  const from = 4 * packed + 8 * column * height;
  const at = start < 0 ? 0 : 4 * start;
  gemmRange(heap, 4 * c, ldc, at, ldstart, 4 * a, lda, from, m, n, k, height, first);
}

/** Rows of n pre-activations, ld apart, become σ of them. */
export function sigmoidRows(
  f: Float32Array,
  at: number,
  ld: number,
  rows: number,
  n: number,
): void {
  for (let r = 0; r < rows; r++, at += ld)
    for (let j = 0; j < n; j++) f[at + j] = sigmoid(f[at + j]!);
}

export type SequenceKernels = Pick<Kernels, "sequence_scratch">;

/** The parts of a sequence's forward and backward pass that are the same for every cell. `g` is the number of gates. */
export interface Steps {
  /** gates [P, g·Hp] = bias + x Wᵀ for all steps at once: the input's share does not depend on the state. */
  projectInput(s: number, g: number): void;
  /** h_last, c_last and y from h and c. */
  handOut(s: number): void;
  /** dx, dW and dbx from d(pre-activation) of all steps in `gates`; with entries from their sums over each one's rows. */
  inputGradients(s: number, g: number): void;
  /**
   * dR and dbr of gates first…first + g from d [P, ld]. previous [P, Hp]: what R was multiplied by, 0 where that is h of
   * the step before. d and previous are offsets of elements.
   */
  recurrentGradients(
    s: number,
    first: number,
    g: number,
    d: number,
    ld: number,
    previous: number,
  ): void;
  /** dh0 and dc0 from what is left in the scratch. */
  initialGradients(s: number): void;
}

/** Scratch of backward: dh [B, Hp], dc [B, Hp], previous h [P, Hp], what gemm_tn needs. In floats. */
export const sequenceKernels = (heap: Heap, gemm: GemmKernels): SequenceKernels => ({
  sequence_scratch(s) {
    const i = heap.i32;
    const t = s >>> 2;
    const h = i[t + word.hiddenSize]!;
    const rows = i[t + word.rows]!;
    const widest = Math.max(i[t + word.inputSize]!, h);
    const states = (2 * i[t + word.batch]! + rows) * padded(h);
    return states + gemm.gemm_tn_scratch(4 * h, widest, Math.max(rows, i[t + word.entries]!));
  },
});

export function sequenceSteps(
  heap: Heap,
  gemm: GemmKernels,
  reduce: ReduceKernels,
  table: RowsKernels,
): Steps {
  /** [P, Hp]: for every row the h that its step began with. Where no sequence is shorter that is `h` itself. */
  function previousH(s: number): number {
    const f = heap.f32;
    const i = heap.i32;
    const t = s >>> 2;
    const steps = i[t + word.steps]!;
    const batch = i[t + word.batch]!;
    const hp = padded(i[t + word.hiddenSize]!);
    let from = i[t + word.h]! >>> 2;
    if (i[t + word.rows] === steps * batch) return from;
    const previous = (i[t + word.scratch]! >>> 2) + 2 * batch * hp;
    let to = previous;
    for (let step = 0, held = batch; step < steps; step++) {
      const active = i[(i[t + word.sizes]! >>> 2) + step]!;
      f.copyWithin(to, from, from + active * hp);
      from += held * hp;
      to += active * hp;
      held = active;
    }
    return previous;
  }

  /** dst [B, H] = rows `last` of src [·, Hp]. */
  function lastRows(dst: number, src: number, last: number, batch: number, h: number): void {
    const f = heap.f32;
    const i = heap.i32;
    const hp = padded(h);
    for (let b = 0; b < batch; b++, dst += h)
      copyRows(f, dst, h, src + i[last + b]! * hp, hp, 1, h);
  }

  return {
    projectInput(s, g) {
      const i = heap.i32;
      const t = s >>> 2;
      const n = g * padded(i[t + word.hiddenSize]!);
      const k = i[t + word.inputSize]!;
      const rows = i[t + word.rows]!;
      const bias = i[t + word.bias]! >>> 0;
      const x = i[t + word.x]! >>> 0;
      const w = i[t + word.w]! >>> 0;
      const gates = i[t + word.gates]! >>> 0;
      const entries = i[t + word.entries]!;
      const index = i[t + word.index]! >>> 0;
      const projected = i[t + word.projected]! >>> 0;
      if (entries === 0) {
        gemm.gemm(gates, n, bias, 0, x, k, w, rows, n, k);
      } else if (rows < entries) {
        for (let r = 0; r < rows; r++) {
          const entry = i[(index >>> 2) + r]!;
          gemm.gemm(gates + 4 * r * n, n, bias, 0, x + 4 * entry * k, k, w, 1, n, k);
        }
      } else {
        gemm.gemm(projected, n, bias, 0, x, k, w, entries, n, k);
        table.gather_rows(gates, projected, index, rows, n);
      }
    },

    handOut(s) {
      const f = heap.f32;
      const i = heap.i32;
      const t = s >>> 2;
      const batch = i[t + word.batch]!;
      const size = i[t + word.hiddenSize]!;
      const hp = padded(size);
      const h = i[t + word.h]! >>> 2;
      const y = i[t + word.y]! >>> 2;
      const hLast = i[t + word.hLast]! >>> 2;
      const cLast = i[t + word.cLast]! >>> 2;
      const last = i[t + word.last]! >>> 2;
      if (hLast !== 0) lastRows(hLast, h, last, batch, size);
      if (cLast !== 0) lastRows(cLast, i[t + word.c]! >>> 2, last, batch, size);
      if (y !== 0) copyRows(f, y, size, h + batch * hp, hp, i[t + word.rows]!, size);
    },

    inputGradients(s, g) {
      const i = heap.i32;
      const t = s >>> 2;
      const h = i[t + word.hiddenSize]!;
      const hp = padded(h);
      const rows = i[t + word.rows]!;
      const n = i[t + word.inputSize]!;
      const gates = i[t + word.gates]! >>> 0;
      const dx = i[t + word.dx]! >>> 0;
      const dw = i[t + word.dw]! >>> 0;
      const dbx = i[t + word.dbx]! >>> 0;
      const x = i[t + word.x]! >>> 0;
      const scratch = 4 * ((i[t + word.scratch]! >>> 2) + (2 * i[t + word.batch]! + rows) * hp);
      const wBack = i[t + word.wBack]! >>> 0;
      const entries = i[t + word.entries]!;
      let [d, m] = [gates, rows];
      if (entries > 0) {
        [d, m] = [i[t + word.projected]! >>> 0, entries];
        heap.f32.fill(0, d >>> 2, (d >>> 2) + m * g * hp);
        table.gather_rows_backward(d, gates, i[t + word.index]! >>> 0, rows, g * hp);
      }
      if (dx !== 0) gemm.gemm(dx, n, dx, n, d, g * hp, wBack, m, n, g * hp);
      if (dw !== 0) gemm.gemm_tn(dw, n, d, g * hp, x, n, scratch, g * h, n, m, h, hp);
      if (dbx !== 0) reduce.column_sums(dbx, gates, g * hp, rows, g * h, h);
    },

    recurrentGradients(s, first, g, d, ld, previous) {
      const i = heap.i32;
      const t = s >>> 2;
      const h = i[t + word.hiddenSize]!;
      const hp = padded(h);
      const rows = i[t + word.rows]!;
      const dr = i[t + word.dr]! >>> 2;
      const dbr = i[t + word.dbr]! >>> 2;
      if (dr !== 0) {
        const b = 4 * (previous === 0 ? previousH(s) : previous);
        const scratch = 4 * ((i[t + word.scratch]! >>> 2) + (2 * i[t + word.batch]! + rows) * hp);
        const c = 4 * (dr + first * h * h);
        gemm.gemm_tn(c, h, 4 * d, ld, b, hp, scratch, g * h, h, rows, h, hp);
      }
      if (dbr !== 0) reduce.column_sums(4 * (dbr + first * h), 4 * d, ld, rows, g * h, h);
    },

    initialGradients(s) {
      const f = heap.f32;
      const i = heap.i32;
      const t = s >>> 2;
      const batch = i[t + word.batch]!;
      const h = i[t + word.hiddenSize]!;
      const hp = padded(h);
      const dh0 = i[t + word.dh0]! >>> 2;
      const dc0 = i[t + word.dc0]! >>> 2;
      const dh = i[t + word.scratch]! >>> 2;
      if (dh0 !== 0) addRows(f, dh0, h, dh, hp, batch, h);
      if (dc0 !== 0) addRows(f, dc0, h, dh + batch * hp, hp, batch, h);
    },
  };
}
