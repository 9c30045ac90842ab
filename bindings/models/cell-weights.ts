import type { Cell } from "../cells/cell.ts";
import { GRUCell } from "../cells/gru.ts";
import { LSTMCell } from "../cells/lstm.ts";
import { MultiRNNCell } from "../cells/multi.ts";
import { RNNCell } from "../cells/rnn.ts";
import { gateWeight, type KerasWeight, plainWeight, stackedWeight } from "./weights.ts";

/** For each of Keras' gates the place of the same among ours: LSTM i f c o for i f g o, GRU z r h out of r z n. */
const gateOrder = (cell: unknown): readonly number[] | undefined => {
  if (cell instanceof RNNCell) return [0];
  if (cell instanceof LSTMCell) return [0, 1, 2, 3];
  if (cell instanceof GRUCell) return [1, 0, 2];
  return undefined;
};

/**
 * The weights of a cell as Keras has them: kernel [I, G·H], recurrent kernel [H, G·H] and, where there is one, bias [G·H], or
 * [2, G·H] where input and state have one each. What else a cell has, and all of a cell of one's own, stands as it is.
 */
export function cellWeights(cell: Cell<never>): KerasWeight[] {
  if (cell instanceof MultiRNNCell)
    return cell.cells.flatMap((one: unknown) => cellWeights(one as Cell<never>));
  const order = gateOrder(cell);
  const { weight_ih, weight_hh, bias_ih, bias_hh, ...more } = cell.parameters();
  if (!order || !weight_ih || !weight_hh)
    return Object.entries(cell.parameters()).map(([name, p]) => plainWeight(name, p));
  const others = Object.entries(more).map(([name, p]) => plainWeight(name, p));
  const weights = [
    gateWeight("kernel", weight_ih, order),
    gateWeight("recurrent_kernel", weight_hh, order),
  ];
  const biases = [bias_ih, bias_hh].flatMap((p) => (p ? [gateWeight("bias", p, order)] : []));
  const [bias, second] = biases;
  return [...weights, ...(second ? [stackedWeight("bias", bias!, second)] : biases), ...others];
}
