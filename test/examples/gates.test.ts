import { dynamicRNN, GRUCell, LSTMCell, randn, tensor } from "gatewise";
import { expect, test } from "vitest";
import { insideGRU, insideLSTM } from "../../examples/support/gates.ts";
import { expectClose } from "../close.ts";

const signal = randn([9], { seed: 5 }).data;
const x = tensor(signal, [1, 9, 1]);

test.each([1, 3, 4, 5])("an LSTM of %i units: what is inside goes with what comes out", (units) => {
  const cell = new LSTMCell(1, units, { seed: 3 });
  const { outputs, state } = dynamicRNN(cell, x);
  const inside = insideLSTM(cell, signal);
  expect(Object.keys(inside)).toEqual(["i", "f", "g", "o", "c", "h"]);
  expectClose(inside.h!, outputs.data, { atol: 1e-6, rtol: 1e-5 }, "state");
  expectClose(inside.c!.subarray(8 * units), state.c.data, { atol: 1e-6, rtol: 1e-5 }, "state");
});

test.each([1, 3, 4, 5])("a GRU of %i units: what is inside goes with what comes out", (units) => {
  const cell = new GRUCell(1, units, { seed: 3 });
  const inside = insideGRU(cell, signal);
  expect(Object.keys(inside)).toEqual(["r", "z", "n", "h"]);
  expectClose(inside.h!, dynamicRNN(cell, x).outputs.data, { atol: 1e-6, rtol: 1e-5 }, "state");
});
