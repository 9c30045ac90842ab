import {
  type Case,
  dataOf,
  factorsOf,
  type Network,
  type NetworkCase,
  type ProductCase,
} from "../workloads.ts";
import {
  CHECKED_FRAMES,
  CHECKED_STEPS,
  importPeer,
  isNetwork,
  notInstalled,
  type Peer,
  type Reason,
  type Results,
  type Step,
  swapOuter,
  transposed,
  versionOf,
} from "./peer.ts";

/*
 * jax-js on its wasm device (one thread in Node, which has no Worker). It has no scan: the steps are unrolled under jit,
 * forward, valueAndGrad and Adam all in one jitted function. What was found fastest for W2: weights kept as [in, out], both
 * products in each step (hoisting the input's leaves forward as it is and makes backward 1.2 times slower, for its slices'
 * gradients are sums), the time steps of x as separate arrays.
 * Arrays are counted by reference: passing one on gives it away, `.ref` keeps it.
 */

interface Arr {
  readonly ref: Arr;
  add(x: Arr | number): Arr;
  sub(x: Arr | number): Arr;
  mul(x: Arr | number): Arr;
  div(x: Arr | number): Arr;
  reshape(shape: readonly number[]): Arr;
  dispose(): void;
  data(): Promise<ArrayLike<number>>;
}
type Tree = Record<string, Arr>;
interface Jax {
  readonly numpy: {
    array(data: Float32Array): Arr;
    zeros(shape: readonly number[]): Arr;
    dot(a: Arr, b: Arr): Arr;
    split(x: Arr, n: number, axis: number): Arr[];
    stack(xs: Arr[]): Arr;
    tanh(x: Arr): Arr;
    sqrt(x: Arr): Arr;
    square(x: Arr): Arr;
    sum(x: Arr): Arr;
    mean(x: Arr, axis?: number): Arr;
  };
  readonly nn: { sigmoid(x: Arr): Arr; logSoftmax(x: Arr, axis: number): Arr };
  readonly tree: { ref<T>(tree: T): T; dispose(tree: unknown): void };
  jit<A extends unknown[], R>(f: (...args: A) => R): ((...args: A) => R) & { dispose(): void };
  valueAndGrad<A extends unknown[], R>(f: (...args: A) => R): (...args: A) => [R, A[0]];
  blockUntilReady<T>(x: T): Promise<T>;
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): unknown;
}

let jax: Jax;

const arrayOf = (data: Float32Array, shape: readonly number[]): Arr =>
  jax.numpy.array(data).reshape(shape);

/** Weights by torch's names, matrices turned to [in, out]. */
function parametersOf(wanted: NetworkCase): Tree {
  const entries = Object.entries(dataOf(wanted).weights).map(([name, { shape, data }]) => {
    const [rows, columns] = shape;
    return columns
      ? [name, arrayOf(transposed(data, rows!, columns), [columns, rows!])]
      : [name, arrayOf(data, shape)];
  });
  return Object.fromEntries(entries) as Tree;
}

/** One step of a cell; gives away x and the states, keeps the weights. */
function cellStep(network: Network, w: Tree, l: number, x: Arr, states: Arr[]): Arr[] {
  const { numpy: np, nn } = jax;
  const weight = (name: string): Arr => w[`${name}_l${l}`]!.ref;
  const [h, c] = states as [Arr, Arr];
  const zx = np.dot(x, weight("weight_ih")).add(weight("bias_ih"));
  const zh = np.dot(h.ref, weight("weight_hh")).add(weight("bias_hh"));
  if (network.cell === "RNN") {
    h.dispose();
    return [np.tanh(zx.add(zh))];
  }
  if (network.cell === "GRU") {
    const [rx, ux, nx] = np.split(zx, 3, -1) as [Arr, Arr, Arr];
    const [rh, uh, nh] = np.split(zh, 3, -1) as [Arr, Arr, Arr];
    const n = np.tanh(nx.add(nn.sigmoid(rx.add(rh)).mul(nh)));
    const u = nn.sigmoid(ux.add(uh));
    return [n.ref.add(u.mul(h.sub(n)))];
  }
  h.dispose();
  const [i, f, g, o] = np.split(zx.add(zh), 4, -1) as [Arr, Arr, Arr, Arr];
  const cell = nn
    .sigmoid(f)
    .mul(c)
    .add(nn.sigmoid(i).mul(np.tanh(g)));
  return [nn.sigmoid(o).mul(np.tanh(cell.ref)), cell];
}

const zeroStates = ({ cell, b, h }: Network): Arr[] =>
  Array.from({ length: cell === "LSTM" ? 2 : 1 }, () => jax.numpy.zeros([b, h]));

