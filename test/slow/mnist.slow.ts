import { existsSync } from "node:fs";
import { GRU, LSTM, RNN } from "gatewise";
import { expect, test } from "vitest";
import { SIDE } from "../../examples/support/digits.ts";
import { readMnist } from "../../examples/support/idx.ts";
import { batch, rowNetwork } from "../../examples/support/rows.ts";
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

test.todo(
  "two bidirectional LSTM layers of 128 with dropout and a cosine schedule: 98.8 % after 12 epochs",
);
