import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { readMnist } from "../../examples/support/idx.ts";
import { batch, rowNetwork } from "../../examples/support/rows.ts";
import { sharedFolder } from "../shared.ts";
import { slice } from "./slice.ts";

const folder = `${sharedFolder()}/data/mnist`;
const missing = !existsSync(folder);
if (missing) console.info(`MNIST: skipped, there is no ${folder}`);

const seeds = [1, 2, 3].slice(0, slice(3, 1));

// The same network in PyTorch 1.13, with Keras' initialisation, reaches 93.0 and 93.9 %.
test.skipIf(missing).each(seeds)(
  "RNN of 50 units reads at least 92.5 %% of MNIST after 4,001 steps (seed %i)",
  (seed) => {
    const { train, test: held } = readMnist(folder);
    const network = rowNetwork(seed);
    for (let n = 0; n < 4001; n++) network.step(batch(train, 50 * n, 50));
    const { accuracy, cost } = network.score(held);
    console.info(
      `MNIST by rows, seed ${seed}: ${(100 * accuracy).toFixed(2)} %, cost ${cost.toFixed(4)}`,
    );
    expect(accuracy).toBeGreaterThanOrEqual(0.925);
  },
);
