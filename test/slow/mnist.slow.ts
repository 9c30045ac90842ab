import { existsSync } from "node:fs";
import { cosineDecay, GRU, LSTM, RNN } from "gatewise";
import { batches } from "gatewise/data";
import { expect, test } from "vitest";
import { SIDE } from "../../examples/support/digits.ts";
import { readMnist } from "../../examples/support/idx.ts";
import { batch, pick, rowNetwork } from "../../examples/support/rows.ts";
import { sharedFolder } from "../shared.ts";
import { median, slice } from "./slice.ts";

const folder = `${sharedFolder()}/data/mnist`;
const missing = !existsSync(folder);
if (missing) console.info(`MNIST: skipped, there is no ${folder}`);

/** `npm start` takes the first by default. */
const seeds = [2, 1, 3, 4, 5].slice(0, slice(5, 1));

// A run of the plain RNN ends between 91.5 and 94 % by its seed, here as in PyTorch (92.5 to 93.9 % over eight seeds): the
// median says more than any one of them. PyTorch with the same initialisation: LSTM 96.8 to 96.9, GRU 96.5, both ways 97.7 %.
test.skipIf(missing).each([
  ["RNN of 50 units", 0.925, () => new RNN(SIDE, 50)],
  ["LSTM of 50 units", 0.965, () => new LSTM(SIDE, 50)],
  ["GRU of 50 units", 0.96, () => new GRU(SIDE, 50)],
  ["GRU of 64 units both ways", 0.973, () => new GRU(SIDE, 64, { bidirectional: true })],
] as const)("%s: at least %d of MNIST after 4,001 steps in the median", (name, least, layer) => {
  const { train, test: held } = readMnist(folder);
  const reached = seeds.map((seed) => {
    const network = rowNetwork(seed, layer());
    for (let n = 0; n < 4001; n++) network.step(batch(train, 50 * n, 50));
    const { accuracy, cost } = network.score(held);
    const percent = (100 * accuracy).toFixed(2);
    console.info(`MNIST by rows, ${name}, seed ${seed}: ${percent} %, cost ${cost.toFixed(4)}`);
    return accuracy;
  });
  expect(median(reached)).toBeGreaterThanOrEqual(least);
});

const [EPOCHS, BATCH] = [12, 50];

test.skipIf(missing || process.env.GATEWISE_SLICE)(
  "two LSTM layers of 128 units both ways, dropout, a cosine schedule: at least 98.8 % after 12 epochs",
  () => {
    const { train, test: held } = readMnist(folder);
    const [seed] = seeds as [number];
    const options = { numLayers: 2, bidirectional: true, dropout: 0.2, seed };
    const numbers = Int32Array.from({ length: train.count }, (_, n) => n);
    const data = batches(numbers, train.labels, { batchSize: BATCH, shuffle: true, seed });
    const learningRate = cosineDecay(1e-3, { decaySteps: EPOCHS * data.count });
    const network = rowNetwork(seed, new LSTM(SIDE, 128, options), learningRate);
    let accuracy = 0;
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      for (const { x } of data) network.step(pick(train, x));
      ({ accuracy } = network.score(held));
      console.info(`MNIST by rows, two layers both ways: ${100 * accuracy} % after epoch ${epoch}`);
    }
    expect(accuracy).toBeGreaterThanOrEqual(0.988);
  },
  3 * 3600_000,
);
