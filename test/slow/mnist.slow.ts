import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { readMnist } from "../../examples/support/idx.ts";
import { batch, rowNetwork } from "../../examples/support/rows.ts";
import { sharedFolder } from "../shared.ts";
import { median, slice } from "./slice.ts";

const folder = `${sharedFolder()}/data/mnist`;
const missing = !existsSync(folder);
if (missing) console.info(`MNIST: skipped, there is no ${folder}`);

/** `npm start` takes the first by default. */
const seeds = [2, 1, 3, 4, 5].slice(0, slice(5, 1));

// A run ends between 91.5 and 94 % by its seed, here as in PyTorch (92.5 to 93.8 % over eight seeds): the median says more
// than any one of them.
test.skipIf(missing)(
  "RNN of 50 units reads 92.5 % of MNIST after 4,001 steps in the median",
  () => {
    const { train, test: held } = readMnist(folder);
    const reached = seeds.map((seed) => {
      const network = rowNetwork(seed);
      for (let n = 0; n < 4001; n++) network.step(batch(train, 50 * n, 50));
      const { accuracy, cost } = network.score(held);
      const percent = (100 * accuracy).toFixed(2);
      console.info(`MNIST by rows, seed ${seed}: ${percent} %, cost ${cost.toFixed(4)}`);
      return accuracy;
    });
    expect(median(reached)).toBeGreaterThanOrEqual(0.925);
  },
);
