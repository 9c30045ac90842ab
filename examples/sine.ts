// A sine goes in, a cosine comes out: an LSTM trained on waves that run on, its state with them. See --help.
import { Adam, detach, Linear, LSTM, type LSTMState, mse, type Tensor } from "gatewise";
import { initializeAsKeras } from "./support/keras.ts";
import { whole } from "./support/options.ts";
import { draw } from "./support/plot.ts";
import { run } from "./support/program.ts";
import { waves } from "./support/sine.ts";

const usage = {
  about: `Trains an LSTM of 20 units to turn a sine into a cosine: 50 rows of 20 steps at
a time, each going on where it ended, state and all. Draws what it has learned.`,
  options: {
    seed: whole(2, "seed of the initial weights"),
    steps: whole(501, "training steps", 1),
    every: whole(250, "draw a chart every N steps", 1),
  },
};

await run(usage, ({ seed, steps, every }, terminal) => {
  const lstm = new LSTM(1, 20);
  const head = new Linear(20, 1);
  initializeAsKeras([lstm, head], seed); // 1 for the forget gate: the state lasts from the start
  const optimizer = new Adam({ learningRate: 6e-3 });
  let state: LSTMState | undefined; // none yet: zeros

  for (let step = 0; step < steps; step++) {
    const { sine, cosine } = waves(step); // [50, 20, 1] each
    const { loss, prediction } = optimizer.minimize(() => {
      const out = lstm.forward(sine, state);
      state = detach(out.state); // the next batch goes on from here; the gradient stops here
      const prediction = head.forward(out.output);
      return { loss: mse(prediction, cosine), prediction };
    });
    if (step % every !== 0 && step !== steps - 1) continue;
    terminal.line(`step ${step}: mean squared error ${loss.toFixed(5)}`);
    const twoPeriods = (wave: Tensor): Float32Array => wave.data.subarray(0, 2 * 197);
    draw(
      terminal,
      ["cosine", twoPeriods(cosine)],
      ["what the network makes of the sine", twoPeriods(prediction)],
    );
  }
});
