import type { LSTMState } from "../cells/lstm.ts";
import type { Tensor } from "../core/tensor.ts";
import { ActivationLayer, type ActivationOptions } from "./activation.ts";
import { Bidirectional, type BidirectionalOptions } from "./bidirectional.ts";
import { Dense, type DenseOptions } from "./dense.ts";
import { DropoutLayer, type DropoutOptions } from "./dropout.ts";
import { EmbeddingLayer, type EmbeddingOptions } from "./embedding.ts";
import { LastStep } from "./last-step.ts";
import type { Layer, LayerOptions } from "./layer.ts";
import { Masking, type MaskingOptions } from "./masking.ts";
import type { RecurrentLayer } from "./recurrent.ts";
import { Flatten, Reshape, type ReshapeOptions } from "./reshape.ts";
import { RNNLayer, type RNNLayerOptions } from "./rnn.ts";
import { TimeDistributed, type TimeDistributedOptions } from "./time-distributed.ts";
import {
  GRULayer,
  type GRULayerOptions,
  LSTMLayer,
  type LSTMLayerOptions,
  SimpleRNN,
  type UnitsOptions,
} from "./units.ts";

// Layers by TensorFlow.js' names, with Keras 3's defaults. Each throws a TypeError for an unknown option and a RangeError for a
// value that is out of range.

/**
 * Simple recurrent network, h' = activation(x K + h R + b): x [batch, time, features] → [batch, units], or
 * [batch, time, units] with `returnSequences`. Weights: kernel [I, H], recurrent kernel [H, H], bias [H]. See `RNNCell`.
 */
export const simpleRNN = (options: UnitsOptions): RecurrentLayer<Tensor> => new SimpleRNN(options);

/**
 * Long short-term memory: x [batch, time, features] → [batch, units], or [batch, time, units] with `returnSequences`.
 * Weights: kernel [I, 4H], recurrent kernel [H, 4H], bias [4H], gates i f c o. See `LSTMCell`.
 */
export const lstm = (options: LSTMLayerOptions): RecurrentLayer<LSTMState> =>
  new LSTMLayer(options);

/**
 * Gated recurrent unit: x [batch, time, features] → [batch, units], or [batch, time, units] with `returnSequences`.
 * Weights: kernel [I, 3H], recurrent kernel [H, 3H], bias [2, 3H] ([3H] without `resetAfter`), gates z r h. See `GRUCell`.
 */
export const gru = (options: GRULayerOptions): RecurrentLayer<Tensor> => new GRULayer(options);

/**
 * Any cell, or a stack of cells given as an array, unrolled over sequences. A `DropoutWrapper` drops here as it does elsewhere: where
 * gradients are recorded (`fit`, `trainOnBatch`) and the cell is in training mode. The layers' own dropout goes by the run alone:
 * it acts in every step of training and in `apply(x, { training: true })`, whatever `train()` and `eval()` said.
 */
export const rnn = <S>(options: RNNLayerOptions<S>): RecurrentLayer<S> => new RNNLayer(options);

/**
 * A recurrent layer both ways: beside it runs one like it, with weights of its own, from the end of each sequence. Outputs of
 * both stand at the step they belong to and are merged: side by side ("concat"), "sum", "mul", "ave", or not at all (null).
 */
export const bidirectional = <S>(options: BidirectionalOptions<S>): Bidirectional<S> =>
  new Bidirectional(options);

/** A layer applied to every step of x [batch, time, ...]. */
export const timeDistributed = (options: TimeDistributedOptions): Layer =>
  new TimeDistributed(options);

/** Fully connected: x [batch, ..., inputs] → activation(x K + b) [batch, ..., units]. Weights: kernel [inputs, units], bias [units]. */
export const dense = (options: DenseOptions): Layer => new Dense(options);

/**
 * A row of a table for each whole number of x [batch, time]: [batch, time, outputDim]. With `maskZero` steps of number 0 do not
 * count. Weights: embeddings [inputDim, outputDim].
 */
export const embedding = (options: EmbeddingOptions): Layer => new EmbeddingLayer(options);

/** Steps of x [batch, time, ...] that are `maskValue` throughout do not count in the layers that follow. */
export const masking = (options?: MaskingOptions): Layer => new Masking(options);

/** An activation function by itself. */
export const activation = (options: ActivationOptions): Layer => new ActivationLayer(options);

/** Drops a share of all elements in training, others at every call, and divides the rest by 1 - rate. */
export const dropout = (options: DropoutOptions): Layer => new DropoutLayer(options);

/** [batch, ...] → [batch, numbers of a sample]. */
export const flatten = (options?: LayerOptions): Layer => new Flatten(options);

/** [batch, ...] → [batch, ...targetShape]. */
export const reshape = (options: ReshapeOptions): Layer => new Reshape(options);

/** The last step that counts of each sequence: [batch, time, n] → [batch, n]. */
export const lastStep = (options?: LayerOptions): Layer => new LastStep(options);
