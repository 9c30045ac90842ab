import {
  add,
  Cell,
  concat,
  dynamicRNN,
  GRUCell,
  Linear,
  LSTMCell,
  MultiRNNCell,
  mul,
  RNNCell,
  sequenceLoss,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tanh,
} from "gatewise";
import { expect } from "vitest";
import { partsOf, stateOf } from "../cells/oracle.ts";
import type { State } from "../cells/registry.ts";
import {
  type Adapter,
  type Case,
  expectGolden,
  type GoldenTensor,
  numbersOf,
  tensorOf,
} from "./suite.ts";

/**
 * TensorFlow 1's cells. A kernel is [I + H, G·H]: columns are gates, rows the input's before the state's. With a projection
 * the state's rows are as many as its columns.
 */

type Weights = Readonly<Record<string, GoldenTensor>>;

/** Columns of `gates` (in that order) and a run of rows of a kernel, transposed: [gates · H, rows]. */
function transposed(
  kernel: GoldenTensor,
  H: number,
  gates: readonly number[],
  first: number,
  rows: number,
) {
  const width = kernel.shape[1]!;
  const data = numbersOf(kernel);
  return Float32Array.from(
    gates.flatMap((g) =>
      Array.from({ length: H }, (_, j) =>
        Array.from({ length: rows }, (_, i) => data[(first + i) * width + g * H + j]!),
      ).flat(),
    ),
  );
}

const biasOf = (bias: GoldenTensor | undefined, H: number, gates: readonly number[]): number[] =>
  gates.flatMap((g) =>
    bias ? [...numbersOf(bias).subarray(g * H, (g + 1) * H)] : new Array(H).fill(0),
  );

/** Loads kernels side by side, one above the other in our order of gates, their bias, and parameters that are there already. */
function load(
  cell: Cell<State>,
  H: number,
  parts: readonly {
    kernel: GoldenTensor;
    bias: GoldenTensor | undefined;
    gates: readonly number[];
  }[],
  more: Readonly<Record<string, Float32Array>> = {},
): void {
  const I = cell.inputSize;
  const joined = (f: (part: (typeof parts)[number]) => Iterable<number>) =>
    Float32Array.from(parts.flatMap((part) => [...f(part)]));
  const bias = parts.flatMap((part) => biasOf(part.bias, H, part.gates));
  const numbers: Record<string, Float32Array> = {
    weight_ih: joined((p) => transposed(p.kernel, H, p.gates, 0, I)),
    weight_hh: joined((p) => transposed(p.kernel, H, p.gates, I, cell.outputSize)),
    bias_ih: Float32Array.from(bias),
    bias_hh: new Float32Array(bias.length),
    ...more,
  };
  for (const [name, p] of Object.entries(cell.parameters())) p.assign(numbers[name]!);
}

/** The update-gate cell (Collins et al. 2016): g, c = split([x, h] W + b); g = σ(g + forget_bias), h' = g h + (1 - g) tanh c. */
class UGRNNCell extends Cell<Tensor> {
  readonly stateSize: number;
  readonly outputSize: number;
  readonly gates: Linear;

  constructor(inputSize: number, hiddenSize: number) {
    super(inputSize);
    this.stateSize = this.outputSize = hiddenSize;
    this.gates = new Linear(inputSize + hiddenSize, 2 * hiddenSize);
  }

  call(x: Tensor, h: Tensor): [Tensor, Tensor] {
    const [B, H] = h.shape as [number, number];
    const both = this.gates.forward(concat([x, h], 1));
    const g = sigmoid(slice(both, [0, 0], [B, H]));
    const candidate = tanh(slice(both, [0, H], [B, H]));
    const next = add(mul(g, h), mul(sub(1, g), candidate));
    return [next, next];
  }
}

/**
 * LSTMCell: peepholes are one vector a gate, the projection [H, P] is turned around. num_unit_shards and num_proj_shards say
 * where TensorFlow keeps the weights and change no number.
 */
