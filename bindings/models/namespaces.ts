import type * as Callbacks from "./callbacks.ts";
import { earlyStopping } from "./callbacks.ts";
import type * as Layers from "./layers.ts";
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
import type * as Losses from "./losses.ts";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossentropy,
} from "./losses.ts";

// Objects, and not the modules themselves (`export * as`): a bundler's output could not tell that those have no side effects,
// and every program would carry all of them.

/** Callbacks for `fit`. */
export const callbacks: typeof Callbacks = { earlyStopping };

/** Layers by TensorFlow.js' names, with Keras 3's defaults. */
export const layers: typeof Layers = {
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

/** Losses with options, for `compile`. */
export const losses: typeof Losses = {
  binaryCrossentropy,
  categoricalCrossentropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossentropy,
};
