import { gemm } from "../gemm";
import { gru_bias, gru_steps } from "./gru";
import { lstm_bias, lstm_steps } from "./lstm";
import { rnn_bias, rnn_steps } from "./rnn";
import { pad_rows, project_entries, project_input, Sequence, Shape } from "./sequence";

/**
 * Single steps of a whole stack. A program is pairs of words, one a layer from the first to the last: which kind of layer,
 * and its table (`Sequence`, with T = B = P = 1). Each table's x points at what the layer below puts out.
 *
 *   0 linear  input_size, hidden_size (outputs), x, w (packed), bx, y
 *   1 rnn, 2 gru, 3 lstm  as for a sequence, but h0 and h_last (c0 and c_last) are the same memory: the state
 */

/** The biases and what is computed of entries beforehand, once and again after weights have changed. */
export function stream_refresh(program: usize, layers: i32): void {
  for (; layers > 0; layers--, program += 8) {
    const kind = i32.load(program);
    const s = changetype<Sequence>(<usize>i32.load(program, 4));
    if (kind == 1) rnn_bias(s);
    else if (kind == 2) gru_bias(s);
    else if (kind == 3) lstm_bias(s);
    project_entries(s, kind == 1 ? 1 : kind + 1);
  }
}

/** One step of every layer. Nothing is allocated, whatever the stack. */
export function stream_step(program: usize, layers: i32): void {
  for (; layers > 0; layers--, program += 8) {
    const kind = i32.load(program);
    const s = changetype<Sequence>(<usize>i32.load(program, 4));
    const h = s.hidden_size;
    if (kind == 0) {
      gemm(s.y, h, s.bx, 0, s.x, s.input_size, s.w, 1, h, s.input_size);
      continue;
    }
    const row = (<usize>Shape.padded(h)) << 2;
    const size = (<usize>h) << 2;
    pad_rows(s.h, s.h0, 1, h);
    if (kind == 1) {
      project_input(s, 1, 0, 1);
      rnn_steps(s, 0, 1);
    } else if (kind == 2) {
      project_input(s, 3, 0, 1);
      gru_steps(s, 0, 1);
    } else {
      pad_rows(s.c, s.c0, 1, h);
      project_input(s, 4, 0, 1);
      lstm_steps(s, 0, 1);
      memory.copy(s.c_last, s.c + row, size);
    }
    memory.copy(s.h_last, s.h + row, size);
  }
}
