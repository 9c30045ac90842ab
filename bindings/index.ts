export type { ActivationFunction, CellOptions } from "./cells/built-in.ts";
export { Cell, type SizeOf } from "./cells/cell.ts";
export { DropoutWrapper, type DropoutWrapperOptions } from "./cells/dropout-wrapper.ts";
export { GRUCell, type GRUCellOptions } from "./cells/gru.ts";
export { LayerNormGRUCell, LayerNormLSTMCell, LayerNormRNNCell } from "./cells/layer-norm.ts";
export { LSTMCell, type LSTMCellOptions, type LSTMState } from "./cells/lstm.ts";
export { MultiRNNCell } from "./cells/multi.ts";
export { ResidualWrapper } from "./cells/residual-wrapper.ts";
export { RNNCell, type RNNCellOptions } from "./cells/rnn.ts";
export type { CellParameters } from "./cells/weights.ts";
export {
  full,
  ones,
  type RandomOptions,
  randn,
  randomInts,
  randomUniform,
  tensor,
  zeros,
} from "./core/create.ts";
export { detach } from "./core/detach.ts";
export {
  type Loss,
  type LossValue,
  type ValueAndGradients,
  valueAndGrad,
} from "./core/differentiate.ts";
export { type Engine, engine, type InitOptions, init } from "./core/init.ts";
export type { KernelInstance, KernelSet } from "./core/kernels.ts";
export { Module, type Parameters } from "./core/module.ts";
export { Parameter, parameter } from "./core/parameter.ts";
export { scope } from "./core/scope.ts";
export { type NestedArray, type Shape, Tensor } from "./core/tensor.ts";
export {
  type AccuracyOptions,
  accuracy,
  type BinaryAccuracyOptions,
  binaryAccuracy,
  categoricalAccuracy,
  perplexity,
  type SparseAccuracyOptions,
  sparseCategoricalAccuracy,
} from "./metrics.ts";
export type { ActivationOptions } from "./models/activation.ts";
export type { Bidirectional, BidirectionalOptions, MergeMode } from "./models/bidirectional.ts";
export type {
  Callbacks,
  EarlyStoppingOptions,
  Logs,
  Trainee,
  TrainingPlan,
} from "./models/callbacks.ts";
export type { CompileOptions, LossName, MetricName, OptimizerName } from "./models/compile.ts";
export type { BatchData, Batches, Data } from "./models/data.ts";
export type { DenseOptions } from "./models/dense.ts";
export type { DropoutOptions } from "./models/dropout.ts";
export type { EmbeddingOptions as EmbeddingLayerOptions } from "./models/embedding.ts";
export type { History } from "./models/fit.ts";
export type { Initializer, InitializerName, InitialValues } from "./models/initializer-names.ts";
export type {
  InitializerContext,
  InitializerFunction,
  NormalOptions,
  VarianceScalingOptions,
} from "./models/initializers.ts";
export {
  type Applied,
  type ApplyOptions,
  type BatchShape,
  type Flow,
  Layer,
  type LayerOptions,
  type Run,
} from "./models/layer.ts";
export type {
  FromLogitsOptions,
  HuberLossOptions,
  LossFunction,
  ModelLoss,
} from "./models/losses.ts";
export type { Mask, MaskValues } from "./models/mask.ts";
export type { MaskingOptions } from "./models/masking.ts";
export type { Metric, MetricFunction } from "./models/metrics.ts";
export { callbacks, initializers, layers, losses } from "./models/namespaces.ts";
export type { FitBatchesOptions, FitOptions } from "./models/plan.ts";
export type {
  ApplyRecurrentOptions,
  RecurrentLayer,
  RecurrentLayerOptions,
} from "./models/recurrent.ts";
export type { ReshapeOptions } from "./models/reshape.ts";
export type { RNNLayerOptions } from "./models/rnn.ts";
export {
  type BatchOptions,
  Sequential,
  type SequentialOptions,
  sequential,
} from "./models/sequential.ts";
export type { TimeDistributedOptions } from "./models/time-distributed.ts";
export type {
  GatedOptions,
  GRULayerOptions,
  LSTMLayerOptions,
  UnitsOptions,
} from "./models/units.ts";
export { Dropout } from "./nn/dropout.ts";
export { Embedding, type EmbeddingOptions } from "./nn/embedding.ts";
export { LayerNorm, type LayerNormOptions } from "./nn/layer-norm.ts";
export {
  GRU,
  type GRUOptions,
  LSTM,
  type LSTMOptions,
  RNN,
  type RNNOptions,
} from "./nn/layers.ts";
export { Linear, type LinearOptions } from "./nn/linear.ts";
export type { ForwardOptions, Recurrent, RecurrentOptions } from "./nn/recurrent.ts";
export { Stream, type StreamLayer, type StreamState } from "./nn/stream.ts";
export type { StreamModel, StreamModelLayer, StreamModelWeights } from "./nn/stream-format.ts";
export { describeStream, restoreStream } from "./nn/stream-model.ts";
export { type Activation, type ActivationName, activationNames } from "./ops/activation-table.ts";
export {
  affine,
  elu,
  type GeluOptions,
  gelu,
  type HardSigmoidOptions,
  hardSigmoid,
  leakyRelu,
  mish,
  relu6,
  scaledTanh,
  selu,
  softplus,
  softsign,
  swish,
  thresholdedRelu,
} from "./ops/activations.ts";
export { add, div, mul, type Operand, sub } from "./ops/arithmetic.ts";
export {
  type CategoricalCrossEntropyOptions,
  categoricalCrossEntropy,
  type SparseCategoricalCrossEntropyOptions,
  sparseCategoricalCrossEntropy,
} from "./ops/categorical.ts";
export type { Classes, Constants } from "./ops/classes.ts";
export { type CrossEntropyOptions, crossEntropy } from "./ops/cross-entropy.ts";
export { dropout } from "./ops/dropout.ts";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  type HuberOptions,
  huber,
  mae,
  mse,
} from "./ops/element-loss.ts";
export { abs, clip, exp, log, neg, relu, sigmoid, sqrt, tanh } from "./ops/elementwise.ts";
export { type LayerNormOperands, layerNorm } from "./ops/layer-norm.ts";
export { linear, matmul } from "./ops/matmul.ts";
export { argmax, max, mean, type ReduceOptions, sum } from "./ops/reduce.ts";
export type { Reduction, ReductionOptions } from "./ops/reduction.ts";
export { type ReverseSequenceOptions, reverseSequence } from "./ops/reverse-sequence.ts";
export { type EmbeddingLookup, embedding, type Indices } from "./ops/rows.ts";
export { type SequenceLossOptions, sequenceLoss } from "./ops/sequence-loss.ts";
export { concat, reshape, slice, stack, transpose } from "./ops/shape.ts";
export { logSoftmax, softmax } from "./ops/softmax.ts";
export { Adagrad, type AdagradOptions, type AdagradSettings } from "./optim/adagrad.ts";
export { Adam, type AdamOptions, type AdamSettings } from "./optim/adam.ts";
export { AdamW } from "./optim/adamw.ts";
export type { ClipOptions } from "./optim/clip.ts";
export type { Group, GroupOptions, RuleSettings, SomeOf } from "./optim/group.ts";
export { Optimizer, type OptimizerOptions, type ParameterState } from "./optim/optimizer.ts";
export { RMSprop, type RMSpropOptions, type RMSpropSettings } from "./optim/rmsprop.ts";
export {
  type CosineDecayOptions,
  cosineDecay,
  type ExponentialDecayOptions,
  exponentialDecay,
  type PolynomialDecayOptions,
  polynomialDecay,
  type Schedule,
  type StepDecayOptions,
  stepDecay,
  type WarmUpOptions,
  warmUp,
} from "./optim/schedules.ts";
export { SGD, type SGDOptions, type SGDSettings } from "./optim/sgd.ts";
export {
  bidirectionalDynamicRNN,
  dynamicRNN,
  type SequenceLength,
  stackBidirectionalDynamicRNN,
  type UnrollOptions,
} from "./unroll.ts";
