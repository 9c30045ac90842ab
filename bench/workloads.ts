import { uniform, wholes } from "./formula.ts";

/** The workloads as data: every peer reads the same definitions, weights and inputs. Letters as in the kernels: B, T, I, H. */

export type CellName = "RNN" | "LSTM" | "GRU";

/** Recurrent layers, and a fully connected one on top where there is one. */
export interface Network {
  readonly cell: CellName;
  readonly b: number;
  readonly t: number;
  readonly i: number;
  readonly h: number;
  readonly layers: number;
  readonly head?: { readonly size: number; readonly on: "every step" | "last step" };
}

/** One thing to be timed on a network. */
export interface NetworkCase {
  /** Its workload and what is done: `W2 forward`. */
  readonly id: string;
  readonly title: string;
  /**
   * forward: outputs of all steps, no gradients kept · backward: the sum of the outputs and its gradient in every weight ·
   * adam: a whole training step · stream: one step of a sequence that arrives piece by piece, batch 1.
   */
  readonly task: "forward" | "backward" | "adam" | "stream";
  readonly network: Network;
  /** What an Adam step makes smaller, and how boldly. */
  readonly loss?: "mse" | "crossEntropy";
  readonly learningRate?: number;
  /** Length of each sequence, where they differ. */
  readonly lengths?: readonly number[];
  /** Floating-point operations of its products; undefined where products are not what takes the time. */
  readonly operations?: number;
}

/** A [m, k] times B [k, n]; B is a weight, the same in every call. */
export interface ProductCase {
  readonly id: string;
  readonly title: string;
  readonly task: "product";
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly operations: number;
}

export type Case = NetworkCase | ProductCase;

/** Cases that are timed together, in turn. */
export interface Workload {
  readonly id: string;
  readonly cases: readonly Case[];
  /** Only these peers beside ours, where the question is not who is faster. */
  readonly peers?: readonly string[];
}

/** Numbers with their shape. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** torch's parameters by torch's names (`head.weight`, `head.bias` those on top), input and target of a case. */
export interface NetworkData {
  readonly weights: Readonly<Record<string, Values>>;
  /** [B, T, I] */
  readonly x: Values;
  /** [B, T, head], for mse without a head [B, T, H] */
  readonly target: Values;
  /** [B] */
  readonly classes: Int32Array;
}

export const gatesOf: Readonly<Record<CellName, number>> = { RNN: 1, GRU: 3, LSTM: 4 };

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Shapes of a network's weights in torch's order. */
export function weightShapes({ cell, i, h, layers, head }: Network): Record<string, number[]> {
  const rows = gatesOf[cell] * h;
  const shapes: Record<string, number[]> = {};
  for (let layer = 0; layer < layers; layer++) {
    shapes[`weight_ih_l${layer}`] = [rows, layer === 0 ? i : h];
    shapes[`weight_hh_l${layer}`] = [rows, h];
    shapes[`bias_ih_l${layer}`] = [rows];
    shapes[`bias_hh_l${layer}`] = [rows];
  }
  if (head) Object.assign(shapes, { "head.weight": [head.size, h], "head.bias": [head.size] });
  return shapes;
}

/** Weights, input and target by formula; weights within torch's bound, 1/√H. */
export function dataOf({ network }: NetworkCase): NetworkData {
  const { b, t, i, h, head } = network;
  const values = (seed: number, shape: readonly number[], bound: number): Values => ({
    shape,
    data: uniform(seed, sizeOf(shape), bound),
  });
  const weights = Object.entries(weightShapes(network)).map(([name, shape], seed) => [
    name,
    values(seed, shape, 1 / Math.sqrt(h)),
  ]);
  return {
    weights: Object.fromEntries(weights),
    x: values(100, [b, t, i], 1.7),
    target: values(101, [b, t, head?.size ?? h], 1),
    classes: wholes(102, b, head?.size ?? 2),
  };
}

/** Both factors of a product, by formula. */
export function factorsOf({ m, k, n }: ProductCase): { a: Values; b: Values } {
  return {
    a: { shape: [m, k], data: uniform(200, m * k, 1) },
    b: { shape: [k, n], data: uniform(201, k * n, 1) },
  };
}

/**
 * Operations of the layers' products over `steps` rows of input: x and h times the weights forward; dW, dR and dh backward,
 * dx where a layer is below (the input is data).
 */
function operationsOf({ cell, i, h, layers }: Network, steps: number, backward: boolean): number {
  const gate = 2 * steps * gatesOf[cell] * h;
  let sum = 0;
  for (let layer = 0; layer < layers; layer++) {
    const input = layer === 0 ? i : h;
    sum += gate * (input + h);
    if (backward) sum += gate * (input + h) + gate * h + (layer === 0 ? 0 : gate * input);
  }
  return sum;
}

