import { type Data, layers, randn, type Sequential, sequential, tensor } from "gatewise";

/** Samples of 3 features, and targets of 2 that depend on them. */
export function regressionData(samples: number): { x: Data & object; y: Data & object } {
  const x = randn([samples, 3], { seed: 11 });
  const rows = x.toArray() as number[][];
  const y = tensor(rows.map(([a, b, c]) => [0.5 * a! - b! + 0.2, b! * c!]));
  return { x, y };
}

/** A small model with the same weights each time: 3 features → 5 → 2. */
export function regressor(): Sequential {
  return sequential({
    layers: [
      layers.dense({ units: 5, activation: "tanh", inputShape: [3], seed: 1 }),
      layers.dense({ units: 2, seed: 2 }),
    ],
  });
}

/** A stateful model of batches of 4, 2 features at each of 3 steps, with the same weights each time. */
export function statefulModel(): Sequential {
  return sequential({
    layers: [
      layers.gru({ units: 3, batchInputShape: [4, 3, 2], stateful: true, seed: 3 }),
      layers.dense({ units: 1, seed: 4 }),
    ],
  });
}

/** All weights of a model, one after the other. */
export const weightsOf = (model: Sequential): number[] =>
  model.getWeights().flatMap(({ data }) => [...data]);
