import {
  bidirectionalDynamicRNN,
  dynamicRNN,
  GRUCell,
  LSTMCell,
  MultiRNNCell,
  RNNCell,
  stackBidirectionalDynamicRNN,
  type Tensor,
} from "gatewise";
import { expect, test } from "vitest";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import {
  gruAfter,
  join,
  lstm,
  type ReferenceCell,
  rnnTanh,
  sequencesOf,
  unroll,
  unrollStack,
} from "../reference/cells.ts";
import { uniform } from "../reference/random.ts";
import {
  assignAll,
  asTensor,
  type Numbers,
  partsOf,
  randomWeights,
  rowStates,
  stateOf,
  weightsOf,
} from "./oracle.ts";
import { registry, type State } from "./registry.ts";
import { Unfused } from "./unfused.ts";

const [I, B, T] = [3, 4, 5];
const lengths = [2, 5, 0, 4];
const options = { sequenceLength: lengths };

/** Keys with a prefix, and the values under a prefix without it. */
const prefixed = <V>(prefix: string, all: Record<string, V>): Record<string, V> =>
  Object.fromEntries(Object.entries(all).map(([key, v]) => [prefix + key, v]));
const under = <V>(prefix: string, all: Record<string, V>): Record<string, V> =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, v]) => [key.slice(prefix.length), v]),
  );

/** Random weights and initial state of one cell, under a prefix. */
const numbersOf = (
  reference: ReferenceCell,
  prefix: string,
  inputs: number,
  H: number,
  seed: number,
) =>
  prefixed<Float64Array>(prefix, {
    ...randomWeights(reference, inputs, H, seed),
    ...Object.fromEntries(
      reference.stateNames.map((part, k) => [part, uniform(B * H, seed + 60 + k)]),
    ),
  });

/** Initial states as tensors, under a prefix. */
const initialOf = (reference: ReferenceCell, prefix: string, numbers: Numbers, H: number) =>
  prefixed<Tensor>(
    prefix,
    Object.fromEntries(
      reference.stateNames.map((part) => [part, asTensor(numbers[prefix + part]!, [B, H])]),
    ),
  );

/** The final states of the rows of a batch as flat arrays by name. */
const flatStates = (
  reference: ReferenceCell,
  rows: readonly { h: Float64Array; c?: Float64Array | undefined }[],
) =>
  Object.fromEntries(reference.stateNames.map((part) => [part, join(rows.map((r) => r[part]!))]));

