import {
  Adam,
  argmax,
  crossEntropy,
  GRU,
  Linear,
  LSTM,
  RNN,
  scope,
  softmax,
  type Tensor,
  tensor,
} from "gatewise";
import { type Digits, SIDE } from "../../../../support/digits.ts";
import { type Batch, batch } from "../../../../support/rows.ts";

export const CLASSES = 10;

const layers = { rnn: RNN, lstm: LSTM, gru: GRU };

export interface ReaderSettings {
  readonly cell: keyof typeof layers;
  readonly units: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** What the network makes of a picture, row by row. */
export interface Reading {
  readonly units: number;
  /** [28 · units] the state after each row. */
  readonly hidden: Float32Array;
  /** [28 · 10] how likely each class is after each row. */
  readonly probabilities: Float32Array;
}

/** Reads digits row by row, and says after every row which digit it may be. */
export class DigitReader {
  readonly #layer: RNN | LSTM | GRU;
  readonly #head: Linear;
  readonly #optimizer: Adam;

  constructor({ cell, units, learningRate, seed }: ReaderSettings) {
    this.#layer = new layers[cell](SIDE, units, { seed });
    this.#head = new Linear(units, CLASSES, { seed: seed + 1 });
    this.#optimizer = new Adam({ learningRate, clipNorm: 1 });
  }

  set learningRate(rate: number) {
    this.#optimizer.learningRate = rate;
  }

  /** The states [B, 28, units], and after each row the logits [B, 28, 10]. */
  #run(pixels: Tensor): { hidden: Tensor; logits: Tensor } {
    const { output } = this.#layer.forward(pixels);
    return { hidden: output, logits: this.#head.forward(output) };
  }

  /** One training step; returns the loss before it, in nats. Every row counts, so that what is believed half-way means something. */
  step({ pixels, classes }: Batch): number {
    const everyRow = classes.flatMap((label) => new Array<number>(SIDE).fill(label));
    return this.#optimizer.minimize(() => crossEntropy(this.#run(pixels).logits, everyRow));
  }

  /** The share of digits that are read rightly after the last row. */
  accuracy(digits: Digits): number {
    const { pixels, classes } = batch(digits, 0, digits.count);
    const read = argmax(scope(() => this.#run(pixels).logits));
    return classes.filter((label, n) => read[SIDE * n + SIDE - 1] === label).length / digits.count;
  }

  /** What it makes of 28 x 28 pixels from 0 (paper) to 1 (ink). */
  read(picture: Float32Array): Reading {
    const pixels = tensor(picture, [1, SIDE, SIDE]);
    const { hidden, probabilities } = scope(() => {
      const { hidden: states, logits } = this.#run(pixels);
      return { hidden: states, probabilities: softmax(logits) };
    });
    return {
      units: this.#layer.hiddenSize,
      hidden: hidden.data.slice(),
      probabilities: probabilities.data.slice(),
    };
  }
}
