import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import {
  type Case,
  type CellName,
  dataOf,
  factorsOf,
  type Network,
  type NetworkCase,
  type ProductCase,
  type Values,
} from "../workloads.ts";
import {
  CHECKED_FRAMES,
  CHECKED_STEPS,
  isNetwork,
  notInstalled,
  type Peer,
  plus,
  type Reason,
  type Results,
  type Step,
  transposed,
  versionOf,
} from "./peer.ts";

/*
 * TensorFlow.js with its cpu or wasm backend, one thread. LSTM and RNN are tf.layers (their biases are one), models are
 * compiled with tf.train.adam and trained by trainOnBatch; written out in single operations forward is 1.3 times slower and
 * training a tenth faster. tf.layers.gru has no reset after the product, so the GRU is a tf.layers.rnn over a cell of our own.
 * Everything runs in tf.tidy. Both backends run a kernel to its end when called; steps that return no loss wait for
 * nothing more.
 */

interface Tensor {
  dataSync(): Float32Array;
  data(): Promise<Float32Array>;
  dispose(): void;
  sum(): Tensor;
  add(x: Tensor): Tensor;
  mul(x: Tensor): Tensor;
  sub(x: Tensor): Tensor;
}
interface Variable extends Tensor {
  readonly name: string;
}
interface Weight {
  readonly val: Variable;
  read(): Tensor;
}
interface Layer {
  apply(x: Tensor, options?: object): Tensor;
}
interface Model {
  add(layer: object): void;
  setWeights(weights: Tensor[]): void;
  readonly weights: readonly Weight[];
  compile(options: object): void;
  predictOnBatch(x: Tensor): Tensor;
  trainOnBatch(x: Tensor, y: Tensor): Promise<number>;
  apply(x: Tensor, options?: object): Tensor;
  resetStates(): void;
  dispose(): void;
}
interface CellLayer {
  stateSize: number;
  built: boolean;
  addWeight(name: string, shape: number[], dtype: null, initializer: object): Weight;
}
interface Tf {
  readonly layers: {
    lstm(o: object): Layer;
    simpleRNN(o: object): Layer;
    dense(o: object): Layer;
    rnn(o: object): Layer;
    RNNCell: new (o: object) => CellLayer;
  };
  readonly initializers: { zeros(): object };
  readonly losses: { softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor };
  readonly train: { adam(rate: number, beta1: number, beta2: number, epsilon: number): object };
  sequential(): Model;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  oneHot(x: Tensor, n: number): Tensor;
  tensor1d(x: Int32Array, dtype: string): Tensor;
  tidy<T>(f: () => T): T;
  variableGrads(f: () => Tensor): { value: Tensor; grads: Record<string, Tensor> };
  matMul(a: Tensor, b: Tensor): Tensor;
  split(x: Tensor, n: number, axis: number): Tensor[];
  sigmoid(x: Tensor): Tensor;
  tanh(x: Tensor): Tensor;
  setBackend(name: string): Promise<boolean>;
  enableProdMode(): void;
}
interface WasmBackend {
  setWasmPaths(folder: string): void;
  setThreadsCount(n: number): void;
}

const require = createRequire(import.meta.url);
let tf: Tf;

/** A GRU cell as torch has it (reset after the product), gates r, z, n. */
function gruCell(units: number): object {
  class GRUCellAfter extends tf.layers.RNNCell {
    static className = "GRUCellAfter";
    #weights!: Weight[];
    constructor() {
      super({});
      this.stateSize = units;
    }
    build(shape: number[]): void {
      const add = (name: string, size: number[]): Weight =>
        this.addWeight(name, size, null, tf.initializers.zeros());
      this.#weights = [
        add("kernel", [shape.at(-1)!, 3 * units]),
        add("recurrent_kernel", [units, 3 * units]),
        add("bias", [3 * units]),
        add("recurrent_bias", [3 * units]),
      ];
      this.built = true;
    }
    call([x, h]: [Tensor, Tensor]): Tensor[] {
      return tf.tidy(() => {
        const [kernel, recurrent, bx, bh] = this.#weights.map((w) => w.read());
        const [rx, zx, nx] = tf.split(tf.matMul(x, kernel!).add(bx!), 3, 1);
        const [rh, zh, nh] = tf.split(tf.matMul(h, recurrent!).add(bh!), 3, 1);
        const r = tf.sigmoid(rx!.add(rh!));
        const z = tf.sigmoid(zx!.add(zh!));
        const n = tf.tanh(nx!.add(r.mul(nh!)));
        const next = n.add(z.mul(h.sub(n)));
        return [next, next];
      });
    }
  }
  return new GRUCellAfter();
}

