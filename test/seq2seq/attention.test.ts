import { type Tensor, tensor, zeros } from "gatewise";
import { attention, BahdanauAttention, LuongAttention, type MaskOptions } from "gatewise/seq2seq";
import { expect, test } from "vitest";
import { expectFloat32 } from "../close.ts";
import { expectErrors, wrong } from "../expect-errors.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import type { NdArray } from "../reference/arrays.ts";
import { additiveScore, attend, dotScore, generalScore } from "../reference/attention.ts";
import { uniform } from "../reference/random.ts";

const numbers = (shape: readonly number[], seed: number): NdArray => ({
  shape,
  data: uniform(
    shape.reduce((n, d) => n * d, 1),
    seed,
    -1.5,
    1.5,
  ),
});
const asTensor = ({ data, shape }: NdArray): Tensor => tensor(Float32Array.from(data), shape);

/** [batch, steps, time, query size, key size, value size]; each with the masking of its place among them. */
const sizes = [
  [1, 1, 1, 1, 1, 1],
  [3, 2, 5, 4, 3, 1],
  [2, 1, 4, 8, 5, 9],
  [2, 4, 3, 3, 4, 3],
  [3, 1, 8, 1, 1, 5],
] as const;

const kinds = ["dot", "general", "additive"] as const;

/** No mask, lengths with 0 and all, and holes; the function says what counts. */
function maskings(batch: number, time: number): [MaskOptions, (b: number, t: number) => boolean][] {
  const lengths = Array.from({ length: batch }, (_, b) => (b === 1 ? 0 : ((7 * b) % time) + 1));
  const hole = (b: number, t: number): boolean => (b + t) % 3 !== 1;
  const rows = Array.from({ length: batch }, (_, b) =>
    Array.from({ length: time }, (_, t) => Number(hole(b, t))),
  );
  return [
    [{}, () => true],
    [{ lengths }, (b, t) => t < lengths[b]!],
    [{ lengths: Int32Array.from(lengths) }, (b, t) => t < lengths[b]!],
    [{ mask: rows }, hole],
    [{ mask: tensor(rows) }, hole],
  ];
}

