import { initializers, LSTM, LSTMCell, type Module } from "gatewise";

const glorotUniform = initializers.glorotUniform();
const orthogonal = initializers.orthogonal();

/**
 * Gives modules Keras' initial weights: Glorot uniform from the inputs, orthogonal from state to state, no biases but an
 * LSTM's forget gate's, which is 1 (Jozefowicz et al. 2015). Every weight has a seed of its own, from `seed` on.
 */
export function initializeAsKeras(modules: readonly Module[], seed: number): void {
  let next = seed;
  for (const module of modules) {
    const forgets = module instanceof LSTM || module instanceof LSTMCell;
    for (const [name, parameter] of Object.entries(module.parameters())) {
      const [rows, columns] = parameter.shape as [number, number?];
      if (columns !== undefined) {
        const draw = name.startsWith("weight_hh") ? orthogonal : glorotUniform;
        parameter.assign(draw([rows, columns], { seed: next++ }));
      } else {
        const bias = new Float32Array(rows);
        if (forgets && name.startsWith("bias_ih")) bias.fill(1, rows / 4, rows / 2); // gates i f g o
        parameter.assign(bias);
      }
    }
  }
}
