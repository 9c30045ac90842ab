import { layers, randn, sequential } from "gatewise";

/** Trains a small model, tells of each epoch and ends early where the signal says so. */
export async function train({ epochs, signal, onEpochEnd }) {
  const model = sequential({
    layers: [
      layers.lstm({ units: 16, inputShape: [12, 4], seed: 1 }),
      layers.dense({ units: 1, seed: 2 }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "mse" });
  const x = randn([64, 12, 4], { seed: 3 });
  const y = randn([64, 1], { seed: 4 });
  const { loss } = await model.fit(x, y, {
    epochs,
    seed: 5,
    signal,
    callbacks: onEpochEnd && { onEpochEnd },
  });
  return loss;
}