/** Outputs of the last layer, step by step. Keeps the weights, gives away the inputs. */
function unroll(network: Network, w: Tree, inputs: Arr[]): Arr[] {
  let xs = inputs;
  for (let l = 0; l < network.layers; l++) {
    let states = zeroStates(network);
    xs = xs.map((x) => {
      states = cellStep(network, w, l, x, states);
      return states[0]!.ref;
    });
    for (const state of states) state.dispose();
  }
  return xs;
}

const giveAway = (w: Tree): void => {
  for (const weight of Object.values(w)) weight.dispose();
};

/** The steps of x as separate arrays, [B, I] each. */
function stepsOf({ network }: NetworkCase, data: Float32Array, size: number): Arr[] {
  const { b, t } = network;
  const turned = swapOuter(data, b, t, size);
  return Array.from({ length: t }, (_, n) =>
    arrayOf(turned.slice(n * b * size, (n + 1) * b * size), [b, size]),
  );
}

const refs = (xs: Arr[]): Arr[] => xs.map((x) => x.ref);

function forwardStep(wanted: NetworkCase): Step | Reason {
  if (wanted.lengths) return { reason: "has no ragged batches: computes every step" };
  const { network } = wanted;
  const { b, t, i, h } = network;
  const w = parametersOf(wanted);
  const xs = stepsOf(wanted, dataOf(wanted).x.data, i);
  const forward = jax.jit((weights: Tree, inputs: Arr[]) => {
    const outputs = jax.numpy.stack(unroll(network, weights, inputs));
    giveAway(weights);
    return outputs;
  });
  const run = () => forward(jax.tree.ref(w), refs(xs));
  return {
    run: async () => (await jax.blockUntilReady(run())).dispose(),
    result: async () => ({ output: swapOuter(await run().data(), t, b, h) }),
    dispose: () => {
      jax.tree.dispose([w, xs]);
      forward.dispose();
    },
  };
}

function backwardStep(wanted: NetworkCase): Step {
  const { network } = wanted;
  const w = parametersOf(wanted);
  const xs = stepsOf(wanted, dataOf(wanted).x.data, network.i);
  const loss = (weights: Tree, inputs: Arr[]): Arr => {
    const value = jax.numpy.sum(jax.numpy.stack(unroll(network, weights, inputs)));
    giveAway(weights);
    return value;
  };
  const differentiated = jax.jit((weights: Tree, inputs: Arr[]) =>
    jax.valueAndGrad(loss)(weights, inputs),
  );
  const run = () => jax.blockUntilReady(differentiated(jax.tree.ref(w), refs(xs)));
  return {
    run: async () => jax.tree.dispose(await run()),
    result: async (): Promise<Results> => {
      const [value, gradients] = await run();
      const named: Record<string, ArrayLike<number>> = { loss: await value.data() };
      for (const [name, { shape }] of Object.entries(dataOf(wanted).weights)) {
        const flat = await gradients[name]!.data();
        named[name] = shape.length > 1 ? transposed(flat, shape[1]!, shape[0]!) : flat;
      }
      return named;
    },
    dispose: () => {
      jax.tree.dispose([w, xs]);
      differentiated.dispose();
    },
  };
}

/** Loss of a batch. Gives everything away. */
function lossOf(wanted: NetworkCase, w: Tree, inputs: Arr[], target: Arr): Arr {
  const { numpy: np, nn } = jax;
  const { network } = wanted;
  const { b, t, h, head } = network;
  const outputs = unroll(network, w, inputs);
  let features: Arr;
  if (head?.on === "last step") {
    features = outputs.pop()!;
    for (const output of outputs) output.dispose();
  } else features = np.stack(outputs).reshape([t * b, h]);
  const y = head ? np.dot(features, w["head.weight"]!.ref).add(w["head.bias"]!.ref) : features;
  giveAway(w);
  // Row by row first: its sums have one accumulator, and 400,000 terms in it are off by 1e-4.
  if (wanted.loss === "mse") return np.mean(np.mean(np.square(y.sub(target)), -1));
  return np.sum(nn.logSoftmax(y, -1).mul(target)).mul(-1 / b);
}

