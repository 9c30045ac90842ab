// Digits read row by row: which recurrent layer reads them best? See --help.
import { GRU, LSTM, RNN } from "gatewise";
import { drawDigits, SIDE } from "./support/digits.ts";
import { MNIST_FOLDER, readMnist } from "./support/idx.ts";
import { path, whole } from "./support/options.ts";
import { run } from "./support/program.ts";
import { batch, rowNetwork } from "./support/rows.ts";
import { withProgress } from "./support/terminal.ts";

const BATCH = 50;
const DRAWN = { train: 20_000, test: 2_000 };

/** A picture is 28 steps of 28 pixels; a linear layer says from the last state which digit it was. */
const layers = {
  "RNN of 50": () => new RNN(SIDE, 50),
  "LSTM of 50": () => new LSTM(SIDE, 50),
  "GRU of 50": () => new GRU(SIDE, 50),
  "GRU of 64, both ways": () => new GRU(SIDE, 64, { bidirectional: true }),
  "LSTM of 50, 2 layers": () => new LSTM(SIDE, 50, { numLayers: 2 }),
};

const usage = {
  about: `Trains five recurrent networks to read digits row by row (batches of 50 in the
order of the file, Adam 0.001, Keras' initial weights) and compares them.`,
  options: {
    mnist: path("DIR", MNIST_FOLDER),
    seed: whole(2, "seed of the weights and of the drawn digits"),
    steps: whole(4001, "training steps of each network", 1),
  },
};

await run(usage, ({ mnist, seed, steps }, terminal) => {
  const drawn = Math.min(DRAWN.train, BATCH * steps);
  const { train, test } = mnist
    ? readMnist(mnist)
    : {
        train: drawDigits(drawn, { seed }),
        test: drawDigits(Math.min(DRAWN.test, drawn), { seed, first: DRAWN.train }),
      };
  terminal.line(`${steps} steps of ${BATCH} digits, ${test.count} others to be tested on\n`);
  terminal.line("layer                   parameters   accuracy    time");
  for (const [name, create] of Object.entries(layers)) {
    const start = performance.now();
    const network = rowNetwork(seed, create());
    withProgress(terminal, name, steps, (progress) => {
      for (let step = 0; step < steps; step++) {
        const cost = network.step(batch(train, step * BATCH, BATCH));
        progress.update(step + 1, `cost ${cost.toFixed(3)}`);
      }
    });
    const { accuracy } = network.score(test);
    const figures = [
      String(network.parameterCount).padStart(12),
      `${(100 * accuracy).toFixed(2)} %`.padStart(11),
      `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(8),
    ];
    terminal.line(`${name.padEnd(22)}${figures.join("")}`);
  }
});
