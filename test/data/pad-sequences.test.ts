import { Embedding, GRU, LSTM, layers, sequential, tensor } from "gatewise";
import { type PadSequencesOptions, padSequences } from "gatewise/data";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";

test("zeros after each sequence, and how long each is", () => {
  const { x, lengths } = padSequences([
    [
      [1, 2],
      [3, 4],
    ],
    [[5, 6]],
    tensor([
      [7, 8],
      [9, 10],
      [11, 12],
    ]),
  ]);
  expect(lengths).toEqual(Int32Array.of(2, 1, 3));
  expect(x.toArray()).toEqual([
    [
      [1, 2],
      [3, 4],
      [0, 0],
    ],
    [
      [5, 6],
      [0, 0],
      [0, 0],
    ],
    [
      [7, 8],
      [9, 10],
      [11, 12],
    ],
  ]);
});

test("sequences of one feature, as typed arrays", () => {
  const { x, lengths } = padSequences([Float64Array.of(1), Float32Array.of(2, 3, 4, 5)]);
  expect(x.shape).toEqual([2, 4, 1]);
  expect([...x.data]).toEqual([1, 0, 0, 0, 2, 3, 4, 5]);
  expect([...lengths]).toEqual([1, 4]);
});

test("a layer takes it: each sequence as if it were alone", () => {
  const sequences = [[[0.5], [-1], [2]], [[3]], [[1], [0.25]]];
  const gru = new GRU(1, 3, { seed: 4 });
  const { x, lengths } = padSequences(sequences);
  const { state } = gru.forward(x, undefined, { lengths });
  sequences.forEach((sequence, n) => {
    const alone = gru.forward(tensor([sequence])).state;
    expect(state.toArray()[0][n]).toEqual(alone.toArray()[0][0]);
  });
});

/** Keras' pad_sequences(sequences, maxlen, dtype="float32", padding=..., truncating=..., value=...), step by step. */
function padded(
  sequences: readonly number[][],
  { maxLength = 0, value = 0, padding = "post", truncating = "pre" }: PadSequencesOptions,
): number[][] {
  return sequences.map((sequence) => {
    const left = Math.max(sequence.length - maxLength, 0);
    const cut = truncating === "pre" ? sequence.slice(left) : sequence.slice(0, maxLength);
    const fill = Array.from({ length: maxLength - cut.length }, () => value);
    return padding === "pre" ? [...fill, ...cut] : [...cut, ...fill];
  });
}

test("lengths, sides and values as in Keras' pad_sequences", () => {
  const tokens = [[1, 2, 3, 4, 5], [6], [7, 8, 9]];
  for (const maxLength of [1, 2, 3, 4, 7])
    for (const padding of ["post", "pre", undefined] as const)
      for (const truncating of ["post", "pre", undefined] as const) {
        const options = { maxLength, padding, truncating, value: -1 };
        const { x, lengths } = padSequences(tokens, { ...options, features: false });
        expect(x.toArray()).toEqual(padded(tokens, options));
        expect([...lengths]).toEqual(tokens.map(({ length }) => Math.min(length, maxLength)));
      }
  expect(padSequences(tokens, { features: false }).x.toArray()[1]).toEqual([6, 0, 0, 0, 0]);
});

test("steps of several features are cut as a whole", () => {
  const steps = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const { x } = padSequences([steps, [[7, 8]]], { maxLength: 2, padding: "pre", value: 9 });
  expect(x.toArray()).toEqual([
    [
      [3, 4],
      [5, 6],
    ],
    [
      [9, 9],
      [7, 8],
    ],
  ]);
});

test("token numbers go on into both embeddings", () => {
  const { x, lengths } = padSequences([[1, 2, 3], [4]], { features: false });
  const vectors = new Embedding(5, 2, { seed: 1 });
  expect(vectors.forward(x).toArray()).toEqual(
    vectors
      .forward([
        [1, 2, 3],
        [4, 0, 0],
      ])
      .toArray(),
  );
  const lstm = new LSTM(2, 3, { seed: 2 });
  expect(lstm.forward(vectors.forward(x), undefined, { lengths }).output.shape).toEqual([2, 3, 3]);
  const model = sequential({
    layers: [
      layers.embedding({ inputDim: 5, outputDim: 2, maskZero: true }),
      layers.lstm({ units: 3 }),
    ],
  });
  expect(model.predict(x).shape).toEqual([2, 3]);
});

test("wrong arguments", () => {
  const numbers = [[1, 2, 3], [4]];
  expectErrors([
    ["Keras' name", TypeError, () => padSequences(numbers, wrong({ maxlen: 2 })), /maxLength/],
    ["maxLength", RangeError, () => padSequences(numbers, { maxLength: 0 }), /maxLength/],
    ["value", TypeError, () => padSequences(numbers, { value: wrong("0") }), /value/],
    ["padding", RangeError, () => padSequences(numbers, { padding: wrong("left") }), /"post"/],
    ["truncating", RangeError, () => padSequences(numbers, { truncating: wrong("") }), /"pre"/],
    ["no flag", TypeError, () => padSequences(numbers, { features: wrong(1) }), /features/],
    ["features", RangeError, () => padSequences([[[1, 2]]], { features: false }), /got 2 features/],
    ["a fraction", RangeError, () => new Embedding(5, 2).forward(tensor([1, 0.5])), /got 0\.5/],
    ["no row", RangeError, () => new Embedding(5, 2).forward(tensor([[1], [5]])), /from 0 to 4/],
    ["none", RangeError, () => padSequences([])],
    ["a tensor", TypeError, () => padSequences(wrong(tensor([[1]])))],
    [
      "other features",
      RangeError,
      () => padSequences([[[1, 2]], [[1]]]),
      /\[time, 2\], got \[1, 1\]/,
    ],
    ["no steps", RangeError, () => padSequences([[[1]], []]), /got \[0, 1\]/],
    ["no steps at first", RangeError, () => padSequences([[]])],
    ["a batch", RangeError, () => padSequences([[[[1]]]]), /\[time\] or \[time, features\]/],
    ["words", TypeError, () => padSequences(wrong([["a"]]))],
  ]);
});
