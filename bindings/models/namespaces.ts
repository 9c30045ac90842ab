// `export * as` would do, but for bundlers: of a file that is bundled already they keep such a namespace, and everything in it, for
// its getters (45.8 KB gzip for an LSTM instead of 28.2); an object literal that nobody uses they drop.
import { earlyStopping } from "./callbacks.ts";
import {
  activation,
  bidirectional,
  dense,
  dropout,
  embedding,
  flatten,
  gru,
  lastStep,
  lstm,
  masking,
  reshape,
  rnn,
  simpleRNN,
  timeDistributed,
} from "./layers.ts";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossentropy,
} from "./losses.ts";

/** What can be called as `fit` goes on. */
export const callbacks: typeof import("./callbacks.ts") = { earlyStopping };

export { initializers } from "./initializer-names.ts";

/** Layers of models, by TensorFlow.js' names. */
export const layers: typeof import("./layers.ts") = {
  activation,
  bidirectional,
  dense,
  dropout,
  embedding,
  flatten,
  gru,
  lastStep,
  lstm,
  masking,
  reshape,
  rnn,
  simpleRNN,
  timeDistributed,
};

/** Losses of models with options, by Keras' names. */
export const losses: typeof import("./losses.ts") = {
  binaryCrossentropy,
  categoricalCrossentropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossentropy,
};