describeKernelSets("composition", () => {
  test.each([["fused"], ["step by step"]])(
    "MultiRNNCell, %s, is its cells one upon the other",
    (way) => {
      const references = [rnnTanh, gruAfter, lstm];
      const hidden = [4, 5, 3];
      const cells = [new RNNCell(3, 4), new GRUCell(4, 5), new LSTMCell(5, 3)] as const;
      const stack = new MultiRNNCell(cells);
      const cell = way === "fused" ? stack : new Unfused(stack as never);
      const numbers: Numbers = { x: uniform(B * T * I, 1) };
      references.forEach((reference, k) => {
        const inputs = k === 0 ? I : hidden[k - 1]!;
        Object.assign(numbers, numbersOf(reference, `cells.${k}.`, inputs, hidden[k]!, 10 * k + 2));
      });
      assignAll(stack.parameters(), numbers);
      const x = asTensor(numbers.x!, [B, T, I]);
      const initial = Object.assign(
        {},
        ...references.map((r, k) => initialOf(r, `cells.${k}.`, numbers, hidden[k]!)),
      ) as Record<string, Tensor>;
      expectForwardAndGradients({
        label: `MultiRNNCell ${way}`,
        numbers,
        targets: { x, ...initial, ...stack.parameters() },
        forward: () => {
          const initialState = references.map((_, k) => stateOf(under(`cells.${k}.`, initial)));
          const run = dynamicRNN(cell as Unfused, x, {
            ...options,
            initialState: initialState as never,
          });
          const states = run.state as unknown as State[];
          return Object.assign(
            { outputs: run.outputs },
            ...states.map((state, k) => prefixed(`cells.${k}.`, partsOf(state))),
          ) as Record<string, Tensor>;
        },
        reference: () => {
          let rows = sequencesOf(numbers.x!, T, I);
          const results: Numbers = {};
          references.forEach((reference, k) => {
            const own = under(`cells.${k}.`, numbers);
            const weights = weightsOf(own, rows[0]![0]!.length, hidden[k]!);
            const run = unroll(reference, weights, rows, rowStates(own, hidden[k]!), { lengths });
            Object.assign(results, prefixed(`cells.${k}.`, flatStates(reference, run.state)));
            rows = run.outputs;
          });
          return { outputs: join(rows.flat()), ...results };
        },
      });
    },
  );

  test("MultiRNNCell refuses a cell used twice, and sizes that do not meet", () => {
    const one = new GRUCell(4, 4);
    expect(() => new MultiRNNCell([one, one])).toThrow(/MultiRNNCell.*same cell/);
    expect(() => new MultiRNNCell([new GRUCell(4, 5), new GRUCell(4, 5)])).toThrow(RangeError);
  });

  for (const { name, make, reference } of registry) {
    const H = 5;
    test(`${name}: bidirectionalDynamicRNN runs both ways, each from its own initial state`, () => {
      const [fw, bw] = [make(I, H), make(I, H)];
      const numbers: Numbers = {
        x: uniform(B * T * I, 1),
        ...numbersOf(reference, "fw.", I, H, 2),
        ...numbersOf(reference, "bw.", I, H, 20),
      };
      assignAll(fw.parameters(), under("fw.", numbers));
      assignAll(bw.parameters(), under("bw.", numbers));
      const x = asTensor(numbers.x!, [B, T, I]);
      const initial = {
        ...initialOf(reference, "fw.", numbers, H),
        ...initialOf(reference, "bw.", numbers, H),
      };
      expectForwardAndGradients({
        label: name,
        numbers,
        targets: {
          x,
          ...initial,
          ...prefixed("fw.", fw.parameters()),
          ...prefixed("bw.", bw.parameters()),
        },
        forward: () => {
          const run = bidirectionalDynamicRNN(fw, bw, x, {
            ...options,
            initialState: [stateOf(under("fw.", initial)), stateOf(under("bw.", initial))],
          });
          return {
            fw: run.outputs[0],
            bw: run.outputs[1],
            ...prefixed("fw.", partsOf(run.states[0])),
            ...prefixed("bw.", partsOf(run.states[1])),
          };
        },
        reference: () => {
          const results: Numbers = {};
          for (const way of ["fw", "bw"]) {
            const own = under(`${way}.`, numbers);
            const rows = sequencesOf(numbers.x!, T, I);
            const how = { lengths, reverse: way === "bw" };
            const run = unroll(reference, weightsOf(own, I, H), rows, rowStates(own, H), how);
            results[way] = join(run.outputs.flat());
            Object.assign(results, prefixed(`${way}.`, flatStates(reference, run.state)));
          }
          return results;
        },
      });
    });

    test(`${name}: stackBidirectionalDynamicRNN feeds both directions to every layer above`, () => {
      const hidden = 3;
      const layers = [0, 1];
      const wide = (k: number) => (k === 0 ? I : 2 * hidden);
      const fw = layers.map((k) => make(wide(k), hidden));
      const bw = layers.map((k) => make(wide(k), hidden));
      const numbers: Numbers = { x: uniform(B * T * I, 1) };
      const targets: Record<string, Tensor> = {};
      const initial: Record<string, Tensor> = {};
      for (const k of layers) {
        [fw[k]!, bw[k]!].forEach((cell, d) => {
          const prefix = `${d}.${k}.`;
          Object.assign(numbers, numbersOf(reference, prefix, wide(k), hidden, 20 * k + 7 * d + 2));
          assignAll(cell.parameters(), under(prefix, numbers));
          Object.assign(initial, initialOf(reference, prefix, numbers, hidden));
          Object.assign(targets, prefixed(prefix, cell.parameters()));
        });
      }
      const x = asTensor(numbers.x!, [B, T, I]);
      expectForwardAndGradients({
        label: name,
        numbers,
        targets: { x, ...initial, ...targets },
        forward: () => {
          const initialState = [0, 1].map((d) =>
            layers.map((k) => stateOf(under(`${d}.${k}.`, initial))),
          ) as [State[], State[]];
          const run = stackBidirectionalDynamicRNN(fw, bw, x, { ...options, initialState });
          const states = run.states.flatMap((of, d) =>
            of.map((state, k) => prefixed(`${d}.${k}.`, partsOf(state))),
          );
          return Object.assign({ outputs: run.outputs }, ...states) as Record<string, Tensor>;
        },
        reference: () => {
          const ways = layers.flatMap((k) => [0, 1].map((d) => [k, d] as const));
          const own = ([k, d]: readonly [number, number]) => under(`${d}.${k}.`, numbers);
          const run = unrollStack(
            reference,
            layers.map((k) => [0, 1].map((d) => weightsOf(own([k, d]), wide(k), hidden))),
            sequencesOf(numbers.x!, T, I),
            ways.map((way) => rowStates(own(way), hidden)),
            lengths,
          );
          const results: Numbers = { outputs: join(run.outputs.flat()) };
          ways.forEach(([k, d], n) => {
            Object.assign(results, prefixed(`${d}.${k}.`, flatStates(reference, run.states[n]!)));
          });
          return results;
        },
      });
    });
  }

  test("time-major goes through both directions and the stack of them", () => {
    const cells = () => [new GRUCell(I, 2, { seed: 1 }), new GRUCell(I, 2, { seed: 2 })] as const;
    const x = asTensor(uniform(B * T * I, 1), [B, T, I]);
    const xt = asTensor(
      Float64Array.from({ length: B * T * I }, (_, k) => {
        const [t, b, i] = [Math.floor(k / (B * I)), Math.floor(k / I) % B, k % I];
        return x.data[(b * T + t) * I + i]!;
      }),
      [T, B, I],
    );
    const [fw, bw] = cells();
    const minor = bidirectionalDynamicRNN(fw, bw, x, options);
    const major = bidirectionalDynamicRNN(fw, bw, xt, { ...options, timeMajor: true });
    const stacked = stackBidirectionalDynamicRNN([fw], [bw], xt, { ...options, timeMajor: true });
    expect(stacked.outputs.shape).toEqual([T, B, 4]);
    for (const d of [0, 1] as const) {
      expect(major.states[d].data).toEqual(minor.states[d].data);
      for (let t = 0; t < T; t++) {
        for (let b = 0; b < B; b++) {
          const want = minor.outputs[d].slice([b, t, 0], [1, 1, 2]).data;
          expect(major.outputs[d].slice([t, b, 0], [1, 1, 2]).data).toEqual(want);
          expect(stacked.outputs.slice([t, b, 2 * d], [1, 1, 2]).data).toEqual(want);
        }
      }
    }
  });
});
