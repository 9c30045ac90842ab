import { Adam, detach, GRU, Linear, LSTM, mse, RNN, type Tensor } from "gatewise";
import { initializeAsKeras } from "../../../../support/keras.ts";
import { waves } from "../../../../support/sine.ts";
import type { Trainee } from "../../lib/serve.ts";

/** Points of a period of the waves, and how many are drawn: two periods. */
const PERIOD = 20 * Math.PI ** 2;
export const POINTS = Math.ceil(2 * PERIOD);
const STEPS = 20;
/** Training pauses after so many steps. */
const ROUND = 4000;

const recurrent = { lstm: LSTM, gru: GRU, rnn: RNN };

export type Cell = keyof typeof recurrent;

export interface Settings {
  readonly cell: Cell;
  readonly units: number;
  readonly learningRate: number;
  readonly seed: number;
}

export interface Progress {
  /** Two periods, [POINTS] each. */
  readonly sine: Float32Array;
  readonly cosine: Float32Array;
  readonly prediction: Float32Array | undefined;
  /** Of the last step; NaN before the first. */
  readonly loss: number;
  /** Of the steps since the last report. */
  readonly losses: readonly number[];
}

export type SineWork = {
  settings: Settings;
  progress: Progress;
  question: never;
  answer: never;
};

/** The first point of a batch at which the sine begins a period. */
const phase = (step: number): number => Math.ceil(PERIOD - ((STEPS * step) % PERIOD)) % PERIOD;

/** A layer and a linear one that turn a sine into a cosine, the state moving on from batch to batch. */
export function create(settings: Settings): Trainee<SineWork> {
  const layer = new recurrent[settings.cell](1, settings.units);
  const head = new Linear(settings.units, 1);
  initializeAsKeras([layer, head], settings.seed);
  const optimizer = new Adam({ learningRate: settings.learningRate, clipNorm: 1 });
  let state: Parameters<typeof detach>[0] | undefined;
  let step = 0;
  let shown = waves(0);
  let prediction: Tensor | undefined;
  let loss = Number.NaN;
  let losses: number[] = [];
  return {
    step() {
      shown = waves(step);
      const run = optimizer.minimize(() => {
        const out = layer.forward(shown.sine, state as never);
        state = detach(out.state); // the next batch goes on from here; the gradient stops here
        const prediction = head.forward(out.output);
        return { loss: mse(prediction, shown.cosine), prediction };
      });
      ({ loss, prediction } = run);
      losses.push(loss);
      step++;
    },
    progress() {
      const start = Math.round(phase(Math.max(0, step - 1)));
      const part = ({ data }: Tensor): Float32Array => data.slice(start, start + POINTS);
      const told = losses;
      losses = [];
      return {
        sine: part(shown.sine),
        cosine: part(shown.cosine),
        prediction: prediction && part(prediction),
        loss,
        losses: told,
      };
    },
    done: () => step % ROUND === 0,
    adjust({ learningRate }) {
      optimizer.learningRate = learningRate;
    },
  };
}
