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
  x: usize; // [P, I]
  h0: usize; // [B, H] or 0: zeros
  c0: usize; // [B, H] or 0: zeros (LSTM)
  w: usize; // W, packed by pack_nt in groups of H padded to Hp
  r: usize; // R, packed likewise
  bx: usize; // [G·H] or 0
  br: usize; // [G·H] or 0
  bias: usize; // [G·Hp] work: where the input projection starts
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
  dx: usize; // [P, I] or 0
  dw: usize; // [G·H, I] or 0
  dr: usize; // [G·H, H] or 0
  dbx: usize; // [G·H] or 0
  dbr: usize; // [G·H] or 0
  dh0: usize; // [B, H] or 0
  dc0: usize; // [B, H] or 0 (LSTM)
  scratch: usize; // work: as many floats as sequence_scratch says
}
