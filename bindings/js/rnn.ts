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
  word,
} from "./sequence.ts";

export type RNNKernels = Pick<Kernels, "rnn_sequence_forward" | "rnn_sequence_backward">;

/** h [n, Hp] = tanh or relu of the pre-activations [n, Hp]. */
function activate(
  f: Float32Array,
  h: number,
  pre: number,
  n: number,
  size: number,
  variant: number,
): void {
  const hp = padded(size);
  for (let b = 0; b < n; b++, h += hp, pre += hp) {
    if (variant === 0) for (let j = 0; j < size; j++) f[h + j] = tanh(f[pre + j]!);
    else
      for (let j = 0; j < size; j++) {
        const v = f[pre + j]!;
        f[h + j] = v <= 0 ? 0 : v;
      }
    for (let j = size; j < hp; j++) f[h + j] = 0;
  }
}

/** d [n, Hp], the gradient of the pre-activations, from dh and h [n, Hp]. */
function activateBackward(
  f: Float32Array,
  d: number,
  dh: number,
  h: number,
  n: number,
  hp: number,
  variant: number,
): void {
  if (variant === 0) {
    for (const end = d + n * hp; d < end; d++, dh++, h++) {
      const v = f[h]!;
      f[d] = f[dh]! * (1 - v * v);
    }
  } else {
    for (const end = d + n * hp; d < end; d++, dh++, h++) f[d] = f[h]! > 0 ? f[dh]! : 0;
  }
}

/** h = tanh(W x + bx + R h' + br), or relu in variant 1 (Elman 1990). `gates` holds pre-activations, then their gradients. */
export const rnnKernels = (heap: Heap, steps: Steps): RNNKernels => ({
  rnn_sequence_forward(s) {
    const f = heap.f32;
    const i = heap.i32;
    const t = s >>> 2;
    const count = i[t + word.steps]!;
    const batch = i[t + word.batch]!;
    const size = i[t + word.hiddenSize]!;
    const variant = i[t + word.variant]!;
    const sizes = i[t + word.sizes]! >>> 2;
    const hp = padded(size);
    const r = i[t + word.r]! >>> 2;
    let gates = i[t + word.gates]! >>> 2;
    let previous = i[t + word.h]! >>> 2;
    padRows(f, previous, i[t + word.h0]! >>> 2, batch, size);
    padBias(f, i[t + word.bias]! >>> 2, i[t + word.bx]! >>> 2, i[t + word.br]! >>> 2, size);
    steps.projectInput(s, 1);
    for (let step = 0, held = batch; step < count; step++) {
      const n = i[sizes + step]!;
      const h = previous + held * hp;
      product(heap, gates, hp, gates, hp, previous, hp, r, n, hp, size, size, 0, 0);
      activate(f, h, gates, n, size, variant);
      gates += n * hp;
      previous = h;
      held = n;
    }
    steps.handOut(s);
  },

  rnn_sequence_backward(s) {
    const f = heap.f32;
    const i = heap.i32;
    const t = s >>> 2;
    const batch = i[t + word.batch]!;
    const size = i[t + word.hiddenSize]!;
    const variant = i[t + word.variant]!;
    const sizes = i[t + word.sizes]! >>> 2;
    const hp = padded(size);
    const gates = i[t + word.gates]! >>> 2;
    const states = (i[t + word.h]! >>> 2) + batch * hp;
    const rBack = i[t + word.rBack]! >>> 2;
    const dy = i[t + word.dy]! >>> 2;
    const dh = i[t + word.scratch]! >>> 2;
    padRows(f, dh, i[t + word.dhLast]! >>> 2, batch, size);
    for (let step = i[t + word.steps]! - 1, row = i[t + word.rows]!; step >= 0; step--) {
      const n = i[sizes + step]!;
      row -= n;
      const d = gates + row * hp;
      if (dy !== 0) addRows(f, dh, hp, dy + row * size, size, n, size);
      activateBackward(f, d, dh, states + row * hp, n, hp, variant);
      clearPadding(f, d, n, size);
      product(heap, dh, hp, -1, 0, d, hp, rBack, n, hp, hp, hp, 0, 0);
    }
    steps.inputGradients(s, 1);
    steps.recurrentGradients(s, 0, 1, gates, hp, 0);
    steps.initialGradients(s);
  },
});
