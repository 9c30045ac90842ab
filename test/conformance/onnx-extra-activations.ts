import {
  elu,
  hardSigmoid,
  leakyRelu,
  reverseSequence,
  sigmoid,
  softplus,
  softsign,
  type Tensor,
  tanh,
  thresholdedRelu,
} from "gatewise";
import { expect } from "vitest";
import type { Tolerance } from "../close.ts";
import { runGemm } from "./gemm.ts";
import { type Case, expectGolden, numbersOf, type Piece, tensorOf } from "./suite.ts";

/** ONNX' activations, Gemm and ReverseSequence. Where an operator's default differs from ours it stands here. */

interface Attributes {
  readonly alpha?: number;
  readonly beta?: number;
  readonly transA?: number;
  readonly transB?: number;
  readonly time_axis?: number;
}

type Operator = (x: Tensor, attributes: Attributes, golden: Case) => Tensor;

const operators: Readonly<Record<string, Operator>> = {
  Elu: (x, { alpha }) => elu(x, alpha),
  HardSigmoid: (x, { alpha = 0.2, beta = 0.5 }) => hardSigmoid(x, { alpha, beta }),
  LeakyRelu: (x, { alpha }) => leakyRelu(x, alpha),
  Sigmoid: sigmoid,
  Softplus: softplus,
  Softsign: softsign,
  Tanh: tanh,
  ThresholdedRelu: (x, { alpha }) => thresholdedRelu(x, alpha),
  Gemm: (_, { alpha, beta, transA, transB }, { inputs }) =>
    runGemm(Object.values(inputs), {
      alpha,
      beta,
      transposeA: transA === 1,
      transposeB: transB === 1,
    }),
  ReverseSequence: (x, { time_axis: axis = 0 }, { inputs }) =>
    reverseSequence(x, [...numbersOf(Object.values(inputs)[1]!)], { timeMajor: axis === 0 }),
};

export const onnxExtraActivations: Piece = {
  knows: (op) => op in operators,
  skip: () => undefined,
  run(golden) {
    const [x] = Object.values(golden.inputs);
    const y = operators[golden.op]!(tensorOf(x!), golden.attributes as Attributes, golden);
    const [[name, want]] = Object.entries(golden.outputs) as [[string, typeof x & object]];
    expect(y.shape, name).toEqual(want.shape);
    expectGolden(y.data, want, golden.tolerance as unknown as Tolerance, name);
  },
};
