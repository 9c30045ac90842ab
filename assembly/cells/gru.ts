import { gemm, gemm_range } from "../gemm";
import { Lanes } from "../lanes";
import { Panel } from "../pack";
import { sigmoid_forward, tanh_forward } from "../pointwise";
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
 * Gated recurrent unit (Cho et al. 2014), gates in torch's order:
 *
 *   r, z = σ(W x + bx + R h' + br)       h = (1 - z) n + z h'
 *   n = tanh(W x + bx + r (R h' + br))   variant 0: reset after the product (torch, cuDNN, Keras)
 *   n = tanh(W x + bx + R (r h') + br)   variant 1: reset before it (the paper, TensorFlow 1, ONNX by default)
 *
 * `c` of the table holds q = R_n h' + br_n in variant 0 and r h' in variant 1.
 */

/** Rows of the gates r and z, in place. */
function reset_and_update(gates: usize, n: i32, hp: i32): void {
  for (; n > 0; n--, gates += 3 * ((<usize>hp) << 2)) sigmoid_forward(gates, gates, 2 * hp);
}

/** q [n, Hp] = r h', the state that the candidate of variant 1 sees. */
export function gru_reset_forward(
  q: usize,
  gates: usize,
  h_previous: usize,
  n: i32,
  hp: i32,
): void {
  const row = (<usize>hp) << 2;
  for (; n > 0; n--, q += row, gates += 3 * row, h_previous += row)
    for (let j: usize = 0; j < row; j += 16)
      v128.store(q + j, f32x4.mul(v128.load(gates + j), v128.load(h_previous + j)));
}

/**
 * The candidate and the new state, for n rows.
 *
 * h [n, Hp] out    gates [n, 3·Hp] r, z and n's pre-activation in; r z n out    q [n, Hp] (variant 0)    h_previous [n, Hp]
 */
export function gru_candidate_forward(
  h: usize,
  gates: usize,
  q: usize,
  h_previous: usize,
  n: i32,
  hp: i32,
  variant: i32,
): void {
  const row = (<usize>hp) << 2;
  for (; n > 0; n--, h += row, gates += 3 * row, q += row, h_previous += row) {
    const z = gates + row;
    const candidate = z + row;
    if (variant == 0) {
      for (let j: usize = 0; j < row; j += 16) {
        const at = candidate + j;
        v128.store(at, Lanes.fma(v128.load(at), v128.load(gates + j), v128.load(q + j)));
      }
    }
    tanh_forward(candidate, candidate, hp);
    for (let j: usize = 0; j < row; j += 16) {
      const v = v128.load(candidate + j);
      const difference = f32x4.sub(v128.load(h_previous + j), v);
      v128.store(h + j, Lanes.fma(v, v128.load(z + j), difference));
    }
  }
}

/** bias [4·Hp] = bx + br of r and z, bx (variant 1: + br) of n, and behind them br of n, where variant 0 starts R_n h. */
export function gru_bias(s: Sequence): void {
  const size = s.hidden_size;
  const row = (<usize>Shape.padded(size)) << 2;
  const after = s.variant == 0;
  for (let g = 0; g < 3; g++) {
    const at = (<usize>(g * size)) << 2;
    const br = s.br && !(after && g == 2) ? s.br + at : 0;
    pad_bias(s.bias + <usize>g * row, s.bx ? s.bx + at : 0, br, size);
  }
  if (after) pad_bias(s.bias + 3 * row, s.br ? s.br + ((<usize>(2 * size)) << 2) : 0, 0, size);
}

/** The steps themselves, for sequences `from` … `to - 1`: from the state in the first rows of h to all the others. */
export function gru_steps(s: Sequence, from: i32, to: i32): void {
  const size = s.hidden_size;
  const hp = Shape.padded(size);
  const row = (<usize>hp) << 2;
  const after = s.variant == 0;
  const r_candidate = s.r + <usize>(hp >> 2) * Panel.bytes(size); // its columns stand behind those of r and z
  let gates = s.gates + <usize>from * 3 * row;
  let q = s.c + <usize>from * row;
  let h_previous = s.h + <usize>from * row;
  let held = s.batch;
  for (let t = 0; t < s.steps; t++) {
    const active = i32.load(s.sizes + ((<usize>t) << 2));
    const n = min(active, to) - from;
    if (n <= 0) return;
    const h = h_previous + <usize>held * row;
    const candidate = gates + 2 * row;
    gemm(gates, 3 * hp, gates, 3 * hp, h_previous, hp, s.r, n, 2 * hp, size);
    reset_and_update(gates, n, hp);
    if (after) {
      gemm(q, hp, s.bias + 3 * row, 0, h_previous, hp, r_candidate, n, hp, size);
    } else {
      gru_reset_forward(q, gates, h_previous, n, hp);
      gemm(candidate, 3 * hp, candidate, 3 * hp, q, hp, r_candidate, n, hp, size);
    }
    gru_candidate_forward(h, gates, q, h_previous, n, hp, s.variant);
    h_previous = h;
    gates += <usize>active * 3 * row;
    q += <usize>active * row;
    held = active;
  }
}

/** Stages of the forward pass: 0 state, biases and entries (one part), 1 projection, 2 steps, 3 states out (one part). */
export function gru_forward_stage(table: usize, stage: i32, part: i32, parts: i32): void {
  const s = changetype<Sequence>(table);
  if (stage == 0) {
    pad_rows(s.h, s.h0, s.batch, s.hidden_size);
    gru_bias(s);
    project_entries(s, 3);
  } else if (stage == 1) {
    project_input(s, 3, part, parts);
  } else if (stage == 2) {
    gru_steps(s, Part.from(s.batch, part, parts), Part.from(s.batch, part + 1, parts));
  } else {
    hand_out(s);
  }
}

/** All steps forward. */
export function gru_sequence_forward(table: usize): void {
  for (let stage = 0; stage < 4; stage++) gru_forward_stage(table, stage, 0, 1);
}

/**
 * Everything of a step's backward pass that needs no product (variant 0: all of it; variant 1: all but r).
 *
 * gates [n, 3·Hp] in: r z n, out: gradients of the pre-activations (variant 1: r stays)
 * dh [n, Hp] in: dL/dh, out: z dL/dh, the part that goes straight to h'
 * q [n, Hp] variant 0 in: R_n h' + br_n, out: its gradient    h_previous [n, Hp]
 */
export function gru_gates_backward(
  gates: usize,
  dh: usize,
  q: usize,
  h_previous: usize,
  n: i32,
  hp: i32,
  variant: i32,
): void {
  const row = (<usize>hp) << 2;
  const one = f32x4.splat(1);
  for (; n > 0; n--, gates += 3 * row, dh += row, q += row, h_previous += row) {
    const pz = gates + row;
    const pn = pz + row;
    for (let j: usize = 0; j < row; j += 16) {
      const z = v128.load(pz + j);
      const candidate = v128.load(pn + j);
      const d = v128.load(dh + j);
      const keep = f32x4.sub(one, z);
      const dn = f32x4.mul(f32x4.mul(d, keep), f32x4.sub(one, f32x4.mul(candidate, candidate)));
      const difference = f32x4.sub(v128.load(h_previous + j), candidate);
      v128.store(pz + j, f32x4.mul(f32x4.mul(d, difference), f32x4.mul(z, keep)));
      v128.store(pn + j, dn);
      v128.store(dh + j, f32x4.mul(d, z));
      if (variant == 0) {
        const r = v128.load(gates + j);
        const dr = f32x4.mul(dn, v128.load(q + j));
        v128.store(gates + j, f32x4.mul(dr, f32x4.mul(r, f32x4.sub(one, r))));
        v128.store(q + j, f32x4.mul(dn, r));
      }
    }
  }
}

/**
 * Variant 1, once d(r h') is known: gates [n, 3·Hp] r in, its gradient out; dh [n, Hp] += r d(r h').
 * d [n, Hp] = d(r h')    h_previous [n, Hp]
 */
export function gru_reset_backward(
  gates: usize,
  dh: usize,
  d: usize,
  h_previous: usize,
  n: i32,
  hp: i32,
): void {
  const row = (<usize>hp) << 2;
  const one = f32x4.splat(1);
  for (; n > 0; n--, gates += 3 * row, dh += row, d += row, h_previous += row) {
    for (let j: usize = 0; j < row; j += 16) {
      const r = v128.load(gates + j);
      const v = v128.load(d + j);
      v128.store(dh + j, Lanes.fma(v128.load(dh + j), v, r));
      const dr = f32x4.mul(v, v128.load(h_previous + j));
      v128.store(gates + j, f32x4.mul(dr, f32x4.mul(r, f32x4.sub(one, r))));
    }
  }
}

/** Back through the steps, last one first, for sequences `from` … `to - 1`. */
function gru_steps_back(s: Sequence, from: i32, to: i32): void {
  const size = s.hidden_size;
  const hp = Shape.padded(size);
  const row = (<usize>hp) << 2;
  const after = s.variant == 0;
  const dh = Scratch.dh(s) + <usize>from * row;
  const d_reset = Scratch.dc(s) + <usize>from * row;
  let rows = <usize>s.rows; // where the step at work begins
  for (let t = s.steps - 1; t >= 0; t--) {
    const active = i32.load(s.sizes + ((<usize>t) << 2));
    const before = t > 0 ? i32.load(s.sizes + ((<usize>(t - 1)) << 2)) : s.batch;
    rows -= active;
    const n = min(active, to) - from;
    if (n <= 0) continue;
    const at = rows + from;
    const gates = s.gates + at * 3 * row;
    const candidate = gates + 2 * row;
    const q = s.c + at * row;
    const h_previous = s.h + (<usize>s.batch + at - before) * row;
    if (s.dy) add_rows(dh, hp, s.dy + ((at * size) << 2), size, n, size);
    gru_gates_backward(gates, dh, q, h_previous, n, hp, s.variant);
    clear_padding(gates, n, 3, size);
    if (after) {
      clear_padding(q, n, 1, size);
      gemm_range(dh, hp, dh, hp, q, hp, s.r_back, 3 * hp, 2 * hp, n, hp, hp);
    } else {
      gemm_range(d_reset, hp, 0, 0, candidate, 3 * hp, s.r_back, 3 * hp, 2 * hp, n, hp, hp);
      gru_reset_backward(gates, dh, d_reset, h_previous, n, hp);
      clear_padding(gates, n, 3, size);
    }
    gemm_range(dh, hp, dh, hp, gates, 3 * hp, s.r_back, 3 * hp, 0, n, hp, 2 * hp);
  }
}

/** The sums over time, one product each: r and z from the gates, n from what flowed into its share of R h. */
function gru_sums(s: Sequence, part: i32, parts: i32): void {
  const size = s.hidden_size;
  const hp = Shape.padded(size);
  const before = (<usize>(2 * size)) << 2; // bytes of the rows of r and z, per column
  const dr = s.dr ? s.dr + before * size : 0;
  const dbr = s.dbr ? s.dbr + before : 0;
  const dn = s.gates + ((<usize>(2 * hp)) << 2);
  input_gradients(s, 3, part, parts);
  recurrent_gradients(s, s.dr, s.dbr, s.gates, 3 * hp, previous_h(s), 2, part, parts);
  if (s.variant == 0) recurrent_gradients(s, dr, dbr, s.c, hp, previous_h(s), 1, part, parts);
  else recurrent_gradients(s, dr, dbr, dn, 3 * hp, s.c, 1, part, parts);
}

/** Stages of the backward pass: 0 state (one part), 1 steps, 2 sums over time, 3 entries and initial state (one part). */
export function gru_backward_stage(table: usize, stage: i32, part: i32, parts: i32): void {
  const s = changetype<Sequence>(table);
  if (stage == 0) {
    pad_rows(Scratch.dh(s), s.dh_last, s.batch, s.hidden_size);
    gather_previous_h(s);
  } else if (stage == 1) {
    gru_steps_back(s, Part.from(s.batch, part, parts), Part.from(s.batch, part + 1, parts));
  } else if (stage == 2) {
    gru_sums(s, part, parts);
  } else {
    entry_gradients(s, 3);
    initial_gradients(s);
  }
}

/** All steps backward, last one first; then the sums over time, one product each. */
export function gru_sequence_backward(table: usize): void {
  for (let stage = 0; stage < 4; stage++) gru_backward_stage(table, stage, 0, 1);
}