function adamStep(wanted: NetworkCase): Step {
  const { network } = wanted;
  const { b, t, i, h, head } = network;
  const rate = wanted.learningRate!;
  const data = dataOf(wanted);
  const size = head?.size ?? h;
  const xs = stepsOf(wanted, data.x.data, i);
  const oneHot = new Float32Array(b * size);
  data.classes.forEach((label, row) => {
    oneHot[row * size + label] = 1;
  });
  const target =
    wanted.loss === "mse"
      ? arrayOf(swapOuter(data.target.data, b, t, size), [t * b, size])
      : arrayOf(oneHot, [b, size]);
  // Algorithm 1 of Adam; what depends on the number of the step comes in as two numbers.
  const update = jax.jit((w: Tree, m: Tree, v: Tree, inputs: Arr[], y: Arr, c: Arr[]) => {
    const [value, g] = jax.valueAndGrad((weights: Tree, ins: Arr[], wantedY: Arr) =>
      lossOf(wanted, weights, ins, wantedY),
    )(jax.tree.ref(w), inputs, y);
    const [c1, c2] = c as [Arr, Arr];
    const next: [Tree, Tree, Tree] = [{}, {}, {}];
    for (const name of Object.keys(w)) {
      const mean = m[name]!.mul(0.9).add(g[name]!.ref.mul(0.1));
      const square = v[name]!.mul(0.999).add(jax.numpy.square(g[name]!).mul(0.001));
      const root = jax.numpy.sqrt(square.ref.mul(c2.ref)).add(1e-8);
      next[0][name] = w[name]!.sub(mean.ref.mul(c1.ref).mul(rate).div(root));
      next[1][name] = mean;
      next[2][name] = square;
    }
    c1.dispose();
    c2.dispose();
    return [value, ...next] as [Arr, Tree, Tree, Tree];
  });
  const create = () => {
    const zeros = (): Tree => {
      const shapes = Object.entries(parametersShapes(wanted));
      return Object.fromEntries(shapes.map(([name, shape]) => [name, jax.numpy.zeros(shape)]));
    };
    let state: [Tree, Tree, Tree] = [parametersOf(wanted), zeros(), zeros()];
    let [power1, power2] = [1, 1];
    return async (): Promise<number> => {
      power1 *= 0.9;
      power2 *= 0.999;
      const c = [1 / (1 - power1), 1 / (1 - power2)].map((n) => arrayOf(Float32Array.of(n), [1]));
      const [value, ...next] = update(...state, refs(xs), target.ref, c);
      state = next;
      const [loss] = Array.from(await value.data());
      await jax.blockUntilReady(state);
      return loss!;
    };
  };
  return {
    run: create(),
    result: async () => {
      const step = create();
      const losses: number[] = [];
      for (let n = 0; n < CHECKED_STEPS; n++) losses.push(await step());
      return { losses };
    },
    dispose: () => {
      jax.tree.dispose([xs, target]);
      update.dispose();
    },
  };
}

/** Shapes as `parametersOf` has them. */
const parametersShapes = (wanted: NetworkCase): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(dataOf(wanted).weights).map(([name, { shape }]) => [name, shape.toReversed()]),
  );

function streamStep(wanted: NetworkCase): Step {
  const { network } = wanted;
  const w = parametersOf(wanted);
  const frames = stepsOf(wanted, dataOf(wanted).x.data, network.i);
  const advance = jax.jit((weights: Tree, x: Arr, states: Arr[]) => {
    const next = cellStep(network, weights, 0, x, states);
    const y = jax.numpy
      .dot(next[0]!.ref, weights["head.weight"]!.ref)
      .add(weights["head.bias"]!.ref);
    giveAway(weights);
    return [y, ...next];
  });
  const begin = () => {
    let states = zeroStates(network);
    let next = 0;
    return async (): Promise<number> => {
      const [y, ...after] = advance(jax.tree.ref(w), frames[next]!.ref, states);
      states = after;
      next = (next + 1) % frames.length;
      return (await y!.data())[0]!;
    };
  };
  return {
    run: begin(),
    result: async () => {
      const step = begin();
      const outputs: number[] = [];
      for (let n = 0; n < CHECKED_FRAMES; n++) outputs.push(await step());
      return { outputs };
    },
  };
}

function productStep(wanted: ProductCase): Step {
  const { a, b } = factorsOf(wanted);
  const [left, right] = [arrayOf(a.data, a.shape), arrayOf(b.data, b.shape)];
  const multiply = jax.jit((x: Arr, y: Arr) => jax.numpy.dot(x, y));
  return {
    run: async () => (await jax.blockUntilReady(multiply(left.ref, right.ref))).dispose(),
    result: async () => ({ output: await multiply(left.ref, right.ref).data() }),
  };
}

const steps = {
  forward: forwardStep,
  backward: backwardStep,
  adam: adamStep,
  stream: streamStep,
};

let version = "";

export const jaxJs: Peer = {
  name: "jax-js",
  load: async () => {
    // It asks a global of browsers, which Node 20 has not, how many cores there are.
    if (!("navigator" in globalThis))
      Object.defineProperty(globalThis, "navigator", {
        value: { userAgent: "Node.js", hardwareConcurrency: 1 },
        configurable: true,
      });
    const found = await importPeer<Jax>("@jax-js/jax");
    if (!found) return { reason: notInstalled };
    jax = found;
    await jax.init("wasm");
    jax.defaultDevice("wasm");
    version = await versionOf("@jax-js/jax");
    return undefined;
  },
  version: () => `jax-js ${version}`,
  create: (wanted: Case) => (isNetwork(wanted) ? steps[wanted.task](wanted) : productStep(wanted)),
  limit: { forward: 60e9, backward: 20e9 },
};
