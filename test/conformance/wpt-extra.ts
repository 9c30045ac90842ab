import { hardSigmoid, matmul, relu, softmax, type Tensor } from "gatewise";
import { expect } from "vitest";
import { expectWithinUlp } from "../close.ts";
import { runGemm } from "./gemm.ts";
import { type Adapter, type Case, numbersOf, tensorOf } from "./suite.ts";

/** The W3C's tests of WebNN's gemm, matmul, hardSigmoid, relu and softmax, in units in the last place. */

interface Attributes {
  readonly alpha?: number;
  readonly beta?: number;
  readonly aTranspose?: boolean;
  readonly bTranspose?: boolean;
  readonly axis?: number;
}

type Operator = (inputs: readonly Tensor[], attributes: Attributes, golden: Case) => Tensor;

const operators: Readonly<Record<string, Operator>> = {
  relu: ([x]) => relu(x!),
  hardSigmoid: ([x], { alpha = 0.2, beta = 0.5 }) => hardSigmoid(x!, { alpha, beta }),
  softmax: ([x], { axis = 1 }) => softmax(x!, axis),
  matmul: ([a, b]) => matmul(a!, b!),
  gemm: (_, { alpha, beta, aTranspose, bTranspose }, { inputs }) =>
    runGemm(
      ["a", "b", "c"].flatMap((name) => inputs[name] ?? []),
      { alpha, beta, transposeA: aTranspose, transposeB: bTranspose },
    ),
};

export const wptExtra: Adapter = {
  /** float16 and int8 inputs are float32 numbers too; results are rounded to float16 where they are counted in it. */
  skip({ inputs }) {
    const wide = Object.values(inputs).some((input) =>
      numbersOf(input).some((v) => v !== Math.fround(v) && input.dtype === "int32"),
    );
    return wide ? "float32 does not hold the int32 numbers of this case" : undefined;
  },
  run(golden) {
    const { metric, value } = golden.tolerance as { metric: string; value: number };
    expect(metric).toBe("ULP");
    const inputs = Object.values(golden.inputs).map((input) => tensorOf(input));
    const y = operators[golden.op]!(inputs, golden.attributes as Attributes, golden);
    const outputs = Object.entries(golden.outputs);
    expect(outputs.length).toBe(1);
    for (const [name, want] of outputs) {
      expect(y.shape, name).toEqual(want.shape);
      const precision = want.dtype === "float16" ? "float16" : "float32";
      expectWithinUlp(y.data, numbersOf(want), value, name, precision);
    }
  },
};
