import { initializers, Linear, LSTMCell, RNNCell } from "gatewise";
import { expect, test } from "vitest";
import { initializeAsKeras } from "../../examples/support/initializers.ts";

const glorotUniform = initializers.glorotUniform();
const orthogonal = initializers.orthogonal();

test("initializeAsKeras: Glorot, orthogonal, zeros, and 1 for an LSTM's forget gate", () => {
  const values = (cell: RNNCell | LSTMCell, head: Linear, seed: number): Float32Array[] => {
    initializeAsKeras(cell, head, seed);
    return [...Object.values(cell.parameters()), head.weight, head.bias!].map(({ data }) => data);
  };
  const zeros = (n: number): Float32Array => new Float32Array(n);
  const lstm = values(new LSTMCell(2, 3), new Linear(3, 4), 7);
  expect(lstm).toEqual([
    glorotUniform([12, 2], { seed: 7 }),
    orthogonal([12, 3], { seed: 8 }),
    Float32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    zeros(12),
    glorotUniform([4, 3], { seed: 9 }),
    zeros(4),
  ]);
  const rnn = values(new RNNCell(2, 3), new Linear(3, 4), 7);
  expect(rnn.slice(1, 4)).toEqual([orthogonal([3, 3], { seed: 8 }), zeros(3), zeros(3)]);
  expect(values(new RNNCell(2, 3), new Linear(3, 4), 8)[0]).not.toEqual(rnn[0]);
});
