import {
  activationNames,
  affine,
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  mish,
  ones,
  relu6,
  scaledTanh,
  selu,
  softplus,
  softsign,
  sum,
  swish,
  type Tensor,
  tensor,
  thresholdedRelu,
  valueAndGrad,
} from "gatewise";
import { expect, test } from "vitest";
import { resolveActivation } from "../../bindings/ops/activation-table.ts";
import { expectClose } from "../close.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { erf } from "../reference/activations.ts";
import { sigmoid } from "../reference/pointwise.ts";
import { uniform } from "../reference/random.ts";

const clamp = (v: number, low: number, high: number) => Math.min(Math.max(v, low), high);
const softplusOf = (v: number) => Math.log1p(Math.exp(v));
const seluOf = (v: number) => 1.0507009873554805 * (v < 0 ? 1.6732632423543772 * Math.expm1(v) : v);
const geluTanh = (v: number) =>
  0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));

type Row = readonly [name: string, f: (x: Tensor) => Tensor, reference: (v: number) => number];

const operations: readonly Row[] = [
  ["hardSigmoid", (x) => hardSigmoid(x), (v) => clamp(0.2 * v + 0.5, 0, 1)],
  ["hardSigmoid of 1/6", (x) => hardSigmoid(x, { alpha: 1 / 6 }), (v) => clamp(v / 6 + 0.5, 0, 1)],
  ["leakyRelu", (x) => leakyRelu(x), (v) => (v < 0 ? 0.01 * v : v)],
  ["leakyRelu of 0.3", (x) => leakyRelu(x, 0.3), (v) => (v < 0 ? 0.3 * v : v)],
  ["elu", (x) => elu(x), (v) => (v < 0 ? Math.expm1(v) : v)],
  ["elu of 2", (x) => elu(x, 2), (v) => (v < 0 ? 2 * Math.expm1(v) : v)],
  ["selu", selu, seluOf],
  ["softplus", softplus, softplusOf],
  ["softsign", softsign, (v) => v / (1 + Math.abs(v))],
  ["thresholdedRelu", (x) => thresholdedRelu(x), (v) => (v > 1 ? v : 0)],
  ["thresholdedRelu of 0.5", (x) => thresholdedRelu(x, 0.5), (v) => (v > 0.5 ? v : 0)],
  ["scaledTanh", (x) => scaledTanh(x, 1.7159, 2 / 3), (v) => 1.7159 * Math.tanh((2 / 3) * v)],
  ["affine", (x) => affine(x, -2.5, 0.75), (v) => -2.5 * v + 0.75],
  ["relu6", relu6, (v) => clamp(v, 0, 6)],
  ["swish", swish, (v) => v * sigmoid(v)],
  ["gelu", (x) => gelu(x), (v) => 0.5 * v * (1 + erf(v * Math.SQRT1_2))],
  ["gelu by tanh", (x) => gelu(x, { approximate: true }), geluTanh],
  ["mish", mish, (v) => v * Math.tanh(softplusOf(v))],
];

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** The gradient of the sum of an operation's results. */
const slope = (f: (x: Tensor) => Tensor, values: readonly number[]): number[] => {
  const x = tensor(values);
  return [...valueAndGrad(() => sum(f(x)), { x }).gradients.x.data];
};

