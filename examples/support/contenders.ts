import { type Cell, GRUCell, LSTMCell, type LSTMState, RNNCell, type Tensor } from "gatewise";

/** A cell whose state is h, or has one. */
export type Contender = Cell<Tensor> | Cell<LSTMState>;

/**
 * Cells that differ in how far back a gradient gets: with torch's initial weights, with louder ones from state to state, with
 * a forget gate that is open at the start (Gers, Schmidhuber and Cummins 2000).
 */
export function contenders(inputs: number, units: number, seed: number): Record<string, Contender> {
  const loud = new RNNCell(inputs, units, { seed });
  const { weight_hh } = loud.parameters();
  weight_hh.assign(weight_hh.data.map((weight) => 4 * weight));
  return {
    RNN: new RNNCell(inputs, units, { seed }),
    "RNN, weights x 4": loud,
    GRU: new GRUCell(inputs, units, { seed }),
    LSTM: new LSTMCell(inputs, units, { seed }),
    "LSTM, forget bias 3": new LSTMCell(inputs, units, { forgetBias: 3, seed }),
  };
}
