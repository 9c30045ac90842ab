import { initializers, type Linear, LSTMCell, type RNNCell } from "gatewise";

const glorotUniform = initializers.glorotUniform();
const orthogonal = initializers.orthogonal();

/**
 * Gives a cell and its output layer Keras' initial weights: Glorot uniform from the inputs, orthogonal from state to state,
 * no biases but the LSTM's forget gate's, which is 1 (Jozefowicz et al. 2015).
 */
export function initializeAsKeras(cell: RNNCell | LSTMCell, head: Linear, seed: number): void {
  const { weight_ih, weight_hh, bias_ih, bias_hh } = cell.parameters();
  weight_ih.assign(glorotUniform(weight_ih.shape, { seed }));
  weight_hh.assign(orthogonal(weight_hh.shape, { seed: seed + 1 }));
  const bias = new Float32Array(bias_ih.size);
  if (cell instanceof LSTMCell) bias.fill(1, cell.outputSize, 2 * cell.outputSize); // gates i f g o
  bias_ih.assign(bias);
  bias_hh.assign(new Float32Array(bias_hh.size));
  head.weight.assign(glorotUniform(head.weight.shape, { seed: seed + 2 }));
  head.bias!.assign(new Float32Array(head.bias!.size));
}
