import type { Kernels } from "../core/kernels.ts";
import type { Heap } from "./heap.ts";
import { tanh } from "./math.ts";
import {
  addRows,
  clearPadding,
  padBias,
  padded,
  padRows,
  product,
  type Steps,
  sigmoidRows,
  word,
} from "./sequence.ts";

export type GRUKernels = Pick<Kernels, "gru_sequence_forward" | "gru_sequence_backward">;

/** q [n, Hp] = r h', which the candidate of variant 1 sees. */
function resetForward(
  f: Float32Array,
  q: number,
  gates: number,
  previous: number,
  n: number,
  hp: number,
): void {
  for (let b = 0; b < n; b++, gates += 2 * hp)
    for (const end = gates + hp; gates < end; gates++, q++, previous++)
      f[q] = f[gates]! * f[previous]!;
}

/** h [n, Hp] = (1 - z) n + z h'. gates [n, 3·Hp]: r, z and n's pre-activation in (variant 0: without r q), r z n out. */
function candidateForward(
  f: Float32Array,
  h: number,
  gates: number,
  q: number,
  previous: number,
  n: number,
  size: number,
  variant: number,
): void {
  const hp = padded(size);
  for (let b = 0; b < n; b++) {
    const z = gates + hp;
    const candidate = z + hp;
    if (variant === 0)
      for (let j = 0; j < size; j++)
        f[candidate + j] = tanh(f[candidate + j]! + f[gates + j]! * f[q + j]!);
    else for (let j = 0; j < size; j++) f[candidate + j] = tanh(f[candidate + j]!);
    for (let j = 0; j < size; j++) {
      const v = f[candidate + j]!;
      f[h + j] = v + f[z + j]! * (f[previous + j]! - v);
    }
    for (let j = size; j < hp; j++) f[h + j] = 0;
    gates += 3 * hp;
    h += hp;
    q += hp;
    previous += hp;
  }
}

/**
 * What needs no product. gates [n, 3·Hp]: r z n in, gradients of the pre-activations out (variant 1: r stays).
 * dh [n, Hp]: dL/dh in, z dL/dh out. q [n, Hp], variant 0: R_n h' + br_n in, its gradient out.
 */
function gatesBackward(
  f: Float32Array,
  gates: number,
  dh: number,
  q: number,
  previous: number,
  n: number,
  hp: number,
  variant: number,
): void {
  for (let b = 0; b < n; b++, gates += 2 * hp) {
    for (const end = gates + hp; gates < end; gates++, dh++, q++, previous++) {
      const z = f[gates + hp]!;
      const candidate = f[gates + 2 * hp]!;
      const d = f[dh]!;
      const dn = d * (1 - z) * (1 - candidate * candidate);
      f[gates + hp] = d * (f[previous]! - candidate) * z * (1 - z);
      f[gates + 2 * hp] = dn;
      f[dh] = d * z;
      if (variant === 0) {
        const r = f[gates]!;
        f[gates] = dn * f[q]! * r * (1 - r);
        f[q] = dn * r;
      }
    }
  }
}

/** Variant 1, from d [n, Hp] = d(r h'): gates: r in, its pre-activation's gradient out; dh += r d. */
function resetBackward(
  f: Float32Array,
  gates: number,
  dh: number,
  d: number,
  previous: number,
  n: number,
  hp: number,
): void {
  for (let b = 0; b < n; b++, gates += 2 * hp) {
    for (const end = gates + hp; gates < end; gates++, dh++, d++, previous++) {
      const r = f[gates]!;
      const v = f[d]!;
      f[dh] = f[dh]! + v * r;
      f[gates] = v * f[previous]! * r * (1 - r);
    }
  }
}

/**
 * r, z = σ(W x + bx + R h' + br), h = (1 - z) n + z h'   (Cho et al. 2014; torch's order of gates: r z n)
 * variant 0: n = tanh(W x + bx + r q), q = R h' + br      variant 1: n = tanh(W x + bx + R q + br), q = r h'
 */
