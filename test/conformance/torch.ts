import {
  Adagrad,
  Adam,
  AdamW,
  GRU,
  Linear,
  LSTM,
  mse,
  type Optimizer,
  type Parameters,
  RMSprop,
  RNN,
  SGD,
  slice,
  type Tensor,
  valueAndGrad,
} from "gatewise";
import { expect } from "vitest";
import { partsOf, stateOf, weightedSum } from "../cells/oracle.ts";
import type { AnyLayer } from "../cells/registry.ts";
import type { Tolerance } from "../close.ts";
import { type Adapter, type Case, expectGolden, numbersOf, tensorOf } from "./suite.ts";

/** What torch.nn's constructors call it, and what we do. */
interface TorchAttributes {
  readonly input_size?: number;
  readonly hidden_size?: number;
  readonly num_layers?: number;
  readonly bidirectional?: boolean;
  readonly bias?: boolean;
  readonly batch_first?: boolean;
  readonly nonlinearity?: "tanh" | "relu";
  readonly proj_size?: number;
  readonly dropout?: number;
}

function makeLayer(kind: string, a: TorchAttributes, inputSize: number, hiddenSize: number) {
  const options = {
    numLayers: a.num_layers ?? 1,
    bidirectional: a.bidirectional ?? false,
    bias: a.bias ?? true,
    timeMajor: !a.batch_first,
  };
  const projected = a.proj_size ? { projSize: a.proj_size } : {};
  const nonlinearity = a.nonlinearity ?? "tanh";
  if (kind === "LSTM")
    return new LSTM(inputSize, hiddenSize, { ...options, ...projected }) as AnyLayer;
  if (kind === "GRU") return new GRU(inputSize, hiddenSize, options) as AnyLayer;
  if (kind === "RNN")
    return new RNN(inputSize, hiddenSize, { ...options, nonlinearity }) as AnyLayer;
  throw new Error(`the runner knows no torch.nn.${kind}`);
}

const f32 = ({ tolerance }: Case): Tolerance => (tolerance.f32 ?? tolerance) as Tolerance;

/** Forward and gradients: the loss is the sum of every result times its upstream gradient. */
function runLayer(golden: Case, kind: string): void {
  const { inputs, outputs, weights = {}, gradients: wanted = {}, upstream_gradients: up } = golden;
  const attributes = golden.attributes as TorchAttributes;
  const net = makeLayer(kind, attributes, attributes.input_size!, attributes.hidden_size!);
  expect(Object.keys(net.parameters()).sort()).toEqual(Object.keys(weights).sort());
  for (const [name, p] of Object.entries(net.parameters())) {
    expect(p.shape, name).toEqual(weights[name]!.shape);
    p.assign(tensorOf(weights[name]!));
  }
  const input = tensorOf(inputs.input!);
  const initial: Record<string, Tensor> = {};
  if (inputs.h_0) initial.h = tensorOf(inputs.h_0);
  if (inputs.c_0) initial.c = tensorOf(inputs.c_0);
  const lengths = inputs.lengths && [...numbersOf(inputs.lengths)];
  const forward = (): Record<string, Tensor> => {
    const state = inputs.h_0 ? stateOf(initial) : undefined;
    const run = net.forward(input, state, lengths ? { lengths } : {});
    const parts = partsOf(run.state);
    return { output: run.output, h_n: parts.h!, ...(parts.c && { c_n: parts.c }) };
  };
  const results = forward();
  for (const [name, want] of Object.entries(outputs)) {
    expect(results[name]?.shape, name).toEqual(want.shape);
    expectGolden(results[name]!.data, want, f32(golden), name);
  }
  if (!up) return;
  const targets: Record<string, Tensor> = { input };
  if (initial.h) targets.h_0 = initial.h;
  if (initial.c) targets.c_0 = initial.c;
  for (const [name, p] of Object.entries(net.parameters())) targets[`param:${name}`] = p;
  const factors = Object.fromEntries(Object.entries(up).map(([k, t]) => [k, numbersOf(t)]));
  const { gradients } = valueAndGrad(() => {
    const all = Object.entries(forward()).filter(([name]) => name in factors);
    return weightedSum(Object.fromEntries(all), factors);
  }, targets);
  for (const [name, want] of Object.entries(wanted)) {
    expect(gradients[name]?.shape, name).toEqual(want.shape);
    expectGolden(gradients[name]!.data, want, f32(golden), `gradient of ${name}`);
  }
}

