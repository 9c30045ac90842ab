import { type Case, dataOf, type NetworkCase } from "../workloads.ts";
import {
  importPeer,
  isNetwork,
  notInstalled,
  type Peer,
  plus,
  type Reason,
  type Step,
  versionOf,
} from "./peer.ts";

/*
 * brain.js takes one sequence at a time and trains by a rule of its own, so that only W1 is left. There its LSTM is
 * given our weights and fails the check: the forget gate multiplies the last output, where an LSTM has its cell state
 * (dist/recurrent/lstm.js: `retainCell = multiplyElement(forgetGate, previousResult)`).
 */

interface Matrix {
  weights: Float32Array;
}
interface Net {
  initialize(): void;
  isRunnable: boolean;
  run(sequence: Float32Array[]): unknown;
  readonly model: {
    readonly hiddenLayers: Record<string, Matrix>[];
    readonly equationConnections: Matrix[][];
  };
}
interface Brain {
  readonly recurrent: { LSTMTimeStep: new (options: object) => Net };
}

let brain: Brain;
let version = "";

/** Its matrices in torch's order of gates: i, f, g, o. */
const gates = ["input", "forget", "cellActivation", "output"];

function forwardStep(wanted: NetworkCase): Step {
  const { t, i, h } = wanted.network;
  const { weights, x } = dataOf(wanted);
  const net = new brain.recurrent.LSTMTimeStep({ inputSize: i, hiddenLayers: [h], outputSize: 1 });
  net.initialize();
  Object.defineProperty(net, "isRunnable", { value: true });
  const layer = net.model.hiddenLayers[0]!;
  const bias = plus(weights.bias_ih_l0!.data, weights.bias_hh_l0!.data);
  gates.forEach((gate, n) => {
    const rows = (data: Float32Array, size: number) => data.slice(n * h * size, (n + 1) * h * size);
    layer[`${gate}Matrix`]!.weights = rows(weights.weight_ih_l0!.data, i);
    layer[`${gate}Hidden`]!.weights = rows(weights.weight_hh_l0!.data, h);
    layer[`${gate}Bias`]!.weights = rows(bias, 1);
  });
  const sequence = Array.from({ length: t }, (_, n) => x.data.slice(n * i, (n + 1) * i));
  return {
    run: () => net.run(sequence),
    result: () => {
      net.run(sequence);
      const output = new Float32Array(t * h);
      for (let n = 0; n < t; n++) output.set(net.model.equationConnections[n]![0]!.weights, n * h);
      return { output };
    },
  };
}

function create(wanted: Case): Step | Reason {
  if (!isNetwork(wanted)) return { reason: "has no product of its own" };
  if (wanted.task === "stream") return { reason: "run() begins a sequence anew: no single steps" };
  if (wanted.task === "backward" || wanted.task === "adam")
    return { reason: "trains one sequence at a time by its own rule: no batches, no Adam" };
  if (wanted.network.b > 1) return { reason: "one sequence at a time: no batches" };
  return forwardStep(wanted);
}

export const brainJs: Peer = {
  name: "brain.js",
  load: async () => {
    const found = await importPeer<{ default: Brain & { default?: Brain } }>("brain.js");
    if (!found) return { reason: notInstalled };
    brain = found.default.default ?? found.default;
    version = await versionOf("brain.js");
    return undefined;
  },
  version: () => `brain.js ${version}`,
  create,
};
