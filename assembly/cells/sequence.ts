import { gemm, gemm_tn_range, gemm_tn_scratch } from "../gemm";
import { column_sums } from "../reduce";
import { gather_rows, gather_rows_backward } from "../rows";

/**
 * What a whole-sequence kernel is given: one table of words in memory, filled by bindings/cells/sequence.ts in this
 * order. It is the entire contract of `<cell>_sequence_forward` and `<cell>_sequence_backward`.
 *
 * Sequences are packed as torch's PackedSequence is: sorted by length, longest first; step t has `sizes[t]` active rows
 * (never more than the step before), the first of the batch; the rows of all steps lie one after another, P in all.
 * A sequence of length 0 takes part in no step. Letters: T time, B batch, I input, H hidden, G gates of the cell,
 * Hp = H rounded up to a multiple of 4; what pads Hp is 0 and stays 0.
 *
 * saved: written by forward, read by backward. work: no meaning outside one call. A pointer of 0 means "absent".
 */
@unmanaged
export class Sequence {
  steps: i32; // T
  batch: i32; // B
  rows: i32; // P
  input_size: i32; // I
  hidden_size: i32; // H
  variant: i32; // RNN: 0 tanh, 1 relu. GRU: 0 reset after the product, 1 before
  sizes: usize; // i32[T]
  x: usize; // [P, I], or with entries [V, I]
  h0: usize; // [B, H] or 0: zeros
  c0: usize; // [B, H] or 0: zeros (LSTM)
  w: usize; // W, packed by pack_nt in groups of H padded to Hp
  r: usize; // R, packed likewise
  bx: usize; // [G·H] or 0
  br: usize; // [G·H] or 0
  bias: usize; // [G·Hp] work: where the input projection starts (GRU: [4·Hp], the last part is where R_n h starts)
  gates: usize; // [P, G·Hp] saved: activated gates; backward leaves d(pre-activation) there (RNN: backward only)
  h: usize; // [B + P, Hp] saved: h0, then h of every step
  c: usize; // LSTM [B + P, Hp] saved: c0, then c of every step. GRU [P, Hp] saved: R_n h + br_n (variant 0), r h (1)
  tanh_c: usize; // LSTM [P, Hp] saved
  y: usize; // [P, H]: h without padding, or 0 where H = Hp
  last: usize; // i32[B]: the row of `h` that is each sequence's final state
  h_last: usize; // [B, H]
  c_last: usize; // [B, H] (LSTM)
  // Backward only. Gradients accumulate.
  dy: usize; // [P, H] or 0
  dh_last: usize; // [B, H] or 0
  dc_last: usize; // [B, H] or 0 (LSTM)
  w_back: usize; // W, packed by pack_nn, rows in groups of H padded to Hp; 0 where dx is 0
  r_back: usize; // R, packed likewise, columns padded to Hp
  dx: usize; // as x, or 0
  dw: usize; // [G·H, I] or 0
  dr: usize; // [G·H, H] or 0
  dbx: usize; // [G·H] or 0
  dbr: usize; // [G·H] or 0
  dh0: usize; // [B, H] or 0
  dc0: usize; // [B, H] or 0 (LSTM)
  scratch: usize; // work: as many floats as sequence_scratch says
  parts: i32; // how many threads may work on this at a time
  forget_bias: f32; // LSTM: what is added to the forget gate beside its biases
  // Inputs by number: the rows of the sequence are entries of a table, such as an embedding, and share what is computed of them.
  entries: i32; // V, or 0: x is the rows themselves
  index: usize; // i32[P]: which entry each row is
  projected: usize; // [V, G·Hp] work: bias + x Wᵀ; backward: Σ d(pre-activation) of an entry's rows
}

export class Shape {
  /** H rounded up to whole vectors. */
  @inline static padded(h: i32): i32 {
    return (h + 3) & ~3;
  }
}

/**
 * A pass is a row of stages, one after the other; within a stage the parts of the work depend on nothing that another part
 * does, so that each may be done by a thread of its own. One thread does the stages with a single part.
 */
export class Part {
  /** Where part `part` of `parts` of n rows begins: at a multiple of 4, so that tiles stay whole. */
  @inline static from(n: i32, part: i32, parts: i32): i32 {
    return min(n, ((n * part) / parts + 3) & ~3);
  }
}

/** dst[r, 0…n) = src[r, 0…n); strides in elements. */
export function copy_rows(
  dst: usize,
  ld_dst: i32,
  src: usize,
  ld_src: i32,
  rows: i32,
  n: i32,
): void {
  for (; rows > 0; rows--, dst += (<usize>ld_dst) << 2, src += (<usize>ld_src) << 2)
    memory.copy(dst, src, (<usize>n) << 2);
}

