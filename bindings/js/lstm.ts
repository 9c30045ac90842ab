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

export type LSTMKernels = Pick<Kernels, "lstm_sequence_forward" | "lstm_sequence_backward">;

/** gates [n, 4·Hp]: pre-activations in, i f g o out. h, c, tanhC [n, Hp] from cPrevious [n, Hp]. */
function gatesForward(
  f: Float32Array,
  h: number,
  c: number,
  tanhC: number,
  gates: number,
  cPrevious: number,
  n: number,
  size: number,
): void {
  const hp = padded(size);
  sigmoidRows(f, gates, 4 * hp, n, size);
  sigmoidRows(f, gates + hp, 4 * hp, n, size);
  sigmoidRows(f, gates + 3 * hp, 4 * hp, n, size);
  for (let b = 0; b < n; b++) {
    for (let j = 0; j < size; j++) {
      const g = tanh(f[gates + 2 * hp + j]!);
      const cell = f[gates + hp + j]! * f[cPrevious + j]! + f[gates + j]! * g;
      const bounded = tanh(cell);
      f[gates + 2 * hp + j] = g;
      f[c + j] = cell;
      f[tanhC + j] = bounded;
      f[h + j] = f[gates + 3 * hp + j]! * bounded;
    }
    for (let j = size; j < hp; j++) {
      f[c + j] = 0;
      f[tanhC + j] = 0;
      f[h + j] = 0;
    }
    gates += 4 * hp;
    cPrevious += hp;
    c += hp;
    tanhC += hp;
    h += hp;
  }
}

/** gates [n, 4·Hp]: i f g o in, gradients of the pre-activations out. dc [n, Hp]: dL/dc in, dL/dc' out. */
function gatesBackward(
  f: Float32Array,
  gates: number,
  dc: number,
  dh: number,
  tanhC: number,
  cPrevious: number,
  n: number,
  hp: number,
): void {
  for (let b = 0; b < n; b++, gates += 3 * hp) {
    for (const end = gates + hp; gates < end; gates++, dc++, dh++, tanhC++, cPrevious++) {
      const i = f[gates]!;
      const forget = f[gates + hp]!;
      const g = f[gates + 2 * hp]!;
      const o = f[gates + 3 * hp]!;
      const bounded = f[tanhC]!;
      const d = f[dh]!;
      const e = f[dc]! + d * o * (1 - bounded * bounded);
      f[gates] = e * g * i * (1 - i);
      f[gates + hp] = e * f[cPrevious]! * forget * (1 - forget);
      f[gates + 2 * hp] = e * i * (1 - g * g);
      f[gates + 3 * hp] = d * bounded * o * (1 - o);
      f[dc] = e * forget;
    }
  }
}

/**
 * i, f, o = σ(W x + bx + R h' + br), g = tanh(…), c = f c' + i g, h = o tanh(c)   (Hochreiter & Schmidhuber 1997, Gers et
 * al. 2000; torch's order of gates: i f g o).
 */
export const lstmKernels = (heap: Heap, steps: Steps): LSTMKernels => ({
  lstm_sequence_forward(s) {
    const f = heap.f32;
    const i = heap.i32;
    const t = s >>> 2;
    const count = i[t + word.steps]!;
    const batch = i[t + word.batch]!;
    const size = i[t + word.hiddenSize]!;
    const sizes = i[t + word.sizes]! >>> 2;
    const hp = padded(size);
    const wide = 4 * hp;
    const r = i[t + word.r]! >>> 2;
    const bx = i[t + word.bx]! >>> 2;
    const br = i[t + word.br]! >>> 2;
    const bias = i[t + word.bias]! >>> 2;
    let gates = i[t + word.gates]! >>> 2;
    let tanhC = i[t + word.tanhC]! >>> 2;
    let previous = i[t + word.h]! >>> 2;
    let cPrevious = i[t + word.c]! >>> 2;
    padRows(f, previous, i[t + word.h0]! >>> 2, batch, size);
    padRows(f, cPrevious, i[t + word.c0]! >>> 2, batch, size);
    for (let g = 0; g < 4; g++)
      padBias(f, bias + g * hp, bx && bx + g * size, br && br + g * size, size);
    const forgetBias = f[t + word.forgetBias]!;
    for (let j = 0; j < size; j++) f[bias + hp + j] = f[bias + hp + j]! + forgetBias;
    steps.projectInput(s, 4);
    for (let step = 0, held = batch; step < count; step++) {
      const n = i[sizes + step]!;
      const h = previous + held * hp;
      const c = cPrevious + held * hp;
      product(heap, gates, wide, gates, wide, previous, hp, r, n, wide, size, size, 0, 0);
      gatesForward(f, h, c, tanhC, gates, cPrevious, n, size);
      gates += n * wide;
      tanhC += n * hp;
      previous = h;
      cPrevious = c;
      held = n;
    }
    steps.handOut(s);
  },

  lstm_sequence_backward(s) {
    const f = heap.f32;
    const i = heap.i32;
    const t = s >>> 2;
    const batch = i[t + word.batch]!;
    const size = i[t + word.hiddenSize]!;
    const sizes = i[t + word.sizes]! >>> 2;
    const hp = padded(size);
    const wide = 4 * hp;
    const gates = i[t + word.gates]! >>> 2;
    const tanhC = i[t + word.tanhC]! >>> 2;
    const cells = i[t + word.c]! >>> 2;
    const rBack = i[t + word.rBack]! >>> 2;
    const dy = i[t + word.dy]! >>> 2;
    const dh = i[t + word.scratch]! >>> 2;
    const dc = dh + batch * hp;
    padRows(f, dh, i[t + word.dhLast]! >>> 2, batch, size);
    padRows(f, dc, i[t + word.dcLast]! >>> 2, batch, size);
    for (let step = i[t + word.steps]! - 1, row = i[t + word.rows]!; step >= 0; step--) {
      const n = i[sizes + step]!;
      const before = step > 0 ? i[sizes + step - 1]! : batch;
      row -= n;
      const d = gates + row * wide;
      const cPrevious = cells + (batch + row - before) * hp;
      if (dy !== 0) addRows(f, dh, hp, dy + row * size, size, n, size);
      gatesBackward(f, d, dc, dh, tanhC + row * hp, cPrevious, n, hp);
      clearPadding(f, d, 4 * n, size);
      product(heap, dh, hp, -1, 0, d, wide, rBack, n, hp, wide, wide, 0, 0);
    }
    steps.inputGradients(s, 4);
    steps.recurrentGradients(s, 0, 4, gates, wide, 0);
    steps.initialGradients(s);
  },
});
