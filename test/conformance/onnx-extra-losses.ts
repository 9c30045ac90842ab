import { crossEntropy, logSoftmax, type Reduction, softmax, type Tensor } from "gatewise";
import { expect } from "vitest";
import type { Tolerance } from "../close.ts";
import { type Case, expectGolden, numbersOf, type Piece, tensorOf } from "./suite.ts";

/**
 * ONNX' Softmax, LogSoftmax and SoftmaxCrossEntropyLoss. The last one's scores are [N, C, d1, ...], its labels
 * [N, d1, ...], its weights [C]; its second output is the logarithm of the probabilities.
 */

const axisOf = ({ attributes }: Case): number => Number(attributes.axis ?? -1);

/** Inputs have names of their own in every case; they come in the operator's order. */
const inputsOf = ({ inputs }: Case) => Object.values(inputs);

function crossEntropyLoss(golden: Case): Tensor[] {
  const [scores, labels, weight] = inputsOf(golden);
  const { ignore_index: ignored, reduction = "mean" } = golden.attributes;
  const x = tensorOf(scores!);
  const classes = Int32Array.from(numbersOf(labels!));
  const loss = crossEntropy(x, classes, {
    axis: 1,
    reduction: reduction as Reduction,
    ...(weight && { weight: tensorOf(weight) }),
    ...(ignored !== undefined && { ignoreIndex: Number(ignored) }),
  });
  return [loss, logSoftmax(x, 1)];
}

const operators: Readonly<Record<string, (golden: Case) => readonly Tensor[]>> = {
  Softmax: (golden) => [softmax(tensorOf(inputsOf(golden)[0]!), axisOf(golden))],
  LogSoftmax: (golden) => [logSoftmax(tensorOf(inputsOf(golden)[0]!), axisOf(golden))],
  SoftmaxCrossEntropyLoss: crossEntropyLoss,
};

export const onnxExtraLosses: Piece = {
  knows: (op) => op in operators,
  skip: () => undefined,
  run(golden) {
    const results = operators[golden.op]!(golden);
    Object.entries(golden.outputs).forEach(([name, want], i) => {
      expect(results[i]!.shape, name).toEqual(want.shape);
      expectGolden(results[i]!.data, want, golden.tolerance as unknown as Tolerance, name);
    });
  },
};
