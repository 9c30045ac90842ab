import { gemm } from "../gemm";
import { relu_forward, tanh_forward } from "../pointwise";
import {
  add_rows,
  clear_padding,
  hand_out,
  initial_gradients,
  input_gradients,
  pad_bias,
  pad_rows,
  project_input,
  recurrent_gradients,
  Scratch,
  Sequence,
  Shape,
} from "./sequence";

/**
 * Simple recurrent network (Elman 1990): h = f(W x + bx + R h' + br), f = tanh (variant 0) or relu (variant 1).
 */

/** bias [Hp] = bx + br: where the input projection starts. */
export function rnn_bias(s: Sequence): void {
  pad_bias(s.bias, s.bx, s.br, s.hidden_size);
}

/** The steps themselves. The pre-activations pass through `gates` [P, Hp], which backward fills anew. */
export function rnn_steps(s: Sequence): void {
  const size = s.hidden_size;
  const hp = Shape.padded(size);
  const row = (<usize>hp) << 2;
  project_input(s, 1);
  let gates = s.gates;
  let h_previous = s.h;
  let held = s.batch;
  for (let t = 0; t < s.steps; t++) {
    const n = i32.load(s.sizes + ((<usize>t) << 2));
    const h = h_previous + <usize>held * row;
    gemm(gates, hp, gates, hp, h_previous, hp, s.r, n, hp, size);
    if (s.variant == 0) tanh_forward(h, gates, n * hp);
    else relu_forward(h, gates, n * hp);
    h_previous = h;
    gates += <usize>n * row;
    held = n;
  }
}

/** All steps forward. */
export function rnn_sequence_forward(table: usize): void {
  const s = changetype<Sequence>(table);
  pad_rows(s.h, s.h0, s.batch, s.hidden_size);
  rnn_bias(s);
  rnn_steps(s);
  hand_out(s);
}

/** d [n] = gradient of the pre-activation, from dh and h: (1 - h²) dh, or dh where h > 0. n a multiple of 4. */
export function rnn_gate_backward(d: usize, dh: usize, h: usize, n: i32, variant: i32): void {
  const end = d + ((<usize>n) << 2);
  if (variant == 0) {
    const one = f32x4.splat(1);
    for (; d < end; d += 16, dh += 16, h += 16) {
      const v = v128.load(h);
      v128.store(d, f32x4.mul(v128.load(dh), f32x4.sub(one, f32x4.mul(v, v))));
    }
  } else {
    const zero = f32x4.splat(0);
    for (; d < end; d += 16, dh += 16, h += 16)
      v128.store(d, v128.and(v128.load(dh), f32x4.gt(v128.load(h), zero)));
  }
}

/** All steps backward, last one first; then the sums over time, one product each. */
export function rnn_sequence_backward(table: usize): void {
  const s = changetype<Sequence>(table);
  const size = s.hidden_size;
  const hp = Shape.padded(size);
  const row = (<usize>hp) << 2;
  const dh = Scratch.dh(s);
  pad_rows(dh, s.dh_last, s.batch, size);
  let rows = <usize>s.rows;
  for (let t = s.steps - 1; t >= 0; t--) {
    const n = i32.load(s.sizes + ((<usize>t) << 2));
    rows -= n;
    const d = s.gates + rows * row;
    if (s.dy) add_rows(dh, hp, s.dy + ((rows * size) << 2), size, n, size);
    rnn_gate_backward(d, dh, s.h + (<usize>s.batch + rows) * row, n * hp, s.variant);
    clear_padding(d, n, 1, size);
    gemm(dh, hp, 0, 0, d, hp, s.r_back, n, hp, hp);
  }
  input_gradients(s, 1);
  recurrent_gradients(s, s.dr, s.dbr, s.gates, hp, 0, 1);
  initial_gradients(s);
}