function recurrentLayer(cell: CellName, units: number, options: object): Layer {
  if (cell === "GRU") return tf.layers.rnn({ cell: gruCell(units), ...options });
  // Weights come from the formula; the default initializer, an orthogonal matrix, takes seconds.
  const zeros = {
    kernelInitializer: "zeros",
    recurrentInitializer: "zeros",
    biasInitializer: "zeros",
  };
  const gates = {
    units,
    activation: "tanh",
    recurrentActivation: "sigmoid",
    unitForgetBias: false,
  };
  const all = { ...gates, ...zeros, ...options };
  return cell === "LSTM" ? tf.layers.lstm(all) : tf.layers.simpleRNN(all);
}

const tensorOf = ({ shape, data }: Values): Tensor => tf.tensor(data, shape);
const flipped = ({ shape, data }: Values): Tensor =>
  tf.tensor(transposed(data, shape[0]!, shape[1]!), [shape[1]!, shape[0]!]);

/** The formula's weights in the order of the model's. */
function weightsFor({ cell, layers, head }: Network, weights: Record<string, Values>): Tensor[] {
  const list: Tensor[] = [];
  for (let l = 0; l < layers; l++) {
    list.push(flipped(weights[`weight_ih_l${l}`]!), flipped(weights[`weight_hh_l${l}`]!));
    const [bx, bh] = [weights[`bias_ih_l${l}`]!, weights[`bias_hh_l${l}`]!];
    if (cell === "GRU") list.push(tensorOf(bx), tensorOf(bh));
    else list.push(tensorOf({ shape: bx.shape, data: plus(bx.data, bh.data) }));
  }
  if (head) list.push(flipped(weights["head.weight"]!), tensorOf(weights["head.bias"]!));
  return list;
}

function build(wanted: NetworkCase): Model {
  const { cell, b, t, i, h, layers, head } = wanted.network;
  const stateful = wanted.task === "stream";
  const model = tf.sequential();
  for (let l = 0; l < layers; l++) {
    const returnSequences = !stateful && head?.on !== "last step";
    const batchInputShape = [b, stateful ? 1 : t, l === 0 ? i : h];
    model.add(recurrentLayer(cell, h, { returnSequences, stateful, batchInputShape }));
  }
  if (head) model.add(tf.layers.dense({ units: head.size }));
  tf.tidy(() => model.setWeights(weightsFor(wanted.network, dataOf(wanted).weights)));
  return model;
}

function forwardStep(wanted: NetworkCase): Step | Reason {
  if (wanted.lengths)
    return { reason: "tf.layers compute every step of a masked batch: as slow as all lengths T" };
  const model = build(wanted);
  const x = tensorOf(dataOf(wanted).x);
  return {
    run: () => model.predictOnBatch(x).dispose(),
    result: () => ({ output: tf.tidy(() => model.predictOnBatch(x).dataSync()) }),
    dispose: () => model.dispose(),
  };
}

function backwardStep(wanted: NetworkCase): Step {
  const model = build(wanted);
  const { x, weights } = dataOf(wanted);
  const input = tensorOf(x);
  const gradients = () =>
    tf.variableGrads(() => (model.apply(input, { training: true }) as Tensor).sum());
  const results = (): Results => {
    const { value, grads } = gradients();
    // One bias, which is the sum of torch's two, has the gradient of either; a GRU has both.
    const two = wanted.network.cell === "GRU";
    const names = Object.keys(weights).filter((name) => two || !name.startsWith("bias_hh"));
    const entries = names.map((name, n) => {
      const flat = grads[model.weights[n]!.val.name]!.dataSync();
      const [rows, columns] = weights[name]!.shape;
      return [name, columns ? transposed(flat, columns, rows!) : flat];
    });
    return { loss: value.dataSync(), ...Object.fromEntries(entries) };
  };
  return {
    run: () => tf.tidy(() => gradients().value.dataSync()),
    result: () => tf.tidy(results),
    dispose: () => model.dispose(),
  };
}

