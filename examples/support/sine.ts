import { Adam, detach, dynamicRNN, Linear, LSTMCell, mse, type Tensor, tensor } from "gatewise";
import { initializeAsKeras } from "./keras.ts";

const BATCH = 50;
const STEPS = 20;

/** Input and target [50, 20, 1] of a training step: row r goes on where row r of the step before ended. */
export interface Waves {
  readonly sine: Tensor;
  readonly cosine: Tensor;
}

/** sin and cos of the 1,000 points from 20·step on, 10π of them to a radian: 50 rows of 20. */
export function waves(step: number): Waves {
  const at = Float64Array.from(
    { length: BATCH * STEPS },
    (_, i) => (STEPS * step + i) / (10 * Math.PI),
  );
  const shape = [BATCH, STEPS, 1];
  return {
    sine: tensor(Float32Array.from(at, Math.sin), shape),
    cosine: tensor(Float32Array.from(at, Math.cos), shape),
  };
}

export interface SineStep {
  /** Mean squared error before the update. */
  readonly loss: number;
  /** What the network made of the sine, [50, 20, 1]. */
  readonly prediction: Tensor;
}

/** An LSTM of 20 units, as Keras initialises it, and a linear layer turn a sine into a cosine. Returns the training step. */
export function sineNetwork(seed: number): (waves: Waves) => SineStep {
  const cell = new LSTMCell(1, 20);
  const head = new Linear(20, 1);
  initializeAsKeras([cell, head], seed);
  const optimizer = new Adam({ learningRate: 6e-3 });
  let state = cell.zeroState(BATCH);

  return ({ sine, cosine }) =>
    optimizer.minimize(() => {
      const run = dynamicRNN(cell, sine, { initialState: state });
      state = detach(run.state); // the next batch goes on from here; the gradient stops here
      const prediction = head.forward(run.outputs);
      return { loss: mse(prediction, cosine), prediction };
    });
}
