// Whole recurrent layers, as torch.nn has them.
import assert from "node:assert/strict";
import { GRU, Linear, LSTM, mse, RNN, randn, type Tensor, valueAndGrad, zeros } from "gatewise";

const net = new LSTM(10, 20, { numLayers: 2 });
const input = randn([3, 5, 10], { seed: 1 }); // [batch, time, inputSize]
const initial = { h: randn([2, 3, 20]), c: randn([2, 3, 20]) }; // [numLayers * directions, batch, hiddenSize]
const { output, state } = net.forward(input, initial);
assert.deepEqual(output.shape, [3, 5, 20]);
assert.deepEqual(state.h.shape, [2, 3, 20]);
assert.deepEqual(Object.keys(net.parameters()), [
  "weight_ih_l0",
  "weight_hh_l0",
  "bias_ih_l0",
  "bias_hh_l0",
  "weight_ih_l1",
  "weight_hh_l1",
  "bias_ih_l1",
  "bias_hh_l1",
]);

const both = new GRU(10, 20, { numLayers: 2, bidirectional: true, bias: false, dropout: 0.2 });
both.eval(); // no dropout; a new module is in training mode, and both.train() goes back to it
assert.deepEqual(both.forward(input, undefined, { lengths: [5, 2, 4] }).output.shape, [3, 5, 40]);
assert.ok("weight_hh_l1_reverse" in both.parameters());
assert.deepEqual(new RNN(10, 20, { nonlinearity: "relu" }).forward(input).state.shape, [1, 3, 20]);
assert.deepEqual(new LSTM(10, 20, { projSize: 7 }).forward(input).output.shape, [3, 5, 7]);

// Gradients, of parameters and of inputs alike, keyed as the targets are.
const head = new Linear(20, 1);
const targets: Record<string, Tensor> = { input, ...net.parameters() };
const { value, gradients } = valueAndGrad(
  () => mse(head.forward(net.forward(input).output), zeros([3, 5, 1])),
  targets,
);
assert.equal(typeof value, "number");
assert.deepEqual(gradients.input!.shape, [3, 5, 10]);
assert.deepEqual(gradients.weight_hh_l1!.shape, [80, 20]);
assert.ok(gradients.weight_hh_l0!.data.some((v) => v !== 0));