function adamStep(wanted: NetworkCase): Step {
  const data = dataOf(wanted);
  const x = tensorOf(data.x);
  const classes = () =>
    tf.tidy(() => tf.oneHot(tf.tensor1d(data.classes, "int32"), wanted.network.head!.size));
  const y = wanted.loss === "mse" ? tensorOf(data.target) : classes();
  const loss =
    wanted.loss === "mse"
      ? "meanSquaredError"
      : (labels: Tensor, logits: Tensor) => tf.losses.softmaxCrossEntropy(labels, logits);
  const create = () => {
    const model = build(wanted);
    model.compile({ optimizer: tf.train.adam(wanted.learningRate!, 0.9, 0.999, 1e-8), loss });
    return model;
  };
  const model = create();
  return {
    run: () => model.trainOnBatch(x, y),
    result: async () => {
      const fresh = create();
      const losses: number[] = [];
      for (let n = 0; n < CHECKED_STEPS; n++) losses.push(await fresh.trainOnBatch(x, y));
      fresh.dispose();
      return { lossesOneBias: losses };
    },
    dispose: () => model.dispose(),
  };
}

function streamStep(wanted: NetworkCase): Step {
  const model = build(wanted);
  const frames = Array.from(dataOf(wanted).x.data, (value) =>
    tf.tensor(Float32Array.of(value), [1, 1, 1]),
  );
  let next = 0;
  return {
    run: () => {
      model.predictOnBatch(frames[next]!).dispose();
      next = (next + 1) % frames.length;
    },
    result: () => {
      model.resetStates();
      const outputs = frames.slice(0, CHECKED_FRAMES).map((frame) => {
        const y = model.predictOnBatch(frame);
        const [value] = y.dataSync();
        y.dispose();
        return value!;
      });
      return { outputs };
    },
    dispose: () => model.dispose(),
  };
}

function productStep(wanted: ProductCase): Step {
  const { a, b } = factorsOf(wanted);
  const [left, right] = [tensorOf(a), tensorOf(b)];
  return {
    run: () => tf.matMul(left, right).dispose(),
    result: () => ({ output: tf.tidy(() => tf.matMul(left, right).dataSync()) }),
  };
}

const steps = {
  forward: forwardStep,
  backward: backwardStep,
  adam: adamStep,
  stream: streamStep,
};

function create(wanted: Case): Step | Reason {
  return isNetwork(wanted) ? steps[wanted.task](wanted) : productStep(wanted);
}

async function load(backend: string): Promise<Reason | undefined> {
  try {
    tf ??= require("@tensorflow/tfjs") as Tf;
    tf.enableProdMode(); // no checks for NaN, no advice to install another backend
    if (backend === "wasm") {
      const wasm = require("@tensorflow/tfjs-backend-wasm") as WasmBackend;
      const folder = new URL("./node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url);
      wasm.setWasmPaths(fileURLToPath(folder));
      wasm.setThreadsCount(1);
    }
  } catch (error) {
    if ((error as { code?: string }).code === "MODULE_NOT_FOUND") return { reason: notInstalled };
    throw error;
  }
  return (await tf.setBackend(backend)) ? undefined : { reason: `no ${backend} backend here` };
}

function withBackend(backend: "cpu" | "wasm", limit: Peer["limit"]): Peer {
  let version = "";
  const prepare = async (): Promise<void> => void (await tf.setBackend(backend));
  return {
    name: `tfjs-${backend}`,
    load: async () => {
      const reason = await load(backend);
      if (!reason) version = await versionOf("@tensorflow/tfjs");
      return reason;
    },
    version: () => `TensorFlow.js ${version}, ${backend} backend`,
    create: async (wanted) => {
      await prepare();
      const step = create(wanted);
      if ("reason" in step) return step;
      const result = async (): Promise<Results> => {
        await prepare();
        return step.result();
      };
      return { ...step, result, prepare };
    },
    limit: limit!,
  };
}

export const tfjsWasm: Peer = withBackend("wasm", { forward: 60e9, backward: 10e9 });
export const tfjsCpu: Peer = withBackend("cpu", { forward: 10e9, backward: 2e9 });
