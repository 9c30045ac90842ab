import {
  bidirectionalDynamicRNN,
  type Cell,
  dynamicRNN,
  GRUCell,
  LSTMCell,
  RNNCell,
  relu,
  sigmoid,
  type Tensor,
  tanh,
} from "gatewise";
import { expect } from "vitest";
import { asTensor, partsOf, stateOf } from "../cells/oracle.ts";
import type { State } from "../cells/registry.ts";
import { type Adapter, type Case, expectGolden, numbersOf } from "./suite.ts";

/**
 * ONNX' RNN, GRU and LSTM operators as unrolled cells. Letters as in the ONNX documents: D directions (num_directions),
 * G gates; X [T, B, I], W [D, G·H, I], R [D, G·H, H], B [D, 2·G·H] (bias of W, then of R), P [D, 3·H],
 * initial_h and initial_c [D, B, H], Y [T, D, B, H], Y_h and Y_c [D, B, H]; with layout 1 the batch comes first:
 * X [B, T, I], states [B, D, H], Y [B, T, D, H].
 */

interface OnnxAttributes {
  readonly hidden_size?: number;
  readonly direction?: "forward" | "reverse" | "bidirectional";
  readonly activations?: readonly string[];
  readonly clip?: number;
  readonly input_forget?: number;
  readonly linear_before_reset?: number;
  readonly layout?: number;
}

/** Where each of our gates (torch's order) is among ONNX'. */
const gateOrder: Record<string, readonly number[]> = {
  RNN: [0],
  GRU: [1, 0, 2], // r z n out of z r h
  LSTM: [0, 2, 3, 1], // i f g o out of i o f c
};

const defaultActivations: Record<string, readonly string[]> = {
  RNN: ["tanh"],
  GRU: ["sigmoid", "tanh"],
  LSTM: ["sigmoid", "tanh", "tanh"],
};

/** The activations of each direction, in lower case: names are case-insensitive. */
function activationsOf(op: string, { activations, direction }: OnnxAttributes): string[][] {
  const standard = defaultActivations[op]!;
  const D = direction === "bidirectional" ? 2 : 1;
  return Array.from({ length: D }, (_, d) => {
    const given = activations?.slice(d * standard.length, (d + 1) * standard.length) ?? [];
    return (given.length > 0 ? given : standard).map((name) => name.toLowerCase());
  });
}

/** Activations of ours by ONNX' names. */
const activationFunctions: Record<string, (x: Tensor) => Tensor> = { relu, sigmoid, tanh };

function activationOf(name: string): (x: Tensor) => Tensor {
  const found = activationFunctions[name];
  if (!found) throw new RangeError(`the runner knows no activation ${name}`);
  return found;
}

type Make = (
  I: number,
  H: number,
  a: OnnxAttributes,
  names: readonly string[],
  peepholes: boolean,
) => Cell<State>;

const makers: Record<string, Make> = {
  RNN: (I, H, { clip }, [f]) =>
    new RNNCell(I, H, { ...(clip && { clip }), activation: activationOf(f!) }),
  GRU: (I, H, { clip, linear_before_reset }, [f, g]) =>
    new GRUCell(I, H, {
      ...(clip && { clip }),
      resetAfter: linear_before_reset === 1,
      recurrentActivation: activationOf(f!),
      activation: activationOf(g!),
    }),
  LSTM: (I, H, { clip, input_forget }, [f, g, h], peepholes) =>
    new LSTMCell(I, H, {
      ...(clip && { clip }),
      coupled: input_forget === 1,
      peepholes,
      recurrentActivation: activationOf(f!),
      activation: activationOf(g!),
      outputActivation: activationOf(h!),
    }),
};

/** Rows of one direction of W, R or half of B, with the gates in our order. */
function gatesOf(op: string, data: Float64Array, H: number, width: number): Float64Array {
  const block = H * width;
  return Float64Array.from(
    gateOrder[op]!.flatMap((from) => [...data.subarray(from * block, (from + 1) * block)]),
  );
}

/** p_i p_f p_o out of ONNX' p_i p_o p_f. */
const peepholesOf = (data: Float64Array, H: number): Float64Array =>
  Float64Array.from([0, 2, 1].flatMap((from) => [...data.subarray(from * H, (from + 1) * H)]));

function makeCell(golden: Case, d: number, I: number, H: number): Cell<State> {
  const { op, inputs } = golden;
  const a = golden.attributes as OnnxAttributes;
  const { P } = inputs;
  const cell = makers[op]!(I, H, a, activationsOf(op, a)[d]!, P !== undefined);
  const rows = gateOrder[op]!.length * H;
  const part = (name: string, width: number, start = 0, of = width): Float64Array => {
    const all = inputs[name];
    if (!all) return new Float64Array(rows * width);
    const from = d * rows * of + start;
    return gatesOf(op, numbersOf(all).subarray(from, from + rows * width), H, width);
  };
  const numbers: Record<string, Float64Array> = {
    weight_ih: part("W", I),
    weight_hh: part("R", H),
    bias_ih: part("B", 1, 0, 2),
    bias_hh: part("B", 1, rows, 2),
    ...(P && { weight_ch: peepholesOf(numbersOf(P).subarray(3 * d * H, 3 * (d + 1) * H), H) }),
  };
  for (const [name, p] of Object.entries(cell.parameters())) {
    p.assign(Float32Array.from(numbers[name]!));
  }
  return cell;
}

