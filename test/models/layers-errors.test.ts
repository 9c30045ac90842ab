import { GRUCell, initializers, LSTMCell, layers, tensor, zeros } from "gatewise";
import { expect, test } from "vitest";
import { expectErrors, type Row, wrong } from "../expect-errors.ts";

const x = zeros([2, 3, 4]);

test("options of every layer: unknown names, wrong kinds, wrong values", () => {
  const bad: Row[] = [
    [
      "unknown option",
      TypeError,
      () => layers.lstm(wrong({ unit: 3 })),
      /layers\.lstm: .*units.*got unit/,
    ],
    ["no units", TypeError, () => layers.gru(wrong({})), /units to be a number/],
    ["no units at all", RangeError, () => layers.dense({ units: 0 })],
    [
      "unknown activation",
      RangeError,
      () => layers.dense({ units: 1, activation: wrong("rely") }),
      /relu/,
    ],
    [
      "unknown gate activation",
      RangeError,
      () => layers.lstm({ units: 1, recurrentActivation: wrong("x") }),
      /hardSigmoid/,
    ],
    ["no activation", TypeError, () => layers.activation(wrong({}))],
    [
      "unknown initializer",
      RangeError,
      () => layers.dense({ units: 1, kernelInitializer: wrong("glorot") }),
      /glorotUniform/,
    ],
    [
      "initializer of the wrong kind",
      TypeError,
      () => layers.gru({ units: 1, biasInitializer: wrong(3) }),
    ],
    [
      "flag",
      TypeError,
      () => layers.lstm({ units: 1, stateful: wrong(1) }),
      /stateful to be true or false/,
    ],
    ["unroll", TypeError, () => layers.lstm({ units: 1, unroll: wrong("yes") })],
    ["trainable", TypeError, () => layers.flatten({ trainable: wrong(0) })],
    ["name", TypeError, () => layers.flatten({ name: wrong(1) })],
    ["seed", RangeError, () => layers.dense({ units: 1, seed: -1 })],
    ["rate 1", RangeError, () => layers.dropout({ rate: 1 })],
    ["rate of inputs", RangeError, () => layers.lstm({ units: 1, dropout: 1.5 })],
    ["rate of states", RangeError, () => layers.lstm({ units: 1, recurrentDropout: -0.1 })],
    ["both shapes", TypeError, () => layers.flatten({ inputShape: [1], batchInputShape: [1, 1] })],
    ["shape of words", TypeError, () => layers.flatten({ inputShape: wrong(["a"]) })],
    ["shape of a number", TypeError, () => layers.flatten({ inputShape: wrong(3) })],
    ["size 0", RangeError, () => layers.flatten({ inputShape: [0] })],
    ["target shape", TypeError, () => layers.reshape(wrong({}))],
    ["two open sizes", RangeError, () => layers.reshape({ targetShape: [-1, -1] })],
    ["mask value", TypeError, () => layers.masking({ maskValue: wrong("0") })],
    ["cell", TypeError, () => layers.rnn({ cell: wrong(3) })],
    [
      "cells that do not fit",
      RangeError,
      () => layers.rnn({ cell: [new GRUCell(1, 2), new GRUCell(3, 2)] as never }),
    ],
    ["inner layer", TypeError, () => layers.timeDistributed({ layer: wrong({}) })],
    [
      "not recurrent",
      TypeError,
      () => layers.bidirectional({ layer: layers.dense({ units: 1 }) as never }),
    ],
    [
      "merge mode",
      RangeError,
      () => layers.bidirectional({ layer: layers.gru({ units: 1 }), mergeMode: wrong("max") }),
      /sum, mul, ave, concat/,
    ],
    [
      "a cell that cannot be copied",
      TypeError,
      () => layers.bidirectional({ layer: layers.rnn({ cell: new LSTMCell(1, 1) }) }),
      /backwardLayer/,
    ],
    [
      "same direction",
      RangeError,
      () =>
        layers.bidirectional({
          layer: layers.gru({ units: 1 }),
          backwardLayer: layers.gru({ units: 1 }),
        }),
      /goBackwards: true/,
    ],
    [
      "other outputs",
      RangeError,
      () =>
        layers.bidirectional({
          layer: layers.gru({ units: 1, returnSequences: true }),
          backwardLayer: layers.gru({ units: 1, goBackwards: true }),
        }),
      /returnSequences/,
    ],
  ];
  expectErrors(bad);
});