const sizes = ({ b, t, i, h }: Network): string => `(${b}, ${t}, ${i}, ${h})`;
const doing = {
  forward: "forward",
  backward: "forward + backward",
  adam: "with MSE and Adam",
};

function layersCase(
  id: string,
  network: Network,
  task: "forward" | "backward" | "adam",
  more: Partial<NetworkCase> = {},
): NetworkCase {
  const { cell, layers, b, t } = network;
  const steps = more.lengths?.reduce((sum, n) => sum + n, 0) ?? b * t;
  return {
    id,
    title: `${layers > 1 ? `${layers} × ` : ""}${cell} ${sizes(network)} ${doing[task]}`,
    task,
    network,
    ...(task === "adam" ? { loss: "mse", learningRate: 1e-3 } : {}),
    operations: operationsOf(network, steps, task !== "forward"),
    ...more,
  };
}

function productCase(id: string, title: string, m: number, k: number, n: number): ProductCase {
  return { id, title, task: "product", m, k, n, operations: 2 * m * k * n };
}

const layersOf = (
  cell: CellName,
  [b, t, i, h]: readonly [number, number, number, number],
  layers = 1,
): Network => ({ cell, b, t, i, h, layers });

const middle = layersOf("LSTM", [32, 50, 128, 256]);
const large = layersOf("LSTM", [64, 100, 256, 512], 2);
const gru = layersOf("GRU", [32, 50, 128, 256]);
const tiny = layersOf("LSTM", [16, 32, 64, 128]);

/** Lengths uniform in 1..T. */
const ragged = Array.from(wholes(103, middle.b, middle.t), (n) => n + 1);

const classifier: NetworkCase = {
  id: "W3",
  title: "RNN (50, 28, 28, 50) + Linear(10) + cross-entropy + Adam",
  task: "adam",
  network: {
    ...layersOf("RNN", [50, 28, 28, 50]),
    head: { size: 10, on: "last step" },
  },
  loss: "crossEntropy",
  learningRate: 1e-3,
};

const regressor: NetworkCase = {
  id: "W4",
  title: "LSTM (50, 20, 1, 20) + Linear(1) on all steps + MSE + Adam",
  task: "adam",
  network: {
    ...layersOf("LSTM", [50, 20, 1, 20]),
    head: { size: 1, on: "every step" },
  },
  loss: "mse",
  learningRate: 6e-3,
};

const streaming = (h: number): NetworkCase => ({
  id: `W5 H=${h}`,
  title: `one step of a stream, LSTM 1 → ${h} + Linear(1)`,
  task: "stream",
  // t: how many frames there are before they begin anew
  network: { ...layersOf("LSTM", [1, 64, 1, h]), head: { size: 1, on: "every step" } },
});

/** All that is timed by contestants in turn. W9 and W10 are programs of their own: cold-start.ts, memory.ts. */
export const workloads: readonly Workload[] = [
  { id: "W1", cases: [layersCase("W1", layersOf("LSTM", [1, 100, 64, 128]), "forward")] },
  {
    id: "W2",
    cases: [
      layersCase("W2 forward", middle, "forward"),
      layersCase("W2 backward", middle, "backward"),
      layersCase("W2 adam", middle, "adam"),
    ],
  },
  { id: "W3", cases: [classifier] },
  { id: "W4", cases: [regressor] },
  { id: "W5", cases: [8, 16, 20, 40].map(streaming) },
  {
    id: "W6",
    cases: [
      layersCase("W6 forward", large, "forward"),
      layersCase("W6 backward", large, "backward"),
    ],
  },
  {
    id: "W7",
    cases: [layersCase("W7 forward", gru, "forward"), layersCase("W7 backward", gru, "backward")],
  },
  {
    id: "W8",
    cases: [
      productCase("W8 cubed", "product of 512 x 512 x 512", 512, 512, 512),
      productCase("W8 step", "product of 32 x 256 x 1024, prepacked", 32, 256, 1024),
    ],
  },
  {
    id: "W11",
    cases: [
      layersCase("W11 full", middle, "forward", { title: `LSTM ${sizes(middle)}, all lengths T` }),
      layersCase("W11 ragged", middle, "forward", {
        title: `LSTM ${sizes(middle)}, lengths uniform in 1..T`,
        lengths: ragged,
      }),
    ],
  },
  {
    id: "W12",
    peers: ["plain TypeScript"],
    cases: [
      layersCase("W12 base", tiny, "backward"),
      layersCase("W12 2T", { ...tiny, t: 2 * tiny.t }, "backward"),
      layersCase("W12 2B", { ...tiny, b: 2 * tiny.b }, "backward"),
      layersCase("W12 2H", { ...tiny, h: 2 * tiny.h }, "backward"),
    ],
  },
];
