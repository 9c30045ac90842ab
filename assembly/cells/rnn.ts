import { gemm } from "../gemm";
import { relu_forward, tanh_forward } from "../pointwise";
import {
  add_rows,
  clear_padding,
  entry_gradients,
  gather_previous_h,
  hand_out,
  initial_gradients,
  input_gradients,
  Part,
  pad_bias,
  pad_rows,
  previous_h,
  project_entries,
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

/** The steps themselves, for sequences `from` … `to - 1`. Pre-activations pass through `gates` [P, Hp], which backward fills anew. */
export function rnn_steps(s: Sequence, from: i32, to: i32): void {
  const size = s.hidden_size;
  const hp = Shape.padded(size);
  const row = (<usize>hp) << 2;
  let gates = s.gates + <usize>from * row;
  let h_previous = s.h + <usize>from * row;
  let held = s.batch;
  for (let t = 0; t < s.steps; t++) {
    const active = i32.load(s.sizes + ((<usize>t) << 2));
    const n = min(active, to) - from;
    if (n <= 0) return;
    const h = h_previous + <usize>held * row;
    gemm(gates, hp, gates, hp, h_previous, hp, s.r, n, hp, size);
    if (s.variant == 0) tanh_forward(h, gates, n * hp);
    else relu_forward(h, gates, n * hp);
    h_previous = h;
    gates += <usize>active * row;
    held = active;
  }
}

/** Stages of the forward pass: 0 state, bias and entries (one part), 1 projection, 2 steps, 3 states out (one part). */
export function rnn_forward_stage(table: usize, stage: i32, part: i32, parts: i32): void {
  const s = changetype<Sequence>(table);
  if (stage == 0) {
    pad_rows(s.h, s.h0, s.batch, s.hidden_size);
    rnn_bias(s);
    project_entries(s, 1);
  } else if (stage == 1) {
    project_input(s, 1, part, parts);
  } else if (stage == 2) {
    rnn_steps(s, Part.from(s.batch, part, parts), Part.from(s.batch, part + 1, parts));
  } else {
    hand_out(s);
  }
}

/** All steps forward. */
export function rnn_sequence_forward(table: usize): void {
  for (let stage = 0; stage < 4; stage++) rnn_forward_stage(table, stage, 0, 1);
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

/** Back through the steps, last one first, for sequences `from` … `to - 1`. */
function rnn_steps_back(s: Sequence, from: i32, to: i32): void {
  const size = s.hidden_size;
  const hp = Shape.padded(size);
  const row = (<usize>hp) << 2;
  const dh = Scratch.dh(s) + <usize>from * row;
  let rows = <usize>s.rows; // where the step at work begins
  for (let t = s.steps - 1; t >= 0; t--) {
    const active = i32.load(s.sizes + ((<usize>t) << 2));
    rows -= active;
    const n = min(active, to) - from;
    if (n <= 0) continue;
    const at = rows + from;
    const d = s.gates + at * row;
    if (s.dy) add_rows(dh, hp, s.dy + ((at * size) << 2), size, n, size);
    rnn_gate_backward(d, dh, s.h + (<usize>s.batch + at) * row, n * hp, s.variant);
    clear_padding(d, n, 1, size);
    gemm(dh, hp, 0, 0, d, hp, s.r_back, n, hp, hp);
  }
}

/** Stages of the backward pass: 0 state (one part), 1 steps, 2 sums over time, 3 entries and initial state (one part). */
export function rnn_backward_stage(table: usize, stage: i32, part: i32, parts: i32): void {
  const s = changetype<Sequence>(table);
  if (stage == 0) {
    pad_rows(Scratch.dh(s), s.dh_last, s.batch, s.hidden_size);
    gather_previous_h(s);
  } else if (stage == 1) {
    rnn_steps_back(s, Part.from(s.batch, part, parts), Part.from(s.batch, part + 1, parts));
  } else if (stage == 2) {
    const n = Shape.padded(s.hidden_size);
    input_gradients(s, 1, part, parts);
    recurrent_gradients(s, s.dr, s.dbr, s.gates, n, previous_h(s), 1, part, parts);
  } else {
    entry_gradients(s, 1);
    initial_gradients(s);
  }
}

/** All steps backward, last one first; then the sums over time, one product each. */
export function rnn_sequence_backward(table: usize): void {
  for (let stage = 0; stage < 4; stage++) rnn_backward_stage(table, stage, 0, 1);
}