interface TrainingAttributes extends TorchAttributes {
  readonly optimizer: string;
  readonly optimizer_config: {
    readonly lr: number;
    readonly momentum?: number;
    readonly betas?: readonly [number, number];
    readonly eps?: number;
    readonly alpha?: number;
    readonly weight_decay?: number;
  };
  readonly clip_grad_norm?: number | null;
  readonly steps: number;
  readonly loss: string;
}

const optimizers: Record<string, (a: TrainingAttributes) => Optimizer> = {
  SGD: (a) => new SGD({ ...sgdOptions(a), ...clipping(a) }),
  SGDmom: (a) => new SGD({ ...sgdOptions(a), ...clipping(a) }),
  Adagrad: ({ optimizer_config: { lr, eps = 1e-10 }, ...a }) =>
    new Adagrad({ learningRate: lr, epsilon: eps, ...clipping(a as TrainingAttributes) }),
  Adam: (a) => new Adam({ ...adamOptions(a), ...clipping(a) }),
  AdamW: (a) =>
    new AdamW({
      ...adamOptions(a),
      weightDecay: a.optimizer_config.weight_decay ?? 0.01,
      ...clipping(a),
    }),
  RMSprop: ({ optimizer_config: { lr, alpha = 0.99, eps = 1e-8, momentum = 0 }, ...a }) =>
    new RMSprop({
      learningRate: lr,
      alpha,
      epsilon: eps,
      momentum,
      ...clipping(a as TrainingAttributes),
    }),
};
const adamOptions = ({
  optimizer_config: { lr, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8 },
}: TrainingAttributes) => ({ learningRate: lr, beta1, beta2, epsilon: eps });
const sgdOptions = ({ optimizer_config: { lr, momentum } }: TrainingAttributes) => ({
  learningRate: lr,
  ...(momentum !== undefined && { momentum }),
});
const clipping = ({ clip_grad_norm: clipNorm }: TrainingAttributes) =>
  typeof clipNorm === "number" ? { clipNorm } : {};

/** A layer, Linear on its last step, mean squared error, and some steps of an optimizer. */
function runTraining(golden: Case, kind: string): void {
  const { inputs, outputs, weights = {} } = golden;
  const attributes = golden.attributes as unknown as TrainingAttributes;
  expect(attributes.loss).toBe("mse mean");
  const [hidden, inputSize] = [weights.weight_hh_l0!.shape[1]!, weights.weight_ih_l0!.shape[1]!];
  const net = makeLayer(kind, attributes, inputSize, hidden);
  const [outputSize, features] = weights["fc.weight"]!.shape as [number, number];
  const head = new Linear(features, outputSize);
  const parameters: Parameters = {
    ...net.parameters(),
    "fc.weight": head.parameters().weight!,
    "fc.bias": head.parameters().bias!,
  };
  expect(Object.keys(parameters).sort()).toEqual(Object.keys(weights).sort());
  for (const [name, p] of Object.entries(parameters)) p.assign(tensorOf(weights[name]!));
  const input = tensorOf(inputs.input!);
  const target = tensorOf(inputs.target!);
  const [first, second] = input.shape as [number, number, number];
  const create = optimizers[attributes.optimizer];
  if (!create) throw new Error(`the runner knows no optimizer ${attributes.optimizer}`);
  const optimizer = create(attributes);
  const losses: number[] = [];
  const norms: number[] = [];
  for (let step = 0; step < attributes.steps; step++) {
    const loss = optimizer.minimize(() => {
      const { output } = net.forward(input);
      const last = attributes.batch_first
        ? slice(output, [0, second - 1, 0], [first, 1, features]).reshape([first, features])
        : slice(output, [first - 1, 0, 0], [1, second, features]).reshape([second, features]);
      return mse(head.forward(last), target);
    });
    losses.push(loss);
    if (outputs.grad_norms) norms.push(optimizer.gradientNorm!);
  }
  const results: Record<string, ArrayLike<number>> = { losses, grad_norms: norms };
  for (const [name, p] of Object.entries(parameters)) results[`final:${name}`] = p.data;
  for (const [name, want] of Object.entries(outputs)) {
    expectGolden(results[name]!, want, f32(golden), name);
  }
}

/** Layers (`torch.nn.<kind>`) and training runs (`torch.train.<kind>`), within the float32 tolerance each case states. */
export const torchOracle: Adapter = {
  skip({ attributes }) {
    if (Number(attributes.dropout ?? 0) > 0)
      return "dropout while training draws torch's random numbers";
    return undefined;
  },
  run(golden) {
    const [, what, kind] = golden.op.split(".");
    if (what === "nn") runLayer(golden, kind!);
    else if (what === "train") runTraining(golden, kind!);
    else throw new Error(`the runner knows no ${golden.op}`);
  },
};