/** dst[r, 0…n) += src[r, 0…n); strides in elements. */
export function add_rows(
  dst: usize,
  ld_dst: i32,
  src: usize,
  ld_src: i32,
  rows: i32,
  n: i32,
): void {
  if (ld_dst == n && ld_src == n) {
    n *= rows;
    rows = 1;
  }
  for (; rows > 0; rows--, dst += (<usize>ld_dst) << 2, src += (<usize>ld_src) << 2) {
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      const at = (<usize>j) << 2;
      v128.store(dst + at, f32x4.add(v128.load(dst + at), v128.load(src + at)));
    }
    for (; j < n; j++) {
      const at = (<usize>j) << 2;
      f32.store(dst + at, f32.load(dst + at) + f32.load(src + at));
    }
  }
}

/** dst [rows, Hp] = src [rows, H] with zeros behind each row, or zeros altogether where src is 0. */
export function pad_rows(dst: usize, src: usize, rows: i32, h: i32): void {
  const hp = Shape.padded(h);
  if (!src || hp > h) memory.fill(dst, 0, (<usize>(rows * hp)) << 2);
  if (src) copy_rows(dst, hp, src, h, rows, h);
}

/**
 * Zeros behind each of `groups` groups of H in every row of d [rows, groups · Hp]. An infinite input makes NaN of the padding
 * forward (∞ · 0), and backward every product over the padding would spread it.
 */
export function clear_padding(d: usize, rows: i32, groups: i32, h: i32): void {
  const hp = Shape.padded(h);
  if (hp == h) return;
  for (let i = rows * groups; i > 0; i--, d += (<usize>hp) << 2)
    for (let j = h; j < hp; j++) f32.store(d + ((<usize>j) << 2), 0);
}

/** dst [Hp] = a [H] + b [H], zeros behind; a pointer of 0 counts as zeros. */
export function pad_bias(dst: usize, a: usize, b: usize, h: i32): void {
  pad_rows(dst, a, 1, h);
  if (b) add_rows(dst, h, b, h, 1, h);
}

/** projected [V, G·Hp] = bias + x Wᵀ: the input's share of the gates, once for each entry that there is. */
export function project_entries(s: Sequence, gates_per_cell: i32): void {
  if (!s.entries) return;
  const n = gates_per_cell * Shape.padded(s.hidden_size);
  gemm(s.projected, n, s.bias, 0, s.x, s.input_size, s.w, s.entries, n, s.input_size);
}

/** gates [P, G·Hp] = bias + x Wᵀ for all steps at once: the input's share does not depend on the state. */
export function project_input(s: Sequence, gates_per_cell: i32, part: i32, parts: i32): void {
  const n = gates_per_cell * Shape.padded(s.hidden_size);
  const from = Part.from(s.rows, part, parts);
  const m = Part.from(s.rows, part + 1, parts) - from;
  const c = s.gates + ((<usize>from * n) << 2);
  if (s.entries) {
    gather_rows(c, s.projected, s.index + ((<usize>from) << 2), m, n);
    return;
  }
  const x = s.x + ((<usize>from * s.input_size) << 2);
  gemm(c, n, s.bias, 0, x, s.input_size, s.w, m, n, s.input_size);
}

/** Hands the states out: h_last (and c_last from `c`, where c is the LSTM's) and y without padding. */
export function hand_out(s: Sequence): void {
  const h = s.hidden_size;
  const hp = Shape.padded(h);
  last_rows(s.h_last, s.h, s.last, s.batch, h);
  if (s.c_last) last_rows(s.c_last, s.c, s.last, s.batch, h);
  if (s.y) copy_rows(s.y, h, s.h + ((<usize>(s.batch * hp)) << 2), hp, s.rows, h);
}

/** dst [B, H] = rows `last` of src [·, Hp]. */
function last_rows(dst: usize, src: usize, last: usize, batch: i32, h: i32): void {
  const hp = Shape.padded(h);
  if (hp == h) {
    gather_rows(dst, src, last, batch, h);
    return;
  }
  for (let b = 0; b < batch; b++) {
    const row = src + ((<usize>i32.load(last + ((<usize>b) << 2)) * hp) << 2);
    memory.copy(dst + ((<usize>(b * h)) << 2), row, (<usize>h) << 2);
  }
}

/** What gemm_tn needs for any of a sequence's products, in floats. */
function product_scratch(s: Sequence): i32 {
  const widest = max(s.input_size, Shape.padded(s.hidden_size));
  return gemm_tn_scratch(4 * s.hidden_size, widest, max(s.rows, s.entries));
}

/** Scratch of backward, in this order: dh [B, Hp], dc [B, Hp], previous h [P, Hp], a product's for each part. In floats. */
export function sequence_scratch(table: usize): i32 {
  const s = changetype<Sequence>(table);
  const states = (2 * s.batch + s.rows) * Shape.padded(s.hidden_size);
  return states + max(s.parts, 1) * product_scratch(s);
}

