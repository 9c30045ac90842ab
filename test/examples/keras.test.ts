import { GRU, initializers, Linear, LSTM, LSTMCell, type Module, RNNCell } from "gatewise";
import { expect, test } from "vitest";

import { initializeAsKeras } from "../../examples/support/keras.ts";

const glorotUniform = initializers.glorotUniform();
const orthogonal = initializers.orthogonal();

const values = (modules: Module[], seed: number): Float32Array[] => {
  initializeAsKeras(modules, seed);
  return modules.flatMap((m) => Object.values(m.parameters()).map(({ data }) => data));
};
const zeros = (n: number): Float32Array => new Float32Array(n);
const forgetOnly = Float32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0);

test("Glorot, orthogonal, zeros, and 1 for an LSTM's forget gate; a seed for each weight", () => {
  expect(values([new LSTMCell(2, 3), new Linear(3, 4)], 7)).toEqual([
    glorotUniform([12, 2], { seed: 7 }),
    orthogonal([12, 3], { seed: 8 }),
    forgetOnly,
    zeros(12),
    glorotUniform([4, 3], { seed: 9 }),
    zeros(4),
  ]);
  const rnn = values([new RNNCell(2, 3)], 7);
  expect(rnn.slice(1)).toEqual([orthogonal([3, 3], { seed: 8 }), zeros(3), zeros(3)]);
  expect(values([new RNNCell(2, 3)], 8)[0]).not.toEqual(rnn[0]);
});

test("layers: every direction and layer like a cell of its own", () => {
  const lstm = values([new LSTM(2, 3, { bidirectional: true, numLayers: 2 })], 20);
  for (const [cell, inputs] of [2, 2, 6, 6].entries())
    expect(lstm.slice(4 * cell, 4 * cell + 4)).toEqual([
      glorotUniform([12, inputs], { seed: 20 + 2 * cell }),
      orthogonal([12, 3], { seed: 21 + 2 * cell }),
      forgetOnly,
      zeros(12),
    ]);
  expect(values([new GRU(2, 3)], 1).slice(2)).toEqual([zeros(9), zeros(9)]);
});
