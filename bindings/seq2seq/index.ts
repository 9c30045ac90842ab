export {
  type Attended,
  type AttentionOptions,
  attention,
  type Counted,
  type MaskOptions,
} from "./attention.ts";
export {
  Attention,
  BahdanauAttention,
  type BahdanauAttentionOptions,
  LuongAttention,
  type LuongAttentionOptions,
  type Memory,
} from "./attention-layers.ts";
export { type BeamSearchOptions, beamSearch, type Hypothesis } from "./beam-search.ts";
export { Bridge } from "./bridge.ts";
export { type DecodeOptions, decode } from "./decode.ts";
export { type Decoded, Decoder, type DecoderOptions } from "./decoder.ts";
export { type Encoded, Encoder, type EncoderOptions } from "./encoder.ts";
export { type EncodedSources, Seq2Seq, type Seq2SeqLossOptions } from "./seq2seq.ts";
export type {
  CellFactory,
  Seq2SeqDecodeOptions,
  Seq2SeqOptions,
  SpecialTokens,
} from "./seq2seq-options.ts";
export type { StackOptions } from "./stack.ts";
export type { Ending, StartTokens, Step } from "./step.ts";
export type { TokenSequences } from "./tokens.ts";