describeKernelSets("activations", () => {
  test.each(operations)("%s: result and gradient", (name, operation, reference) => {
    for (const shape of [[1], [3, 4], [2, 17], [2, 3, 5], [9, 8]]) {
      const size = shape.reduce((n, d) => n * d, 1);
      const numbers = uniform(size, size, -3, 7.5);
      const x = tensor(Float32Array.from(numbers), shape);
      expectForwardAndGradients({
        label: name,
        numbers: { x: numbers },
        targets: { x },
        forward: () => ({ y: operation(x) }),
        reference: () => ({ y: numbers.map(reference) }),
      });
    }
  });

  test.each(operations)("%s lets NaN through, and only there", (_, operation) => {
    const y = operation(tensor([0.5, 2, -1, nan, 3])).data;
    expect([...y].map(Number.isNaN)).toEqual([false, false, false, true, false]);
  });

  test.each([
    ["hardSigmoid", (x: Tensor) => hardSigmoid(x), 0, 1, 0, 0],
    ["leakyRelu", (x: Tensor) => leakyRelu(x), -inf, inf, 0.01, 1],
    ["elu", (x: Tensor) => elu(x), -1, inf, 0, 1],
    ["selu", selu, seluOf(-inf), inf, 0, 1.0507009873554805],
    ["softplus", softplus, 0, inf, 0, 1],
    ["softsign", softsign, -1, 1, 0, 0],
    ["thresholdedRelu", (x: Tensor) => thresholdedRelu(x), 0, inf, 0, 1],
    ["relu6", relu6, 0, 6, 0, 0],
    ["swish", swish, 0, inf, 0, 1],
    ["gelu", (x: Tensor) => gelu(x), 0, inf, 0, 1],
    ["gelu by tanh", (x: Tensor) => gelu(x, { approximate: true }), 0, inf, 0, 1],
    ["mish", mish, 0, inf, 0, 1],
  ] as const)("%s at the ends", (name, operation, left, right, slopeLeft, slopeRight) => {
    const all = [-inf, -3e38, -1e4, -200, 200, 1e4, 3e38, inf];
    const ends = name === "softsign" ? all.filter((v) => Math.abs(v) > 1e30) : all; // it is slow to get there
    const close = { atol: 1e-30, rtol: 1e-6 };
    const value = (v: number, end: number, line: number) =>
      Number.isFinite(end) ? end : Math.fround(line * v);
    const wanted = ends.map((v) =>
      v < 0 ? value(v, left, slopeLeft) : value(v, right, slopeRight),
    );
    expectClose(operation(tensor(ends)).data, wanted, close, name);
    const slopes = ends.map((v) => (v < 0 ? slopeLeft : slopeRight));
    expectClose(slope(operation, ends), slopes, close, `slope of ${name}`);
  });

  test("at their kinks", () => {
    expect(slope((x) => hardSigmoid(x, { alpha: 0.5 }), [-1, 1])).toEqual([0, 0]);
    expect(slope(relu6, [0, 1, 6])).toEqual([0, 1, 0]);
    expect(slope((x) => leakyRelu(x, 0.25), [0])).toEqual([0.25]);
    expect(slope((x) => thresholdedRelu(x, 2), [2])).toEqual([0]);
    expect(slope((x) => elu(x, 0.5), [0])).toEqual([0.5]);
  });

  test("have names, and functions pass as they are", () => {
    const x = tensor(Float32Array.from(uniform(12, 1, -3, 3)), [3, 4]);
    const named: readonly Row[] = [
      ...operations.filter(([name]) => activationNames.includes(name as never)),
      ["linear", (v) => v, (v) => v],
    ];
    expect(named.length).toBe(12);
    for (const [name, operation] of named)
      expect(resolveActivation("Here", "activation", name)(x).data, name).toEqual(
        operation(x).data,
      );
    const own = (v: Tensor) => v;
    expect(resolveActivation("Here", "activation", own)).toBe(own);
    for (const name of activationNames)
      expect(resolveActivation("Here", "activation", name)(x).shape, name).toEqual([3, 4]);
  });

  test("refuse what they cannot be", () => {
    const x = ones([2]);
    const wrong = (value: unknown) => value as never;
    const named = (value: unknown) => () => resolveActivation("Layer", "activation", value);
    expect(named("rilu")).toThrow(RangeError);
    expect(named("rilu")).toThrow(
      /^Layer: expected activation out of elu, exponential, .*thresholdedRelu, got "rilu"$/,
    );
    expect(named("toString")).toThrow(RangeError);
    expect(named(3)).toThrow(TypeError);
    expect(named(undefined)).toThrow(/^Layer: expected activation to be the name .*got undefined$/);
    expect(() => leakyRelu(x, nan)).toThrow(RangeError);
    expect(() => leakyRelu(x, wrong("1"))).toThrow(/^leakyRelu: expected alpha to be a number/);
    expect(() => scaledTanh(x, 1, inf)).toThrow(/^scaledTanh: expected beta/);
    expect(() => hardSigmoid(x, wrong({ slope: 1 }))).toThrow(/^hardSigmoid: .*slope/);
    expect(() => gelu(x, wrong({ approximate: "tanh" }))).toThrow(TypeError);
    expect(() => swish(wrong([1, 2]))).toThrow(/^swish: expected x to be a tensor/);
  });
});
