import { gemm } from "../gemm";
import { Lanes } from "../lanes";
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
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), gates in torch's order:
 *
 *   i, f, o = σ(W x + bx + R h' + br)    g = tanh(W x + bx + R h' + br)
 *   c = f c' + i g                       h = o tanh(c)
 */

/**
 * Gates of one step, for n rows.
 *
 * h, c, tanh_c [n, Hp] out    gates [n, 4·Hp] in: pre-activations, out: i f g o    c_previous [n, Hp]
 * In passes, each over one kind of gate: one fused loop took half as long again (register pressure).
 */
export function lstm_gates_forward(
  h: usize,
  c: usize,
  tanh_c: usize,
  gates: usize,
  c_previous: usize,
  n: i32,
  hp: i32,
): void {
  const row = (<usize>hp) << 2;
  for (; n > 0; n--) {
    const i = gates;
    const f = i + row;
    const g = f + row;
    const o = g + row;
    sigmoid_forward(i, i, 2 * hp);
    tanh_forward(g, g, hp);
    sigmoid_forward(o, o, hp);
    for (let j: usize = 0; j < row; j += 16) {
      const kept = f32x4.mul(v128.load(f + j), v128.load(c_previous + j));
      v128.store(c + j, Lanes.fma(kept, v128.load(i + j), v128.load(g + j)));
    }
    tanh_forward(tanh_c, c, hp);
    for (let j: usize = 0; j < row; j += 16)
      v128.store(h + j, f32x4.mul(v128.load(o + j), v128.load(tanh_c + j)));
    gates += 4 * row;
    h += row;
    c += row;
    tanh_c += row;
    c_previous += row;
  }
}

/**
 * gates [n, 4·Hp] in: i f g o, out: gradients of the pre-activations    dc [n, Hp] in: dL/dc, out: dL/dc'
 * dh, tanh_c, c_previous [n, Hp]
 */
export function lstm_gates_backward(
  gates: usize,
  dc: usize,
  dh: usize,
  tanh_c: usize,
  c_previous: usize,
  n: i32,
  hp: i32,
): void {
  const row = (<usize>hp) << 2;
  const one = f32x4.splat(1);
  for (; n > 0; n--) {
    const pf = gates + row;
    const pg = pf + row;
    const po = pg + row;
    for (let j: usize = 0; j < row; j += 16) {
      const i = v128.load(gates + j);
      const f = v128.load(pf + j);
      const g = v128.load(pg + j);
      const o = v128.load(po + j);
      const t = v128.load(tanh_c + j);
      const d = v128.load(dh + j);
      const through = f32x4.mul(f32x4.mul(d, o), f32x4.sub(one, f32x4.mul(t, t)));
      const e = f32x4.add(v128.load(dc + j), through);
      v128.store(po + j, f32x4.mul(f32x4.mul(d, t), f32x4.mul(o, f32x4.sub(one, o))));
      v128.store(gates + j, f32x4.mul(f32x4.mul(e, g), f32x4.mul(i, f32x4.sub(one, i))));
      v128.store(pg + j, f32x4.mul(f32x4.mul(e, i), f32x4.sub(one, f32x4.mul(g, g))));
      v128.store(
        pf + j,
        f32x4.mul(f32x4.mul(e, v128.load(c_previous + j)), f32x4.mul(f, f32x4.sub(one, f))),
      );
      v128.store(dc + j, f32x4.mul(e, f));
    }
    gates += 4 * row;
    dc += row;
    dh += row;
    tanh_c += row;
    c_previous += row;
  }
}

/** bias [4·Hp] = bx + br, and forget_bias for f: where the input projection starts. */
export function lstm_bias(s: Sequence): void {
  const size = s.hidden_size;
  const row = (<usize>Shape.padded(size)) << 2;
  for (let g = 0; g < 4; g++) {
    const at = (<usize>(g * size)) << 2;
    pad_bias(s.bias + <usize>g * row, s.bx ? s.bx + at : 0, s.br ? s.br + at : 0, size);
  }
  for (let f = s.bias + row, end = f + ((<usize>size) << 2); f < end; f += 4)
    f32.store(f, f32.load(f) + s.forget_bias);
}

