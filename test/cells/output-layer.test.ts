import {
  add,
  bidirectionalDynamicRNN,
  dynamicRNN,
  GRUCell,
  Linear,
  LSTMCell,
  RNNCell,
  softmax,
  type Tensor,
  tanh,
} from "gatewise";
import { test } from "vitest";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import {
  affine,
  gruAfter,
  join,
  lstm,
  type ReferenceCell,
  rnnTanh,
  rowsOf,
  sequencesOf,
  unroll,
  type Vector,
} from "../reference/cells.ts";
import { uniform } from "../reference/random.ts";
import { assignAll, asTensor, type Numbers, randomWeights, weightsOf } from "./oracle.ts";

/**
 * The output layer of a recurrent network: s_t are a cell's outputs, [batch, time, H], and
 *
 *   o_t = g(V s_t)                 one direction
 *   o_t = g(V s_t + V' s'_t)       both, s' from a cell that runs backwards
 *
 * There is no layer for it: V is a `Linear` without bias over all steps at once, g an operation.
 */

const [B, T, I, H, O] = [3, 4, 3, 5, 4];
const sequenceLength = [2, 4, 3];

/** g, and the same in float64 on one row. */
const activations: Record<string, { g: (x: Tensor) => Tensor; exact: (x: Vector) => Vector }> = {
  softmax: {
    g: softmax,
    exact: (x) => {
      const powers = x.map(Math.exp);
      const total = powers.reduce((s, v) => s + v, 0);
      return powers.map((v) => v / total);
    },
  },
  tanh: { g: tanh, exact: (x) => x.map(Math.tanh) },
};

const cells: Record<string, { make: () => RNNCell | LSTMCell | GRUCell; exact: ReferenceCell }> = {
  RNN: { make: () => new RNNCell(I, H), exact: rnnTanh },
  LSTM: { make: () => new LSTMCell(I, H), exact: lstm },
  GRU: { make: () => new GRUCell(I, H), exact: gruAfter },
};

const prefixed = <V>(prefix: string, all: Record<string, V>): Record<string, V> =>
  Object.fromEntries(Object.entries(all).map(([key, v]) => [prefix + key, v]));
const under = <V>(prefix: string, all: Record<string, V>): Record<string, V> =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, v]) => [key.slice(prefix.length), v]),
  );

/** The states of the reference, [B][T] rows of H: zeros past the end of a sequence. */
function states(exact: ReferenceCell, numbers: Numbers, prefix: string, reverse: boolean) {
  const weights = weightsOf(under(prefix, numbers), I, H);
  const zeros = Array.from({ length: B }, () => ({
    h: new Float64Array(H),
    c: new Float64Array(H),
  }));
  const inputs = sequencesOf(numbers.x!, T, I);
  return unroll(exact, weights, inputs, zeros, { lengths: sequenceLength, reverse }).outputs;
}

describeKernelSets("output layer", () => {
  for (const [cellName, { make, exact }] of Object.entries(cells)) {
    for (const [name, { g, exact: exactG }] of Object.entries(activations)) {
      test(`${cellName}: o = ${name}(V s)`, () => {
        const cell = make();
        const V = new Linear(H, O, { bias: false });
        const network = (x: Tensor): Tensor => {
          const { outputs: s } = dynamicRNN<never>(cell as never, x, { sequenceLength });
          return g(V.forward(s));
        };

        const numbers: Numbers = {
          x: uniform(B * T * I, 1),
          ...prefixed("cell.", randomWeights(exact, I, H, 2)),
          V: uniform(O * H, 8),
        };
        const parameters = { ...prefixed("cell.", cell.parameters()), V: V.weight };
        assignAll(parameters, numbers);
        const x = asTensor(numbers.x!, [B, T, I]);
        expectForwardAndGradients({
          label: `${cellName}, ${name}`,
          numbers,
          targets: { x, ...parameters },
          forward: () => ({ o: network(x) }),
          reference: () => {
            const rows = states(exact, numbers, "cell.", false).flat();
            const matrix = rowsOf(numbers.V!, H);
            return { o: join(rows.map((s) => exactG(affine(matrix, s)))) };
          },
        });
      });

      test(`${cellName}: o = ${name}(V s + V' s') over both directions`, () => {
        const [forward, backward] = [make(), make()];
        const [V, W] = [new Linear(H, O, { bias: false }), new Linear(H, O, { bias: false })];
        const network = (x: Tensor): Tensor => {
          const {
            outputs: [there, back],
          } = bidirectionalDynamicRNN<never, never>(forward as never, backward as never, x, {
            sequenceLength,
          });
          return g(add(V.forward(there), W.forward(back)));
        };

        const numbers: Numbers = {
          x: uniform(B * T * I, 1),
          ...prefixed("there.", randomWeights(exact, I, H, 2)),
          ...prefixed("back.", randomWeights(exact, I, H, 20)),
          V: uniform(O * H, 8),
          "V'": uniform(O * H, 9),
        };
        const parameters = {
          ...prefixed("there.", forward.parameters()),
          ...prefixed("back.", backward.parameters()),
          V: V.weight,
          "V'": W.weight,
        };
        assignAll(parameters, numbers);
        const x = asTensor(numbers.x!, [B, T, I]);
        expectForwardAndGradients({
          label: `${cellName}, ${name}, both ways`,
          numbers,
          targets: { x, ...parameters },
          forward: () => ({ o: network(x) }),
          reference: () => {
            const there = states(exact, numbers, "there.", false).flat();
            const back = states(exact, numbers, "back.", true).flat();
            const [matrix, other] = [rowsOf(numbers.V!, H), rowsOf(numbers["V'"]!, H)];
            const o = there.map((s, k) => {
              const fromBack = affine(other, back[k]!);
              return exactG(affine(matrix, s).map((v, j) => v + fromBack[j]!));
            });
            return { o: join(o) };
          },
        });
      });
    }
  }
});
