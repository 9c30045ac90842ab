import {
  describeStream,
  Embedding,
  GRU,
  GRUCell,
  Linear,
  LSTM,
  LSTMCell,
  RNN,
  randn,
  restoreStream,
  Stream,
  type StreamLayer,
  type StreamModel,
} from "gatewise";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";

const I = 3;
const T = 7;

const stacks: Readonly<Record<string, () => readonly StreamLayer[]>> = {
  "LSTM in 2 layers, Linear on top": () => [
    new LSTM(I, 9, { numLayers: 2, seed: 1 }),
    new Linear(9, 1, { seed: 2 }),
  ],
  "GRU with reset before, Linear without bias": () => [
    new GRU(I, 5, { resetAfter: false, seed: 1 }),
    new Linear(5, 2, { bias: false, seed: 2 }),
  ],
  "GRU with reset after, without biases": () => [new GRU(I, 4, { bias: false, seed: 1 })],
  "RNN, tanh and relu": () => [
    new RNN(I, 8, { seed: 1 }),
    new RNN(8, 3, { nonlinearity: "relu", seed: 2 }),
  ],
  "cells: a forget bias, one bias of two": () => [
    new LSTMCell(I, 5, { forgetBias: 1, seed: 1 }),
    new GRUCell(5, 4, { recurrentBias: false, seed: 2 }),
    new LSTMCell(4, 3, { bias: false, recurrentBias: true, seed: 3 }),
  ],
};

const input = randn([T, I], { seed: 11 }).data;

function outputs(stream: Stream): Float32Array[] {
  return Array.from({ length: T }, (_, t) => {
    const out = new Float32Array(stream.outputSize);
    stream.step(input.slice(t * I, (t + 1) * I), out);
    return out;
  });
}

describeKernelSets("describeStream, restoreStream", () => {
  for (const [name, make] of Object.entries(stacks))
    test(`${name}: puts out the same bits, sent or through JSON`, () => {
      const stream = new Stream(make());
      const model = describeStream(stream);
      const wanted = outputs(stream);
      expect(outputs(restoreStream(structuredClone(model)))).toEqual(wanted);
      expect(outputs(restoreStream(JSON.parse(JSON.stringify(model))))).toEqual(wanted);
      expect(describeStream(restoreStream(model)), "described again").toEqual(model);
    });

  test("an embedding, weights as a Float32Array", () => {
    const stream = new Stream([new Embedding(6, 2, { seed: 1 }), new RNN(2, 3, { seed: 2 })]);
    const { format, layers } = describeStream(stream);
    const restored = restoreStream({
      format,
      layers: layers.map((layer) => {
        const entries = Object.entries(layer.weights);
        const weights = Object.fromEntries(entries.map(([n, v]) => [n, Float32Array.from(v)]));
        return { ...layer, weights };
      }),
    });
    const [a, b] = [new Float32Array(3), new Float32Array(3)];
    for (const entry of [5, 0, 2]) {
      stream.step(entry, a);
      restored.step(entry, b);
      expect(b).toEqual(a);
    }
  });

  test("weights are those of the moment, and a copy", () => {
    const linear = new Linear(2, 1, { bias: false });
    const stream = new Stream([linear]);
    linear.weight.assign([3, 4]);
    const model = describeStream(stream);
    linear.weight.assign([5, 6]);
    expect(model.layers[0]!.weights).toEqual({ weight: [3, 4] });
    const restored = restoreStream(model);
    const out = new Float32Array(1);
    restored.step(new Float32Array([1, 10]), out);
    expect(out[0]).toBe(43);
  });

  test("errors", () => {
    const model = describeStream(new Stream([new LSTM(2, 3, { seed: 1 }), new Linear(3, 1)]));
    const [lstm, linear] = model.layers as [object, object];
    const make = (...layers: unknown[]) => restoreStream(wrong({ ...model, layers }));
    const cell = (change: object) => make({ ...lstm, ...change }, linear);
    const weights = (change: object) =>
      cell({ weights: { ...(lstm as StreamModel["layers"][0]).weights, ...change } });
    const gru = describeStream(new Stream([new GRU(2, 3)])).layers[0]!;
    const rnn = describeStream(new Stream([new RNN(2, 3)])).layers[0]!;
    expectErrors([
      ["no stream", TypeError, () => describeStream(wrong(model)), /a stream, got an object/],
      ["nothing", TypeError, () => restoreStream(wrong(undefined)), /describeStream returned/],
      ["a list", TypeError, () => restoreStream(wrong([])), /describeStream returned/],
      ["another file", RangeError, () => restoreStream(wrong({})), /gatewise-stream\/1, got undef/],
      ["no layers", TypeError, () => restoreStream(wrong({ format: model.format })), /layers in/],
      ["no layer", RangeError, () => make(), /at least one layer/],
      ["not a layer", TypeError, () => make(null), /layers\[0\] to be an object, got null/],
      ["kind", RangeError, () => make(lstm, { ...linear, kind: "conv" }), /kind of layers\[1\]/],
      ["size", RangeError, () => cell({ outputSize: 0 }), /outputSize of layers\[0\]/],
      ["input", TypeError, () => cell({ inputSize: "2" }), /inputSize of layers\[0\]/],
      ["forget bias", TypeError, () => cell({ forgetBias: null }), /forgetBias of layers\[0\]/],
      ["no weights", TypeError, () => cell({ weights: undefined }), /weights of layers\[0\]/],
      ["a weight", TypeError, () => weights({ weight_hh: undefined }), /weight_hh of layers\[0\]/],
      ["short", RangeError, () => weights({ weight_ih: [1] }), /with 24 numbers, got 1/],
      ["null", TypeError, () => weights({ bias_ih: Array(12).fill(null) }), /hold numbers, got nu/],
      ["unknown", RangeError, () => weights({ weight_hr: [1] }), /out of weight_ih.*got weight_hr/],
      ["fit", RangeError, () => make(linear, lstm), /inputSize 1/],
      ["reset", TypeError, () => make({ ...gru, resetAfter: undefined }), /resetAfter of layers/],
      ["reset 1", TypeError, () => make({ ...gru, resetAfter: 1 }), /resetAfter of layers/],
      ["f", RangeError, () => make({ ...rnn, nonlinearity: "gelu" }), /nonlinearity of layers/],
    ]);
  });
});