/** [B, D, H] to [D, B, H]: exchanges the first two axes; its own inverse with B and D exchanged. */
export function exchange(data: ArrayLike<number>, B: number, D: number, H: number): Float64Array {
  return Float64Array.from({ length: B * D * H }, (_, k) => {
    const [d, b, h] = [Math.floor(k / (B * H)), Math.floor(k / H) % B, k % H];
    return data[(b * D + d) * H + h]!;
  });
}

/** One direction's run, as ONNX counts it: outputs [T, B, H], final states [B, H]. */
interface DirectionRun {
  readonly y: Tensor;
  readonly state: Record<string, Tensor>;
}

/** Runs a node; results by ONNX' names as flat numbers. */
export function runNode(golden: Case): Record<string, Float64Array> {
  const { op, inputs } = golden;
  const a = golden.attributes as OnnxAttributes;
  if (!(op in makers)) throw new Error(`the runner knows no ONNX operator ${op}`);
  const batchFirst = a.layout === 1;
  const [D, , I] = inputs.W!.shape as [number, number, number];
  const H = inputs.R!.shape[2]!;
  const [T, B] = (batchFirst ? [inputs.X!.shape[1], inputs.X!.shape[0]] : inputs.X!.shape) as [
    number,
    number,
  ];
  const x = asTensor(numbersOf(inputs.X!), inputs.X!.shape);
  const lengths = inputs.sequence_lens && [...numbersOf(inputs.sequence_lens)];
  const cells = Array.from({ length: D }, (_, d) => makeCell(golden, d, I, H));

  const initial = cells.map((_, d) => {
    const parts: Record<string, Tensor> = {};
    for (const [part, name] of [
      ["h", "initial_h"],
      ["c", "initial_c"],
    ] as const) {
      if (part === "c" && op !== "LSTM") continue;
      const given = inputs[name];
      const all = given
        ? batchFirst
          ? exchange(numbersOf(given), B, D, H)
          : numbersOf(given)
        : new Float64Array(D * B * H);
      parts[part] = asTensor(all.subarray(d * B * H, (d + 1) * B * H), [B, H]);
    }
    return stateOf(parts);
  });
  const options = { timeMajor: !batchFirst, ...(lengths && { sequenceLength: lengths }) };

  const runs: DirectionRun[] = [];
  if (a.direction === "reverse" || a.direction === "bidirectional") {
    // A lone reverse direction runs as the second of two; what the first one computes is left alone.
    const [fw, bw] = D === 2 ? cells : [makeCell(golden, 0, I, H), cells[0]!];
    const run = bidirectionalDynamicRNN(fw!, bw!, x, {
      ...options,
      initialState: [initial[0]!, initial[D - 1]!],
    });
    if (D === 2) runs.push({ y: run.outputs[0], state: partsOf(run.states[0]) });
    runs.push({ y: run.outputs[1], state: partsOf(run.states[1]) });
  } else {
    const run = dynamicRNN(cells[0]!, x, { ...options, initialState: initial[0]! });
    runs.push({ y: run.outputs, state: partsOf(run.state) });
  }

  // Y [T, D, B, H] (layout 0) or [B, T, D, H] (layout 1).
  const steps = Float64Array.from({ length: T * D * B * H }, (_, k) => {
    const h = k % H;
    const rest = Math.floor(k / H);
    const d = batchFirst ? rest % D : Math.floor(rest / B) % D;
    const at = batchFirst ? Math.floor(rest / D) : Math.floor(rest / (B * D)) * B + (rest % B);
    return runs[d]!.y.data[at * H + h]!;
  });
  // For a sequence of no steps ONNX Runtime's final states are 0, ours are the initial ones.
  const last = (part: string): Float64Array => {
    const all = Float64Array.from(
      runs.flatMap((run) =>
        [...run.state[part]!.data].map((v, k) => (lengths?.[Math.floor(k / H)] === 0 ? 0 : v)),
      ),
    );
    return batchFirst ? exchange(all, D, B, H) : all;
  };
  return { Y: steps, Y_h: last("h"), ...(op === "LSTM" && { Y_c: last("c") }) };
}

/** Cases that upstream has disabled run like the others; those that are to fail must throw a RangeError. */
export const onnxNodes: Adapter = {
  skip: () => undefined,
  run(golden) {
    if (golden.expect_failure) {
      expect(() => runNode(golden)).toThrow(RangeError);
      return;
    }
    const results = runNode(golden);
    const { atol, rtol = 0 } = golden.tolerance as { atol: number; rtol?: number };
    for (const [name, want] of Object.entries(golden.outputs)) {
      expectGolden(results[name]!, want, { atol, rtol }, name);
    }
  },
};
