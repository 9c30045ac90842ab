import { expect } from "vitest";
import { runNode } from "./onnx.ts";
import { type Adapter, type Case, expectGolden, type GoldenTensor, numbersOf } from "./suite.ts";

/**
 * WebNN's lstm, gru, lstmCell and gruCell. They are ONNX' operators by other names (WebNN was made to run those), so
 * each case is translated into an ONNX node: weight [D, G·H, I], recurrentWeight [D, G·H, H], two biases [D, G·H],
 * peepholeWeight [D, 3·H], in the gate orders iofg or ifgo, zrn or rzn; a cell is one step of one direction.
 */

/** Float64 goldens; float32 keeps about seven digits, and a few operations stand between. */
const tolerance = { atol: 1e-5, rtol: 1e-5 };

/** Where ONNX' gates (i o f c; z r h) are in a WebNN layout. */
const layouts: Record<string, readonly number[]> = {
  iofg: [0, 1, 2, 3],
  ifgo: [0, 3, 1, 2],
  zrn: [0, 1, 2],
  rzn: [1, 0, 2],
};

const activationNames: Record<string, readonly string[]> = {
  GRU: ["sigmoid", "tanh"],
  LSTM: ["sigmoid", "tanh", "tanh"],
};

const golden = (data: ArrayLike<number>, shape: readonly number[]): GoldenTensor => ({
  shape,
  dtype: "float64",
  data: Array.from(data),
});

/** Gates of [D, G·H, …] in another order. */
function reorder(t: GoldenTensor, D: number, order: readonly number[]): GoldenTensor {
  const block = t.data.length / (D * order.length);
  const data = numbersOf(t);
  const from = Array.from({ length: D }, (_, d) =>
    order.map((g) => (d * order.length + g) * block),
  );
  return golden(
    from.flat().flatMap((start) => [...data.subarray(start, start + block)]),
    t.shape,
  );
}

function asOnnx({ name, op, attributes, inputs, tolerance: given }: Case): Case {
  const kind = op.startsWith("lstm") ? "LSTM" : "GRU";
  if (!/^(lstm|gru)(Cell)?$/.test(op)) throw new Error(`the runner knows no WebNN operator ${op}`);
  const one = op.endsWith("Cell");
  const D = one ? 1 : inputs.weight!.shape[0]!;
  const order = layouts[String(attributes.layout ?? (kind === "LSTM" ? "iofg" : "zrn"))]!;
  const rank3 = (t: GoldenTensor): GoldenTensor => (one ? { ...t, shape: [1, ...t.shape] } : t);
  const H = Number(attributes.hiddenSize);
  const rows = order.length * H;

  const biases = [inputs.bias, inputs.recurrentBias].map((t) =>
    numbersOf(reorder(t ?? golden(new Float64Array(D * rows), [D, rows]), D, order)),
  );
  const both = Array.from({ length: D }, (_, d) =>
    biases.flatMap((all) => [...all.subarray(d * rows, (d + 1) * rows)]),
  ).flat();
  const initialH = one ? inputs.hiddenState : inputs.initialHiddenState;
  const initialC = one ? inputs.cellState : inputs.initialCellState;
  const direction = { forward: "forward", backward: "reverse", both: "bidirectional" }[
    String(attributes.direction ?? "forward")
  ];
  const activations = (attributes.activations as string[] | undefined) ?? activationNames[kind]!;
  return {
    name,
    op: kind,
    attributes: {
      hidden_size: H,
      direction,
      activations: Array.from({ length: D }, () => activations).flat(),
      linear_before_reset: attributes.resetAfter === false ? 0 : 1,
    },
    inputs: {
      X: rank3(inputs.input!),
      W: reorder(rank3(inputs.weight!), D, order),
      R: reorder(rank3(inputs.recurrentWeight!), D, order),
      B: golden(both, [D, 2 * rows]),
      ...(inputs.peepholeWeight && { P: inputs.peepholeWeight }),
      ...(initialH && { initial_h: rank3(initialH) }),
      ...(initialC && { initial_c: rank3(initialC) }),
    },
    outputs: {},
    tolerance: given,
  };
}

/** WebNN's results in order: the final states, then (returnSequence) the outputs of every step. */
export function runWebnn(given: Case): Float64Array[] {
  const { Y, Y_h, Y_c } = runNode(asOnnx(given));
  return [Y_h!, ...(Y_c ? [Y_c] : []), ...(given.attributes.returnSequence ? [Y!] : [])];
}

export const webnnOperators: Adapter = {
  skip: () => undefined,
  run(given) {
    const results = runWebnn(given);
    expect(Object.keys(given.outputs).length).toBe(results.length);
    results.forEach((result, k) => {
      expectGolden(result, given.outputs[`output${k}`]!, tolerance, `output${k}`);
    });
  },
};