/** The steps themselves, for sequences `from` … `to - 1`: from the states in the first rows of h and c to all the others. */
export function lstm_steps(s: Sequence, from: i32, to: i32): void {
  const size = s.hidden_size;
  const hp = Shape.padded(size);
  const row = (<usize>hp) << 2;
  let gates = s.gates + <usize>from * 4 * row;
  let h_previous = s.h + <usize>from * row;
  let c_previous = s.c + <usize>from * row;
  let tanh_c = s.tanh_c + <usize>from * row;
  let held = s.batch;
  for (let t = 0; t < s.steps; t++) {
    const active = i32.load(s.sizes + ((<usize>t) << 2));
    const n = min(active, to) - from;
    if (n <= 0) return;
    const h = h_previous + <usize>held * row;
    const c = c_previous + <usize>held * row;
    gemm(gates, 4 * hp, gates, 4 * hp, h_previous, hp, s.r, n, 4 * hp, size);
    lstm_gates_forward(h, c, tanh_c, gates, c_previous, n, hp);
    h_previous = h;
    c_previous = c;
    gates += <usize>active * 4 * row;
    tanh_c += <usize>active * row;
    held = active;
  }
}

/** Stages of the forward pass: 0 states, biases and entries (one part), 1 projection, 2 steps, 3 states out (one part). */
export function lstm_forward_stage(table: usize, stage: i32, part: i32, parts: i32): void {
  const s = changetype<Sequence>(table);
  if (stage == 0) {
    pad_rows(s.h, s.h0, s.batch, s.hidden_size);
    pad_rows(s.c, s.c0, s.batch, s.hidden_size);
    lstm_bias(s);
    project_entries(s, 4);
  } else if (stage == 1) {
    project_input(s, 4, part, parts);
  } else if (stage == 2) {
    lstm_steps(s, Part.from(s.batch, part, parts), Part.from(s.batch, part + 1, parts));
  } else {
    hand_out(s);
  }
}

/** All steps forward. */
export function lstm_sequence_forward(table: usize): void {
  for (let stage = 0; stage < 4; stage++) lstm_forward_stage(table, stage, 0, 1);
}

/** Back through the steps, last one first, for sequences `from` … `to - 1`. */
function lstm_steps_back(s: Sequence, from: i32, to: i32): void {
  const size = s.hidden_size;
  const hp = Shape.padded(size);
  const row = (<usize>hp) << 2;
  const dh = Scratch.dh(s) + <usize>from * row;
  const dc = Scratch.dc(s) + <usize>from * row;
  let rows = <usize>s.rows; // where the step at work begins
  for (let t = s.steps - 1; t >= 0; t--) {
    const active = i32.load(s.sizes + ((<usize>t) << 2));
    const before = t > 0 ? i32.load(s.sizes + ((<usize>(t - 1)) << 2)) : s.batch;
    rows -= active;
    const n = min(active, to) - from;
    if (n <= 0) continue;
    const at = rows + from;
    const gates = s.gates + at * 4 * row;
    const c_previous = s.c + (<usize>s.batch + at - before) * row;
    if (s.dy) add_rows(dh, hp, s.dy + ((at * size) << 2), size, n, size);
    lstm_gates_backward(gates, dc, dh, s.tanh_c + at * row, c_previous, n, hp);
    clear_padding(gates, n, 4, size);
    gemm(dh, hp, 0, 0, gates, 4 * hp, s.r_back, n, hp, 4 * hp);
  }
}

/** Stages of the backward pass: 0 states (one part), 1 steps, 2 sums over time, 3 entries and initial states (one part). */
export function lstm_backward_stage(table: usize, stage: i32, part: i32, parts: i32): void {
  const s = changetype<Sequence>(table);
  if (stage == 0) {
    pad_rows(Scratch.dh(s), s.dh_last, s.batch, s.hidden_size);
    pad_rows(Scratch.dc(s), s.dc_last, s.batch, s.hidden_size);
    gather_previous_h(s);
  } else if (stage == 1) {
    lstm_steps_back(s, Part.from(s.batch, part, parts), Part.from(s.batch, part + 1, parts));
  } else if (stage == 2) {
    const n = 4 * Shape.padded(s.hidden_size);
    input_gradients(s, 4, part, parts);
    recurrent_gradients(s, s.dr, s.dbr, s.gates, n, previous_h(s), 4, part, parts);
  } else {
    entry_gradients(s, 4);
    initial_gradients(s);
  }
}

/** All steps backward, last one first; then the sums over time, one product each. */
export function lstm_sequence_backward(table: usize): void {
  for (let stage = 0; stage < 4; stage++) lstm_backward_stage(table, stage, 0, 1);
}
