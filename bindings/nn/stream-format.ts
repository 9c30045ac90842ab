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
  | {
      /** What the layer is, or its cell. */
      readonly kind: "linear" | "embedding";
    }
  | {
      readonly kind: "rnn";
      /** As of RNNCell. */
      readonly nonlinearity: "tanh" | "relu";
    }
  | {
      readonly kind: "gru";
      /** As of GRUCell. */
      readonly resetAfter: boolean;
    }
  | {
      readonly kind: "lstm";
      /** As of LSTMCell. */
      readonly forgetBias: number;
    }
);

/** A stream without its state, as plain data: for JSON, for `postMessage`, for the AudioWorklet of `gatewise/worklet`. */
export interface StreamModel {
  /** Tells a model from other files, and its version. */
  readonly format: typeof streamFormat;
  /** From the first to the last. */
  readonly layers: readonly StreamModelLayer[];
}
