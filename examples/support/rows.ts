import {
  Adam,
  argmax,
  crossEntropy,
  type GRU,
  Linear,
  type LSTM,
  RNN,
  reshape,
  type Schedule,
  scope,
  slice,
  Tensor,
  tensor,
  transpose,
} from "gatewise";
import { type Digits, SIDE } from "./digits.ts";
import { initializeAsKeras } from "./keras.ts";

const CLASSES = 10;

/** Digits as a network sees them: pixels [B, 28, 28] from 0 to 1, and their classes. */
export interface Batch {
  readonly pixels: Tensor;
  readonly classes: number[];
}

/** Digits by their numbers. */
export function pick({ images, labels }: Digits, numbers: ArrayLike<number>): Batch {
  const area = SIDE * SIDE;
  const pixels = new Float32Array(numbers.length * area);
  const classes = Array.from(numbers, (digit) => labels[digit]!);
  for (let n = 0; n < numbers.length; n++) {
    const first = numbers[n]! * area;
    for (let i = 0; i < area; i++) pixels[n * area + i] = images[first + i]! / 255;
  }
  return { pixels: tensor(pixels, [numbers.length, SIDE, SIDE]), classes };
}

/** `size` digits in file order from number `from` on, beginning again after the last. */
export const batch = (digits: Digits, from: number, size: number): Batch =>
  pick(
    digits,
    Array.from({ length: size }, (_, n) => (from + n) % digits.count),
  );

export interface Score {
  /** Mean cross-entropy. */
  readonly cost: number;
  /** Share of digits read rightly. */
  readonly accuracy: number;
  /** The class read for each digit. */
  readonly read: Uint8Array;
}

export interface RowNetwork {
  /** One training step; returns the cost before the update. */
  step(batch: Batch): number;
  score(digits: Digits): Score;
  /** How many numbers it learns. */
  readonly parameterCount: number;
}

/**
 * What the last layer has made of sequences by their end, [B, directions · hidden]: the state after the last step, beside
 * it the backward direction's after the first. `states` is [layers · directions, B, hidden].
 */
function summary(states: Tensor, directions: number): Tensor {
  const [all, batch, hidden] = states.shape as [number, number, number];
  const last = slice(states, [all - directions, 0, 0], [directions, batch, hidden]);
  return reshape(transpose(last, [1, 0, 2]), [batch, directions * hidden]);
}

/** A network that reads a picture row by row, by default with a plain RNN of 50 units; as Keras initialises it. */
export function rowNetwork(
  seed: number,
  layer: RNN | LSTM | GRU = new RNN(SIDE, 50),
  learningRate: number | Schedule = 1e-3,
): RowNetwork {
  const head = new Linear(layer.directions * layer.hiddenSize, CLASSES);
  initializeAsKeras([layer, head], seed);
  const optimizer = new Adam({ learningRate });
  const logits = (pixels: Tensor): Tensor => {
    const { state } = layer.forward(pixels);
    return head.forward(summary(state instanceof Tensor ? state : state.h, layer.directions));
  };

  return {
    parameterCount: [layer, head]
      .flatMap((module) => Object.values(module.parameters()))
      .reduce((count, { size }) => count + size, 0),

    step: ({ pixels, classes }) => optimizer.minimize(() => crossEntropy(logits(pixels), classes)),

    score(digits) {
      const read = new Uint8Array(digits.count);
      let cost = 0;
      for (let from = 0; from < digits.count; from += 500) {
        const size = Math.min(500, digits.count - from);
        const { pixels, classes } = batch(digits, from, size);
        const result = scope(() => {
          const outputs = logits(pixels);
          return { outputs, cost: crossEntropy(outputs, classes) };
        });
        cost += size * result.cost.item();
        read.set(argmax(result.outputs), from);
      }
      const right = read.filter((label, n) => label === digits.labels[n]).length;
      return { cost: cost / digits.count, accuracy: right / digits.count, read };
    },
  };
}