function makeLSTM(weights: Weights, H: number, attributes: Case["attributes"]): LSTMCell {
  const { kernel, bias } = weights;
  const projection = weights["projection/kernel"];
  const peepholes = attributes.use_peepholes === true;
  const P = projection?.shape[1];
  const cell = new LSTMCell(kernel!.shape[0]! - (P ?? H), H, {
    forgetBias: Number(attributes.forget_bias ?? 1),
    peepholes,
    ...(P !== undefined && { projSize: P }),
    ...(attributes.cell_clip != null && { cellClip: Number(attributes.cell_clip) }),
  });
  const seen = ["w_i_diag", "w_f_diag", "w_o_diag"].map((name) => weights[name]!);
  load(cell as Cell<State>, H, [{ kernel: kernel!, bias, gates: [0, 2, 1, 3] }], {
    ...(projection && { weight_hr: transposed(projection, P!, [0], 0, H) }),
    ...(peepholes && { weight_ch: Float32Array.from(seen.flatMap((w) => [...numbersOf(w)])) }),
  });
  return cell; // i f g o out of i j f o
}

/** Makes a cell by its TensorFlow name from its weights. */
function makeCell(
  kind: string,
  weights: Weights,
  H: number,
  attributes: Case["attributes"],
): Cell<State> {
  const { kernel, bias } = weights;
  switch (kind) {
    case "RNNCell":
    case "BasicRNNCell": {
      const cell = new RNNCell(kernel!.shape[0]! - H, H);
      load(cell, H, [{ kernel: kernel!, bias, gates: [0] }]);
      return cell;
    }
    case "LSTMCell":
    case "BasicLSTMCell":
    case "LayerNormBasicLSTMCell":
      return makeLSTM(weights, H, attributes) as Cell<State>;
    case "GRUCell": {
      const gates = weights["gates/kernel"]!;
      const candidate = weights["candidate/kernel"]!;
      const cell = new GRUCell(gates.shape[0]! - H, H, { resetAfter: false });
      load(cell, H, [
        { kernel: gates, bias: weights["gates/bias"], gates: [0, 1] },
        { kernel: candidate, bias: weights["candidate/bias"], gates: [0] },
      ]);
      return cell;
    }
    case "UGRNNCell": {
      const rows = kernel!.shape[0]!;
      const cell = new UGRNNCell(rows - H, H);
      cell.gates.parameters().weight!.assign(transposed(kernel!, H, [0, 1], 0, rows));
      const loaded = biasOf(bias, H, [0, 1]);
      const forgetBias = Number(attributes.forget_bias ?? 1);
      cell.gates.parameters().bias!.assign(loaded.map((v, k) => (k < H ? v + forgetBias : v)));
      return cell;
    }
    default:
      throw new Error(`the runner knows no tf1.${kind}`);
  }
}

/** `dynamic_rnn[LSTMCell]` as the names `["dynamic_rnn", ["LSTMCell"]]`. */
function parse(op: string): [string, string[]] {
  const [, name, inner] = /^tf1\.(?:[\w.]+\.)?(\w+)(?:\[(.*)\])?$/.exec(op) ?? [];
  if (!name) throw new Error(`the runner cannot read the operator ${op}`);
  return [name, inner ? inner.split(",").map((s) => s.trim()) : []];
}

const stateNames = (kind: string) =>
  kind.includes("LSTM") ? (["h", "c"] as const) : (["h"] as const);

/** The loss of tf.contrib.seq2seq.sequence_loss, whose options have their defaults from Python's signature. */
function lossOf({ attributes, inputs }: Case): Tensor {
  const flag = (name: string, otherwise: boolean) => Boolean(attributes[name] ?? otherwise);
  const [logits, targets, weights] = [inputs.logits!, inputs.targets!, inputs.weights!].map((t) =>
    tensorOf(t),
  ) as [Tensor, Tensor, Tensor];
  return sequenceLoss(logits, targets, weights, {
    averageAcrossTimesteps: flag("average_across_timesteps", true),
    averageAcrossBatch: flag("average_across_batch", true),
    sumOverTimesteps: flag("sum_over_timesteps", false),
    sumOverBatch: flag("sum_over_batch", false),
  });
}

