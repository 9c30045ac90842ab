import * as gatewise from "gatewise";
import {
  Adam,
  crossEntropy,
  GRU,
  type InitOptions,
  init,
  Linear,
  LSTM,
  matmul,
  mse,
  type Parameters,
  parameter,
  RNN,
  scope,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "gatewise";
import { jsKernels } from "gatewise/js";
import {
  CHECKED_FRAMES,
  CHECKED_STEPS,
  isNetwork,
  type Peer,
  type Reason,
  type Step,
} from "./peers/peer.ts";
import {
  type Case,
  dataOf,
  factorsOf,
  type NetworkCase,
  type ProductCase,
  type Values,
} from "./workloads.ts";

/** What the network's cases need of a layer of any kind. */
interface Layer {
  forward(
    x: Tensor,
    state?: undefined,
    options?: { lengths?: readonly number[] },
  ): { output: Tensor; state: unknown };
  parameters(): Parameters;
}

interface StreamLike {
  step(frame: Float32Array, out: Float32Array): unknown;
  reset(): void;
}

/** Not in every version. */
const Stream = (gatewise as { Stream?: new (modules: unknown[]) => StreamLike }).Stream;

const layers = { RNN, LSTM, GRU };
const asTensor = ({ shape, data }: Values): Tensor => tensor(data, shape);

function build(wanted: NetworkCase) {
  const { cell, i, h, layers: numLayers, head: top } = wanted.network;
  const { weights, x, target, classes } = dataOf(wanted);
  const layer = new layers[cell](i, h, { numLayers }) as Layer;
  const head = top && new Linear(h, top.size);
  const assign = (parameters: Parameters, prefix: string): void => {
    for (const [name, p] of Object.entries(parameters)) p.assign(weights[prefix + name]!.data);
  };
  assign(layer.parameters(), "");
  if (head) assign(head.parameters(), "head.");
  return { layer, head, x: asTensor(x), target: asTensor(target), classes };
}

function forwardStep(wanted: NetworkCase): Step {
  const { layer, x } = build(wanted);
  const options = wanted.lengths ? { lengths: wanted.lengths } : {};
  return {
    run: () => scope(() => void layer.forward(x, undefined, options)),
    result: () => ({ output: layer.forward(x, undefined, options).output.data }),
  };
}

function backwardStep(wanted: NetworkCase): Step {
  const { layer, x } = build(wanted);
  const parameters = layer.parameters();
  const run = () => valueAndGrad(() => sum(layer.forward(x).output), parameters);
  return {
    run,
    result: () => {
      const { value, gradients } = run();
      const named = Object.entries(gradients).map(([name, { data }]) => [name, data]);
      return { loss: [value], ...Object.fromEntries(named) };
    },
  };
}

function adamStep(wanted: NetworkCase): Step {
  const { b, h } = wanted.network;
  // Libraries with one bias where torch has two train that one: the same as ours with the other frozen.
  const create = (trained?: "one bias") => {
    const { layer, head, x, target, classes } = build(wanted);
    const optimizer = new Adam({ learningRate: wanted.learningRate! });
    const all = Object.entries({ ...layer.parameters(), ...head?.parameters() });
    const one = Object.fromEntries(all.filter(([name]) => !name.startsWith("bias_hh")));
    return () =>
      optimizer.minimize(() => {
        const { output, state } = layer.forward(x);
        const last = wanted.network.head?.on === "last step";
        const features = last ? (state as Tensor).reshape([b, h]) : output;
        const y = head ? head.forward(features) : features;
        return wanted.loss === "mse" ? mse(y, target) : crossEntropy(y, classes);
      }, trained && one);
  };
  return {
    run: create(),
    result: () => {
      const losses = Array.from({ length: CHECKED_STEPS }, create());
      const lossesOneBias = Array.from({ length: CHECKED_STEPS }, create("one bias"));
      return { losses, lossesOneBias };
    },
  };
}

function streamStep(wanted: NetworkCase): Step | Reason {
  if (!Stream) return { reason: "this version has no Stream" };
  const { layer, head, x } = build(wanted);
  const stream = new Stream([layer, head]);
  const { t, i } = wanted.network;
  const frames = Array.from({ length: t }, (_, n) => x.data.slice(n * i, (n + 1) * i));
  const out = new Float32Array(1);
  let next = 0;
  return {
    run: () => {
      stream.step(frames[next]!, out);
      next = (next + 1) % t;
    },
    result: () => {
      const fresh = new Stream([layer, head]);
      return {
        outputs: Array.from({ length: CHECKED_FRAMES }, (_, n) => {
          fresh.step(frames[n]!, out);
          return out[0]!;
        }),
      };
    },
  };
}

/** Both factors live in the kernels' memory; the right one, a parameter, is packed once, as the weights of a layer are. */
function productStep(wanted: ProductCase): Step {
  const { a, b } = factorsOf(wanted);
  const [left, right] = [parameter(asTensor(a)), parameter(asTensor(b))];
  return {
    run: () => scope(() => void matmul(left, right)),
    result: () => ({ output: matmul(left, right).data }),
  };
}

function create(wanted: Case): Step | Reason {
  if (!isNetwork(wanted)) return productStep(wanted);
  const steps = {
    forward: forwardStep,
    backward: backwardStep,
    adam: adamStep,
    stream: streamStep,
  };
  return steps[wanted.task](wanted);
}

/** This library over a set of kernels; what is created belongs to them. */
export function over(name: string, options: InitOptions): Peer {
  return {
    name,
    load: async () => undefined,
    version: () => name,
    create: async (wanted) => {
      await init({ ...options, replace: true });
      return create(wanted);
    },
  };
}
export const ours: Peer = over("gatewise", {});
export const plain: Peer = {
  ...over("plain TypeScript", { kernels: jsKernels }),
  limit: { forward: 20e9, backward: 20e9 },
};