test("shapes that do not fit are refused before anything is there", () => {
  const gru = layers.gru({ units: 2 });
  const dense = layers.dense({ units: 2 });
  gru.build([null, null, 4]);
  dense.build([null, 4]);
  expectErrors([
    [
      "rank",
      RangeError,
      () => layers.lstm({ units: 1 }).build([null, 4]),
      /\[batch, time, features\]/,
    ],
    ["unknown features", RangeError, () => layers.lstm({ units: 1 }).build([null, 4, null])],
    ["other features", RangeError, () => gru.apply(zeros([2, 3, 5])), /4 features/],
    ["other features of a dense layer", RangeError, () => dense.apply(zeros([2, 5])), /4 features/],
    [
      "cell of other features",
      RangeError,
      () => layers.rnn({ cell: new GRUCell(3, 2) }).build([null, 2, 4]),
    ],
    [
      "stateful without a batch size",
      RangeError,
      () => layers.gru({ units: 1, stateful: true }).build([null, 2, 4]),
      /batchInputShape/,
    ],
    [
      "merged units",
      RangeError,
      () =>
        layers
          .bidirectional({
            layer: layers.gru({ units: 1 }),
            backwardLayer: layers.gru({ units: 2, goBackwards: true }),
            mergeMode: "sum",
          })
          .build([null, 2, 3]),
    ],
    [
      "samples that do not fold",
      RangeError,
      () => layers.reshape({ targetShape: [5] }).build([null, 2, 3]),
    ],
    [
      "samples that do not divide",
      RangeError,
      () => layers.reshape({ targetShape: [-1, 4] }).build([null, 2, 3]),
    ],
    [
      "no steps",
      RangeError,
      () => layers.timeDistributed({ layer: layers.flatten() }).build([null, 2]),
    ],
    ["masking of rows", RangeError, () => layers.masking().build([null, 2])],
    ["last step of rows", RangeError, () => layers.lastStep().build([null, 2])],
    [
      "embedding of nothing",
      RangeError,
      () => layers.embedding({ inputDim: 2, outputDim: 2 }).build([null]),
    ],
  ]);
});

test("calls: numbers that are not in the table, masks, states and weights that do not fit", () => {
  const embedding = layers.embedding({ inputDim: 3, outputDim: 2 });
  const lstm = layers.lstm({ units: 2, seed: 1 });
  const both = layers.bidirectional({ layer: layers.gru({ units: 2 }) });
  lstm.build(x.shape);
  const weights = lstm.getWeights();
  const state = { h: zeros([2, 2]), c: zeros([2, 3]) };
  expectErrors([
    ["number 3 of 3", RangeError, () => embedding.apply(tensor([[3]])), /0 to 2/],
    ["half a number", RangeError, () => embedding.apply(tensor([[0.5]]))],
    ["not a tensor", TypeError, () => lstm.apply(wrong([[1]]))],
    [
      "mask of other steps",
      RangeError,
      () =>
        lstm.apply(x, {
          mask: [
            [1, 1],
            [1, 1],
          ],
        }),
      /\[2, 3\]/,
    ],
    ["mask of other sequences", RangeError, () => lstm.apply(x, { mask: [[1, 1, 1]] })],
    ["uneven mask", RangeError, () => lstm.apply(x, { mask: [[1, 1, 1], [1]] })],
    [
      "mask of twos",
      TypeError,
      () =>
        lstm.apply(x, {
          mask: [
            [1, 1, 2],
            [1, 1, 1],
          ],
        }),
    ],
    ["flat mask", TypeError, () => lstm.apply(x, { mask: wrong([1, 1, 1]) })],
    ["mask of a number", TypeError, () => lstm.apply(x, { mask: wrong(1) })],
    ["training", TypeError, () => lstm.apply(x, { training: wrong(1) })],
    ["state of another size", RangeError, () => lstm.apply(x, { initialState: state }), /state\.c/],
    [
      "state of another form",
      TypeError,
      () => lstm.apply(x, { initialState: wrong(zeros([2, 2])) }),
    ],
    ["one state of two", TypeError, () => both.apply(x, { initialState: wrong(zeros([2, 2])) })],
    ["unknown option of a call", TypeError, () => lstm.apply(x, wrong({ state })), /initialState/],
    ["too few weights", RangeError, () => lstm.setWeights(weights.slice(1))],
    [
      "weights of another shape",
      RangeError,
      () => lstm.setWeights([zeros([4, 8]), zeros([2, 8]), zeros([9])]),
      /bias of shape \[8\]/,
    ],
    ["weights that are none", TypeError, () => lstm.setWeights(wrong([{}, {}, {}]))],
    ["numbers", RangeError, () => lstm.setWeights([1, 2, 3]), /kernel of shape \[.*\], got \[\]/],
  ]);
  expect(lstm.getWeights().map(({ data }) => data)).toEqual(weights.map(({ data }) => data));
});

test("initializers: options out of range, shapes and numbers that do not fit", () => {
  expectErrors([
    ["empty interval", RangeError, () => initializers.randomUniform({ minval: 1, maxval: 1 })],
    ["negative deviation", RangeError, () => initializers.randomNormal({ stddev: -1 })],
    ["no scale", RangeError, () => initializers.varianceScaling({ scale: 0 })],
    [
      "unknown mode",
      RangeError,
      () => initializers.varianceScaling({ mode: wrong("fan_in") }),
      /fanIn/,
    ],
    [
      "unknown distribution",
      RangeError,
      () => initializers.varianceScaling({ distribution: wrong("x") }),
    ],
    ["identity of no square", RangeError, () => initializers.identity()([2, 3])],
    ["orthogonal vector", RangeError, () => initializers.orthogonal()([3])],
    [
      "too few numbers",
      RangeError,
      () => layers.dense({ units: 2, kernelInitializer: () => [1] }).build([null, 2]),
      /4 numbers/,
    ],
  ]);
});