describeKernelSets("attention", () => {
  test.each(kinds)("%s: against naive loops, with gradients, whatever counts", (kind) => {
    sizes.forEach(([B, S, T, Q, K, V], n) => {
      const [querySize, keySize] = kind === "general" ? [Q, K] : [K, K];
      const query = numbers([B, S, querySize], 10 * n + 1);
      const keys = numbers([B, T, keySize], 10 * n + 2);
      const values = numbers([B, T, V], 10 * n + 3);
      const shape = kind === "general" ? [querySize, keySize] : [keySize];
      const weight = kind === "dot" ? undefined : numbers(shape, 10 * n + 4);
      const score = {
        dot: () => dotScore(query, keys),
        general: () => generalScore(query, keys, weight!),
        additive: () => additiveScore(query, keys, weight!),
      }[kind]();
      const [masking, counts] = maskings(B, T)[n]!;
      const arrays = { query, keys, values, ...(weight ? { weight } : {}) };
      const targets = Object.fromEntries(
        Object.entries(arrays).map(([name, array]) => [name, asTensor(array)]),
      );
      expectForwardAndGradients({
        label: `${kind} ${[B, S, T, querySize, keySize, V]} ${Object.keys(masking)}`,
        numbers: Object.fromEntries(Object.entries(arrays).map(([k, { data }]) => [k, data])),
        targets,
        forward: () => {
          const { query: q, keys: k, values: v, weight: w } = targets;
          return { ...attention(q!, k!, v!, { kind, weight: w, ...masking }) };
        },
        reference: () => {
          const { context, weights } = attend(score, [B, S, T], values, counts);
          return { context: context.data, weights: weights.data };
        },
      });
    });
  });

  test("a single query is one without the axis of steps", () => {
    const [query, keys, values] = [
      numbers([2, 3], 1),
      numbers([2, 4, 3], 2),
      numbers([2, 4, 5], 3),
    ];
    const all = [query, keys, values].map(asTensor) as [Tensor, Tensor, Tensor];
    const single = attention(...all, { lengths: [4, 2] });
    const steps = attention(all[0].reshape([2, 1, 3]), all[1], all[2], { lengths: [4, 2] });
    expect(single.context.shape).toEqual([2, 5]);
    expect(single.weights.shape).toEqual([2, 4]);
    expect(single.context.data).toEqual(steps.context.data);
    expect(single.weights.data).toEqual(steps.weights.data);
  });

  test("what does not count has weights of exactly 0, whatever its score", () => {
    const keys = tensor([[[1], [9e8], [2]]]);
    const { weights, context } = attention(tensor([[[1e3]]]), keys, keys, { mask: [[1, 0, 1]] });
    expect([...weights.data]).toEqual([0, 0, 1]);
    expect([...context.data]).toEqual([2]);
  });

  test("what does not count weighs 0 though all else is far less likely", () => {
    const keys = tensor([[[10], [-10]]]);
    const { weights } = attention(tensor([[[-1e30]]]), keys, keys, { lengths: [1] });
    expect([...weights.data]).toEqual([1, 0]);
  });

  test("a sequence where nothing counts: context and weights of 0", () => {
    const keys = asTensor(numbers([2, 3, 4], 1));
    const { weights, context } = attention(asTensor(numbers([2, 2, 4], 2)), keys, keys, {
      lengths: [3, 0],
    });
    expect([...weights.data.subarray(6)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...context.data.subarray(8)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(weights.data.subarray(0, 3).reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });
});

describeKernelSets("attention layers", () => {
  const [query, values] = [asTensor(numbers([3, 4, 5], 1)), asTensor(numbers([3, 7, 6], 2))];
  const lengths = [7, 0, 4];

  test("LuongAttention is attention of its kind", () => {
    const layer = new LuongAttention(5, 6, { seed: 1 });
    const got = layer.forward(query, layer.memory(values, { lengths }));
    const weight = layer.project!.weight; // [querySize, valueSize]
    const wanted = attention(query, values, values, { kind: "general", weight, lengths });
    expectFloat32(got.context.data, wanted.context.data, "context");
    expectFloat32(got.weights.data, wanted.weights.data, "weights");
    const dot = new LuongAttention(6, 6, { kind: "dot" });
    const own = dot.forward(values, dot.memory(values, { lengths }));
    const expected = attention(values, values, values, { lengths });
    expect(own.context.data).toEqual(expected.context.data);
    expect(own.weights.data).toEqual(expected.weights.data);
    expect(dot.parameters()).toEqual({});
  });

  test("BahdanauAttention is additive attention of what it projects", () => {
    const layer = new BahdanauAttention(5, 6, { size: 9, seed: 1 });
    const got = layer.forward(query, layer.memory(values, { lengths }));
    const weight = layer.sum.weight.reshape([9]);
    const keys = layer.key.forward(values);
    const wanted = attention(layer.query.forward(query), keys, values, {
      kind: "additive",
      weight,
      lengths,
    });
    expect(got.context.data).toEqual(wanted.context.data);
    expect(got.weights.data).toEqual(wanted.weights.data);
    expect(Object.keys(layer.parameters())).toEqual(["query.weight", "key.weight", "sum.weight"]);
  });

  test("a seed makes the same weights, another one others", () => {
    for (const Layer of [LuongAttention, BahdanauAttention]) {
      const weights = (seed: number) =>
        Object.values(new Layer(4, 5, { seed }).parameters()).map(({ data }) => data);
      expect(weights(3)).toEqual(weights(3));
      expect(weights(3)).not.toEqual(weights(4));
    }
  });
});

describeKernelSets("bad input to attention", () => {
  const [q, k] = [zeros([2, 3, 4]), zeros([2, 5, 4])];

  test("what does not fit", () => {
    expectErrors([
      ["query", TypeError, () => attention(wrong([1]), k, k), /^attention: expected query to be/],
      ["keys", RangeError, () => attention(q, zeros([5, 4]), k), /keys of shape/],
      ["batch", RangeError, () => attention(q, zeros([3, 5, 4]), k), /query of shape \[3, /],
      ["size", RangeError, () => attention(q, zeros([2, 5, 3]), k), /query of shape .* 3\]/],
      ["values", RangeError, () => attention(q, k, zeros([2, 4, 4])), /values of shape \[2, 5/],
      ["kind", RangeError, () => attention(q, k, k, { kind: wrong("cosine") }), /cosine/],
      ["no kind", TypeError, () => attention(q, k, k, { kind: wrong(null) }), /"dot" or/],
      ["no weight", TypeError, () => attention(q, k, k, { kind: "general" }), /weight to be/],
      ["weight", RangeError, () => attention(q, k, k, { kind: "additive", weight: q }), /\[4\]/],
      ["needless", RangeError, () => attention(q, k, k, { weight: q }), /weight of "general"/],
      ["lengths", RangeError, () => attention(q, k, k, { lengths: [5, 6] }), /from 0 to 5/],
      ["few", RangeError, () => attention(q, k, k, { lengths: [5] }), /2 numbers/],
      ["mask", RangeError, () => attention(q, k, k, { mask: zeros([2, 4]) }), /\[2, 5\]/],
      [
        "halves",
        RangeError,
        () => attention(q, k, k, { mask: [Array(5).fill(0.5), Array(5).fill(1)] }),
        /zeros and ones, got 0.5/,
      ],
      [
        "both",
        RangeError,
        () => attention(q, k, k, { lengths: [5, 5], mask: zeros([2, 5]) }),
        /got both/,
      ],
      ["option", TypeError, () => attention(q, k, k, wrong({ length: [1] })), /got length/],
    ]);
  });

  test("what does not fit layers", () => {
    const luong = new LuongAttention(4, 4);
    const memory = luong.memory(k);
    expectErrors([
      ["size", RangeError, () => new LuongAttention(0, 4), /^LuongAttention: expected querySize/],
      [
        "dot",
        RangeError,
        () => new LuongAttention(3, 4, { kind: "dot" }),
        /^LuongAttention: expected valueSize 3, as querySize, for "dot", got 4/,
      ],
      ["kind", RangeError, () => new LuongAttention(4, 4, { kind: wrong("concat") }), /concat/],
      ["size", TypeError, () => new BahdanauAttention(4, 4, { size: wrong("9") }), /size/],
      ["values", RangeError, () => luong.memory(zeros([2, 5, 3])), /^LuongAttention\.memory: /],
      ["query", RangeError, () => luong.forward(zeros([3, 1, 4]), memory), /\[2, steps, 4\]/],
      ["memory", TypeError, () => luong.forward(q, wrong(k)), /what memory\(\) returned/],
      [
        "another's",
        TypeError,
        () => new BahdanauAttention(4, 4).forward(q, memory),
        /^BahdanauAttention\.forward: expected memory that this layer made, got a LuongAttention/,
      ],
    ]);
  });
});
