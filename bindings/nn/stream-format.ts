/** What tells a model from other files, and its version. */
export const streamFormat = "gatewise-stream/1";

/** Values of a layer's parameters by their names, row by row. */
export type StreamModelWeights = Readonly<Record<string, readonly number[] | Float32Array>>;

/** A layer as plain data: what kind it is, its sizes, its options, its weights. Recurrent layers are there cell by cell. */
export type StreamModelLayer = {
  /** Features of an input; for an embedding how many entries it has. */
  readonly inputSize: number;
  /** Features of an output. */
  readonly outputSize: number;
  /** Biases that the layer does not have are not there. */
  readonly weights: StreamModelWeights;
} & (
  | { readonly kind: "linear" | "embedding" }
  | { readonly kind: "rnn"; readonly nonlinearity: "tanh" | "relu" }
  | { readonly kind: "gru"; readonly resetAfter: boolean }
  | { readonly kind: "lstm"; readonly forgetBias: number }
);

/** A stream without its state, as plain data: for JSON, for `postMessage`, for the AudioWorklet of `gatewise/worklet`. */
export interface StreamModel {
  readonly format: typeof streamFormat;
  /** From the first to the last. */
  readonly layers: readonly StreamModelLayer[];
}
