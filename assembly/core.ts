/**
 * The export list of the module that every program loads: what inference and the gradients of recurrent layers need. The rest
 * is in extras.ts. Names with an underscore are no part of the interface: the stages that threads share out among
 * them, and inner kernels that are exported only because Binaryen would otherwise inline a function that has one caller, and
 * V8 would then run out of vector registers.
 */

export * from "./batched";
export * from "./broadcast";
export { gru_sequence_backward, gru_sequence_forward } from "./cells/gru";
export { lstm_sequence_backward, lstm_sequence_forward } from "./cells/lstm";
export { rnn_sequence_backward, rnn_sequence_forward } from "./cells/rnn";
export { sequence_scratch } from "./cells/sequence";
export { stream_refresh, stream_step } from "./cells/stream";
export * from "./copy";
export * from "./dropout";
export { gemm, gemm_tn, gemm_tn_scratch } from "./gemm";
export { heap_base } from "./heap-base";
export { pack_nn, pack_nt, packed_size } from "./pack";
export * from "./pointwise";
export { random_integers, random_normal, random_uniform } from "./random";
export * from "./reduce";
export * from "./rows";

// Inner kernels:

export {
  gru_backward_stage as _gru_backward_stage,
  gru_candidate_forward as _gru_candidate_forward,
  gru_forward_stage as _gru_forward_stage,
  gru_gates_backward as _gru_gates_backward,
  gru_reset_backward as _gru_reset_backward,
  gru_reset_forward as _gru_reset_forward,
} from "./cells/gru";
export {
  lstm_backward_stage as _lstm_backward_stage,
  lstm_forward_stage as _lstm_forward_stage,
  lstm_gates_backward as _lstm_gates_backward,
  lstm_gates_forward as _lstm_gates_forward,
} from "./cells/lstm";
export {
  rnn_backward_stage as _rnn_backward_stage,
  rnn_forward_stage as _rnn_forward_stage,
  rnn_gate_backward as _rnn_gate_backward,
} from "./cells/rnn";
export {
  gemm_range as _gemm_range,
  gemm_tn_range as _gemm_tn_range,
  gemv as _gemv,
  panel_4 as _panel_4,
  panel_8 as _panel_8,
  panel_part as _panel_part,
  turn_line as _turn_line,
  turn_quad as _turn_quad,
} from "./gemm";
export {
  copy_panel as _copy_panel,
  copy_quad as _copy_quad,
  pack_rows as _pack_rows,
  transpose_quad as _transpose_quad,
} from "./pack";
export {
  row_1x4 as _row_1x4,
  row_1x4_part as _row_1x4_part,
  row_1x8 as _row_1x8,
  row_1x32 as _row_1x32,
  row_1x48 as _row_1x48,
  tile_5x4 as _tile_5x4,
  tile_5x8 as _tile_5x8,
  tiles_4x4 as _tiles_4x4,
  tiles_4x4_part as _tiles_4x4_part,
  tiles_4x8 as _tiles_4x8,
} from "./tiles";