export const gruKernels = (heap: Heap, steps: Steps): GRUKernels => ({
  gru_sequence_forward(s) {
    const f = heap.f32;
    const i = heap.i32;
    const t = s >>> 2;
    const count = i[t + word.steps]!;
    const batch = i[t + word.batch]!;
    const size = i[t + word.hiddenSize]!;
    const variant = i[t + word.variant]!;
    const sizes = i[t + word.sizes]! >>> 2;
    const hp = padded(size);
    const wide = 3 * hp;
    const r = i[t + word.r]! >>> 2;
    const bx = i[t + word.bx]! >>> 2;
    const br = i[t + word.br]! >>> 2;
    const bias = i[t + word.bias]! >>> 2;
    const bn = bias + wide;
    let gates = i[t + word.gates]! >>> 2;
    let q = i[t + word.c]! >>> 2;
    let previous = i[t + word.h]! >>> 2;
    padRows(f, previous, i[t + word.h0]! >>> 2, batch, size);
    for (let g = 0; g < 3; g++) {
      const apart = g === 2 && variant === 0;
      padBias(f, bias + g * hp, bx && bx + g * size, br && !apart ? br + g * size : 0, size);
    }
    if (variant === 0) padBias(f, bn, br && br + 2 * size, 0, size);
    steps.projectInput(s, 3);
    for (let step = 0, held = batch; step < count; step++) {
      const n = i[sizes + step]!;
      const h = previous + held * hp;
      const candidate = gates + 2 * hp;
      product(heap, gates, wide, gates, wide, previous, hp, r, n, 2 * hp, size, size, 0, 0);
      sigmoidRows(f, gates, wide, n, size);
      sigmoidRows(f, gates + hp, wide, n, size);
      if (variant === 0) {
        product(heap, q, hp, bn, 0, previous, hp, r, n, hp, size, size, 0, 2 * hp);
      } else {
        resetForward(f, q, gates, previous, n, hp);
        const at = candidate;
        product(heap, at, wide, at, wide, q, hp, r, n, hp, size, size, 0, 2 * hp);
      }
      candidateForward(f, h, gates, q, previous, n, size, variant);
      gates += n * wide;
      q += n * hp;
      previous = h;
      held = n;
    }
    steps.handOut(s);
  },

  gru_sequence_backward(s) {
    const f = heap.f32;
    const i = heap.i32;
    const t = s >>> 2;
    const batch = i[t + word.batch]!;
    const size = i[t + word.hiddenSize]!;
    const variant = i[t + word.variant]!;
    const sizes = i[t + word.sizes]! >>> 2;
    const hp = padded(size);
    const wide = 3 * hp;
    const gates = i[t + word.gates]! >>> 2;
    const reset = i[t + word.c]! >>> 2;
    const states = i[t + word.h]! >>> 2;
    const rBack = i[t + word.rBack]! >>> 2;
    const dy = i[t + word.dy]! >>> 2;
    const dh = i[t + word.scratch]! >>> 2;
    const dReset = dh + batch * hp;
    padRows(f, dh, i[t + word.dhLast]! >>> 2, batch, size);
    for (let step = i[t + word.steps]! - 1, row = i[t + word.rows]!; step >= 0; step--) {
      const n = i[sizes + step]!;
      const before = step > 0 ? i[sizes + step - 1]! : batch;
      row -= n;
      const d = gates + row * wide;
      const dn = d + 2 * hp;
      const q = reset + row * hp;
      const previous = states + (batch + row - before) * hp;
      if (dy !== 0) addRows(f, dh, hp, dy + row * size, size, n, size);
      gatesBackward(f, d, dh, q, previous, n, hp, variant);
      clearPadding(f, d, 3 * n, size);
      if (variant === 0) {
        clearPadding(f, q, n, size);
        product(heap, dh, hp, dh, hp, q, hp, rBack, n, hp, hp, wide, 2 * hp, 0);
      } else {
        product(heap, dReset, hp, -1, 0, dn, wide, rBack, n, hp, hp, wide, 2 * hp, 0);
        resetBackward(f, d, dh, dReset, previous, n, hp);
        clearPadding(f, d, 3 * n, size);
      }
      product(heap, dh, hp, dh, hp, d, wide, rBack, n, hp, 2 * hp, wide, 0, 0);
    }
    steps.inputGradients(s, 3);
    steps.recurrentGradients(s, 0, 2, gates, wide, 0);
    if (variant === 0) steps.recurrentGradients(s, 2, 1, reset, hp, 0);
    else steps.recurrentGradients(s, 2, 1, gates + 2 * hp, wide, reset);
    steps.initialGradients(s);
  },
});
