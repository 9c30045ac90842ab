import { Tensor } from "./tensor.ts";
import { mapTensors } from "./tree.ts";

/**
 * A copy of a tensor, or of every tensor of a state, in ordinary JavaScript memory: it outlives the scope and the step that
 * computed it, and is a constant to gradients.
 */
export const detach = <S>(state: S): S =>
  mapTensors(state, (x) => new Tensor(x.shape, x.host ? x.host : x.snapshot()));
