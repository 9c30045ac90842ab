import {
  Adagrad,
  Adam,
  AdamW,
  callbacks,
  cosineDecay,
  type Data,
  Dropout,
  DropoutWrapper,
  dynamicRNN,
  Embedding,
  exponentialDecay,
  GRU,
  GRUCell,
  gelu,
  hardSigmoid,
  type InitOptions,
  initializers,
  LayerNorm,
  Linear,
  LSTM,
  LSTMCell,
  layers,
  losses,
  polynomialDecay,
  RMSprop,
  RNN,
  RNNCell,
  randn,
  reverseSequence,
  SGD,
  sequential,
  stepDecay,
  warmUp,
} from "gatewise";
import { batches, standardize, windows } from "gatewise/data";
import { expect, expectTypeOf, test } from "vitest";

test("every option can be undefined, which is as if it were left out", async () => {
  const u: undefined = undefined;
  const x = randn([4, 2, 2], { seed: u });
  const y = randn([4, 2, 3], { seed: u });
  const cellOptions = { bias: u, recurrentBias: u, clip: u, seed: u, activation: u };
  new RNNCell(2, 3, { ...cellOptions, nonlinearity: u });
  new GRUCell(2, 3, { ...cellOptions, resetAfter: u, recurrentActivation: u });
  const cell = new LSTMCell(2, 3, { ...cellOptions, forgetBias: u, projSize: u, peepholes: u });
  new DropoutWrapper(cell, { inputDropout: u, stateDropout: u, variational: u, seed: u });
  dynamicRNN(cell, x, { sequenceLength: u, initialState: u, timeMajor: u, checkpointEvery: u });
  const shared = { numLayers: u, bias: u, dropout: u, bidirectional: u, timeMajor: u, seed: u };
  new RNN(2, 3, { ...shared, nonlinearity: u });
  new GRU(2, 3, { ...shared, resetAfter: u });
  const lstm = new LSTM(2, 3, { ...shared, projSize: u });
  lstm.forward(x, u, { lengths: u, checkpointEvery: u });
  new Linear(2, 3, { bias: u, seed: u });
  new Embedding(2, 3, { paddingIndex: u, seed: u });
  new LayerNorm(2, { epsilon: u, elementwiseAffine: u, bias: u });
  new Dropout(0.1, { seed: u });
  gelu(x, { approximate: u });
  hardSigmoid(x, { alpha: u, beta: u });
  reverseSequence(x, [1, 2, 1, 2], { timeMajor: u });
  const limits = { clipValue: u, clipNorm: u, clipNormEach: u, groups: u };
  new SGD({ ...limits, learningRate: u, momentum: u, nesterov: u });
  for (const Rule of [Adagrad, Adam, AdamW, RMSprop])
    new Rule({ ...limits, learningRate: u, weightDecay: u, epsilon: u });
  const group = { parameters: lstm.parameters(), frozen: u, learningRate: u };
  new Adam({ groups: [group] });
  stepDecay(1, { every: 2, factor: u });
  exponentialDecay(1, { factor: 0.5, decaySteps: u, staircase: u });
  cosineDecay(1, { decaySteps: 2, final: u });
  polynomialDecay(1, { decaySteps: 2, final: u, power: u });
  warmUp(1, { steps: 2, from: u });
  losses.huber({ delta: u });
  losses.binaryCrossentropy({ fromLogits: u });
  initializers.randomUniform({ minval: u, maxval: u });
  initializers.randomNormal({ mean: u, stddev: u });
  initializers.varianceScaling({ scale: u, mode: u, distribution: u });
  batches(x, y, { batchSize: u, shuffle: u, seed: u, dropLast: u });
  windows(randn([9]), { size: 2, step: u, horizon: u, targetSize: u });
  standardize(randn([3]), { perFeature: u });
  expectTypeOf({ threads: u, module: u, kernels: u, replace: u }).toExtend<InitOptions>();
  const model = sequential({ layers: u, name: u });
  model.add(layers.lstm({ units: 3, inputShape: [2, 2], returnSequences: true, seed: u }));
  model.compile({ optimizer: "adam", loss: "mse", metrics: u });
  const stop = callbacks.earlyStopping({ monitor: "loss", minDelta: u, patience: u, mode: u });
  const ending = { callbacks: stop, signal: u, validationData: u, stepsPerEpoch: u };
  const plan = { epochs: u, batchSize: u, shuffle: u, seed: u, validationSplit: u };
  await model.fit(x, y, { ...ending, ...plan });
  await model.fit([[x, y]], { ...ending, epochs: u });
  expect(model.evaluate(x, y, { batchSize: u, keepState: u })).toEqual(model.evaluate(x, y));
});

test("a stack of cells of any kinds makes a layer", () => {
  const stack = [new LSTMCell(2, 3), new GRUCell(3, 4)];
  const { output } = layers.rnn({ cell: stack }).apply(randn([1, 5, 2], { seed: 1 }));
  expect(output.shape).toEqual([1, 4]);
  expectTypeOf({ cell: [new LSTMCell(2, 3), new LSTMCell(3, 3)] }).toExtend<
    Parameters<typeof layers.rnn>[0]
  >();
});

test("what a tensor's numbers are as arrays can be said, but not that they are something else", () => {
  const x = randn([2, 3], { seed: 1 });
  expectTypeOf(x.toArray<number[][]>()).toEqualTypeOf<number[][]>();
  const rows: number[][] = x.toArray();
  // @ts-expect-error: words are no numbers
  const words: string = x.toArray();
  expect(words).toEqual(rows);
});

test("samples can be arrays of typed arrays", async () => {
  const x: Data = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: "sgd", loss: "mse" });
  await model.fit(x, [0, 1]);
  expect(model.predict(x).shape).toEqual([2, 1]);
  const rows = [randn([2]), randn([2])] as never;
  expect(() => model.predict(rows)).toThrow(/stack tensors first/);
});
