import {
  binaryCrossEntropy,
  crossEntropy,
  huber,
  mae,
  mse,
  mul,
  type Reduction,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "gatewise";
import { expect, test } from "vitest";
import { expectClose } from "./close.ts";
import goldens from "./goldens/losses.json" with { type: "json" };
import { describeKernelSets } from "./kernel-sets.ts";

/** A tensor as scripts/torch_losses.py writes it. */
interface Written {
  readonly shape: readonly number[];
  readonly data: string;
}

interface Golden {
  readonly name: string;
  readonly loss: string;
  readonly reduction: Reduction;
  readonly options: object;
  readonly inputs: Readonly<Record<string, Written>>;
  readonly upstream: Written;
  readonly output: Written;
  readonly gradients: Readonly<Record<string, Written>>;
}

const numbers = ({ data }: Written): Float64Array => Float64Array.from(data.split(" "), Number);
const read = (t: Written): Tensor => tensor(Float32Array.from(numbers(t)), [...t.shape]);
const pairs = { mse, mae, huber, binaryCrossEntropy };

/** The loss of a case, out of tensors by their names in torch. */
function lossOf(golden: Golden, inputs: Readonly<Record<string, Tensor>>): Tensor {
  const options = { ...golden.options, reduction: golden.reduction };
  const { prediction, target, logits, weight } = inputs;
  if (golden.loss in pairs)
    return pairs[golden.loss as keyof typeof pairs](prediction!, target!, options);
  const { classes } = golden.inputs;
  return crossEntropy(logits!, classes ? Int32Array.from(numbers(classes)) : target!, {
    ...options,
    axis: 1,
    weight,
  });
}

const cases = goldens.cases as unknown as readonly Golden[];
/** PyTorch computed in float64. */
const tolerance = { atol: 2e-6, rtol: 5e-6 };

describeKernelSets("PyTorch's losses: values and gradients", () => {
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", (_, golden) => {
    const inputs = Object.fromEntries(
      Object.entries(golden.inputs).map(([name, t]) => [name, read(t)]),
    );
    const y = lossOf(golden, inputs);
    expect(y.shape).toEqual(golden.output.shape);
    expectClose(y.data, numbers(golden.output), tolerance, golden.name);
    const targets = Object.fromEntries(
      Object.keys(golden.gradients).map((name) => [name, inputs[name]!]),
    );
    const upstream = read(golden.upstream);
    const { gradients } = valueAndGrad(() => sum(mul(lossOf(golden, inputs), upstream)), targets);
    for (const [name, want] of Object.entries(golden.gradients))
      expectClose(gradients[name]!.data, numbers(want), tolerance, `gradient of ${name}`);
  });
});
