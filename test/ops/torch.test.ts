import {
  elu,
  embedding,
  gelu,
  hardSigmoid,
  type Indices,
  layerNorm,
  leakyRelu,
  matmul,
  mish,
  mul,
  relu6,
  selu,
  softplus,
  softsign,
  sum,
  swish,
  type Tensor,
  thresholdedRelu,
  valueAndGrad,
} from "gatewise";
import { describe, expect, test } from "vitest";
import { asTensor } from "../cells/oracle.ts";
import { expectClose } from "../close.ts";
import goldens from "../goldens/torch-ops.json" with { type: "json" };
import { describeKernelSets } from "../kernel-sets.ts";

/** A tensor and a case as scripts/torch_ops_goldens.py writes them. */
interface Written {
  readonly shape: readonly number[];
  readonly data: string;
}
interface Golden {
  readonly name: string;
  readonly inputs: unknown;
  readonly upstream: Written;
  readonly output: Written;
  readonly gradients: unknown;
}

const numbers = ({ data }: Written): Float64Array => Float64Array.from(data.split(" "), Number);
const read = (t: Written): Tensor => asTensor(numbers(t), t.shape);

/** PyTorch computed in float64. */
const tolerance = { atol: 2e-6, rtol: 5e-6 };

/** The output of an operation on a case's inputs, and the gradient of each. */
function expectGolden(golden: Golden, operation: (inputs: Record<string, Tensor>) => Tensor): void {
  const written = Object.entries(golden.inputs as Record<string, Written>);
  const inputs = Object.fromEntries(written.map(([name, t]) => [name, read(t)]));
  const y = operation(inputs);
  expect(y.shape).toEqual(golden.output.shape);
  expectClose(y.data, numbers(golden.output), tolerance, "output");
  const { gradients } = valueAndGrad(
    () => sum(mul(operation(inputs), read(golden.upstream))),
    inputs,
  );
  for (const [name, want] of Object.entries(golden.gradients as Record<string, Written>))
    expectClose(gradients[name]!.data, numbers(want), tolerance, `gradient of ${name}`);
}

const activations: Record<string, (x: Tensor) => Tensor> = {
  elu: (x) => elu(x),
  gelu: (x) => gelu(x),
  "gelu tanh": (x) => gelu(x, { approximate: true }),
  hardSigmoid: (x) => hardSigmoid(x, { alpha: 1 / 6 }),
  leakyRelu: (x) => leakyRelu(x),
  mish,
  relu6,
  selu,
  softplus,
  softsign,
  swish,
  thresholdedRelu: (x) => thresholdedRelu(x),
};

describe("PyTorch's numbers", () => {
  describeKernelSets("operations", () => {
    test.each(goldens.activations.map((g) => [g.name, g] as const))("%s", (name, golden) =>
      expectGolden(golden, ({ x }) => activations[name]!(x!)),
    );

    test.each(goldens.layerNorms.map((g) => [g.name, g] as const))("LayerNorm: %s", (_, golden) =>
      expectGolden(golden, ({ x, ...operands }) =>
        layerNorm(x!, { ...operands, epsilon: golden.epsilon }),
      ),
    );

    test.each(goldens.embeddings.map((g) => [g.name, g] as const))("Embedding: %s", (_, golden) =>
      expectGolden(golden, ({ weight }) =>
        embedding(weight!, golden.indices as Indices, {
          paddingIndex: golden.paddingIndex ?? undefined,
        }),
      ),
    );

    test.each(goldens.products.map((g) => [g.name, g] as const))("matmul of %s", (_, golden) =>
      expectGolden(golden, ({ a, b }) => matmul(a!, b!)),
    );
  });
});