function run(golden: Case): void {
  const [name, inner] = parse(golden.op);
  expectOutputs(
    golden,
    name === "sequence_loss" ? { loss: lossOf(golden) } : runCells(golden, name, inner),
  );
}

function expectOutputs(golden: Case, results: Readonly<Record<string, Tensor>>): void {
  const { atol, rtol } = golden.tolerance as { atol: number; rtol: number };
  for (const [key, want] of Object.entries(golden.outputs)) {
    expect(results[key]?.shape, key).toEqual(want.shape);
    expectGolden(results[key]!.data, want, { atol, rtol }, key);
  }
}

function runCells(golden: Case, name: string, inner: readonly string[]): Record<string, Tensor> {
  const { attributes, inputs, weights = {} } = golden;
  const kinds = inner.length > 0 ? inner : [name];
  const stacked = name === "MultiRNNCell";
  const units = [attributes.num_units].flat() as number[];
  const cells = kinds.map((kind, k) => {
    const prefix = stacked ? `cell_${k}/` : "";
    const own = Object.entries(weights).filter(([key]) => key.startsWith(prefix));
    const plain = Object.fromEntries(own.map(([key, w]) => [key.slice(prefix.length), w]));
    return makeCell(kind, plain, units[k] ?? units[0]!, attributes);
  });
  const x = tensorOf(inputs.x!);
  const batch = attributes.time_major || x.shape.length === 2 ? x.shape.at(-2)! : x.shape[0]!;
  const states = cells.map((cell, k) => {
    const zero = partsOf(cell.zeroState(batch));
    const given = stateNames(kinds[k]!).map((part) => {
      const found = inputs[stacked ? `${part}${k}` : part];
      return [part, found ? tensorOf(found) : zero[part]!] as const;
    });
    return stateOf(Object.fromEntries(given));
  });

  const results: Record<string, Tensor> = {};
  if (name === "dynamic_rnn") {
    const lengths = inputs.sequence_length && [...numbersOf(inputs.sequence_length)];
    const unrolled = dynamicRNN(cells[0]!, x, {
      timeMajor: attributes.time_major === true,
      initialState: states[0]!,
      ...(lengths && { sequenceLength: lengths }),
    });
    results.outputs = unrolled.outputs;
    for (const [part, t] of Object.entries(partsOf(unrolled.state))) results[`final_${part}`] = t;
  } else if (stacked) {
    const [output, next] = new MultiRNNCell(cells).call(x, states as never);
    results.output = output;
    (next as unknown as State[]).forEach((state, k) => {
      for (const [part, t] of Object.entries(partsOf(state))) results[`new_${part}${k}`] = t;
    });
  } else {
    const [output, next] = cells[0]!.call(x, states[0]!);
    results.output = output;
    for (const [part, t] of Object.entries(partsOf(next))) results[`new_${part}`] = t;
  }
  return results;
}

/** DropoutWrappers that keep everything (probability 1) have no effect and count as absent. */
export const tf1Cells: Adapter = {
  skip({ op, attributes }) {
    const keep = Object.entries(attributes).find(([k, v]) => /keep_prob$/.test(k) && Number(v) < 1);
    if (keep) return "what TensorFlow's dropout draws is not known";
    if (/LayerNorm/.test(op) && attributes.layer_norm !== false)
      return "TensorFlow 1 normalises each gate apart, after the sum; LayerNormLSTMCell each product, before it (Ba et al.)";
    if (attributes.proj_clip != null) return "no option clips a projected h";
    const least = Math.min(...([attributes.num_units].flat() as number[]));
    if (Number(attributes.num_proj ?? 0) >= least)
      return "projections to no fewer features than num_units are refused, as by torch";
    return undefined;
  },
  run,
};