export class Scratch {
  /** dL/dh of the step at work, and what it hands down to the step before. */
  @inline static dh(s: Sequence): usize {
    return s.scratch;
  }
  @inline static dc(s: Sequence): usize {
    return s.scratch + ((<usize>(s.batch * Shape.padded(s.hidden_size))) << 2);
  }
  @inline static previous(s: Sequence): usize {
    return s.scratch + ((<usize>(2 * s.batch * Shape.padded(s.hidden_size))) << 2);
  }
  @inline static product(s: Sequence, part: i32): usize {
    const rows = s.rows * Shape.padded(s.hidden_size);
    return Scratch.previous(s) + ((<usize>(rows + part * product_scratch(s))) << 2);
  }
}

/** [P, Hp]: for every row of the sequence the h that its step began with. Where no sequence is shorter that is `h` itself. */
export function previous_h(s: Sequence): usize {
  return s.rows == s.steps * s.batch ? s.h : Scratch.previous(s);
}

/** Puts those rows together where `h` is not them itself. */
export function gather_previous_h(s: Sequence): void {
  if (s.rows == s.steps * s.batch) return;
  const row = (<usize>Shape.padded(s.hidden_size)) << 2;
  let from = s.h;
  let to = Scratch.previous(s);
  let held = s.batch;
  for (let t = 0; t < s.steps; t++) {
    const active = i32.load(s.sizes + ((<usize>t) << 2));
    memory.copy(to, from, <usize>active * row);
    from += <usize>held * row;
    to += <usize>active * row;
    held = active;
  }
}

/** C [G·H, n] += dᵀ b over `rows` rows, d [rows, ld] in groups of Hp: this part's rows of C. */
function weight_gradients(
  s: Sequence,
  c: usize,
  n: i32,
  d: usize,
  ld: i32,
  b: usize,
  ldb: i32,
  rows: i32,
  gates_per_cell: i32,
  part: i32,
  parts: i32,
): void {
  const h = s.hidden_size;
  const all = gates_per_cell * h;
  const first = Part.from(all, part, parts);
  const m = Part.from(all, part + 1, parts) - first;
  const to = c + ((<usize>first * n) << 2);
  const hp = Shape.padded(h);
  gemm_tn_range(to, n, d, ld, b, ldb, Scratch.product(s, part), first, m, n, rows, h, hp);
}

/** From d(pre-activation) of all steps in `gates`: dx, dW and dbx, one product each. With entries dbx alone. */
export function input_gradients(s: Sequence, gates_per_cell: i32, part: i32, parts: i32): void {
  const h = s.hidden_size;
  const g = gates_per_cell;
  const n = g * Shape.padded(h);
  const i = s.input_size;
  if (s.dbx && part == 0) column_sums(s.dbx, s.gates, n, s.rows, g * h, h);
  if (s.entries) return;
  if (s.dx) {
    const from = Part.from(s.rows, part, parts);
    const m = Part.from(s.rows, part + 1, parts) - from;
    const dx = s.dx + ((<usize>from * i) << 2);
    gemm(dx, i, dx, i, s.gates + ((<usize>from * n) << 2), n, s.w_back, m, i, n);
  }
  if (s.dw) weight_gradients(s, s.dw, i, s.gates, n, s.x, i, s.rows, g, part, parts);
}

/** dx and dW of entries, from the sums over each one's rows: products of V rows rather than P. */
export function entry_gradients(s: Sequence, gates_per_cell: i32): void {
  if (!s.entries) return;
  const n = gates_per_cell * Shape.padded(s.hidden_size);
  const i = s.input_size;
  const d = s.projected;
  memory.fill(d, 0, (<usize>s.entries * n) << 2);
  gather_rows_backward(d, s.gates, s.index, s.rows, n);
  if (s.dx) gemm(s.dx, i, s.dx, i, d, n, s.w_back, s.entries, i, n);
  if (s.dw) weight_gradients(s, s.dw, i, d, n, s.x, i, s.entries, gates_per_cell, 0, 1);
}

/** dR and dbr of `gates_per_cell` gates, from `d` [P, ld]: what flows into R h + br. previous [P, Hp]: what R was multiplied by. */
export function recurrent_gradients(
  s: Sequence,
  dr: usize,
  dbr: usize,
  d: usize,
  ld: i32,
  previous: usize,
  gates_per_cell: i32,
  part: i32,
  parts: i32,
): void {
  const h = s.hidden_size;
  const hp = Shape.padded(h);
  if (dr) weight_gradients(s, dr, h, d, ld, previous, hp, s.rows, gates_per_cell, part, parts);
  if (dbr && part == parts - 1) column_sums(dbr, d, ld, s.rows, gates_per_cell * h, h);
}

/** What is left in dh (and dc) after the first step is the gradient of the initial state. */
export function initial_gradients(s: Sequence): void {
  const h = s.hidden_size;
  const hp = Shape.padded(h);
  if (s.dh0) add_rows(s.dh0, h, Scratch.dh(s), hp, s.batch, h);
  if (s.dc0) add_rows(s.dc0, h, Scratch.dc(s), hp, s.batch, h);
}
