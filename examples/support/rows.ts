import {
  Adam,
  crossEntropy,
  type GRU,
  Linear,
  type LSTM,
  RNN,
  reshape,
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

/** `size` digits in file order from number `from` on, beginning again after the last. */
export function batch(digits: Digits, from: number, size: number): Batch {
  const area = SIDE * SIDE;
  const pixels = new Float32Array(size * area);
  const classes: number[] = [];
  for (let n = 0; n < size; n++) {
    const digit = (from + n) % digits.count;
    classes.push(digits.labels[digit]!);
    for (let i = 0; i < area; i++) pixels[n * area + i] = digits.images[digit * area + i]! / 255;
  }
  return { pixels: tensor(pixels, [size, SIDE, SIDE]), classes };
}

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
export function rowNetwork(seed: number, layer: RNN | LSTM | GRU = new RNN(SIDE, 50)): RowNetwork {
  const head = new Linear(layer.directions * layer.hiddenSize, CLASSES);
  initializeAsKeras([layer, head], seed);
  const optimizer = new Adam({ learningRate: 1e-3 });
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
        for (let n = 0; n < size; n++) {
          const row = result.outputs.data.subarray(n * CLASSES, (n + 1) * CLASSES);
          read[from + n] = row.indexOf(Math.max(...row));
        }
      }
      const right = read.filter((label, n) => label === digits.labels[n]).length;
      return { cost: cost / digits.count, accuracy: right / digits.count, read };
    },
  };
}
