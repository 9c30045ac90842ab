import { add, Cell, mean, neg, type Tensor } from "gatewise";
import { expect } from "vitest";
import { expectClose } from "../close.ts";
import { classOf, goldenWeights, type LayerSpec, layerOf, runLayer } from "./keras-weights.ts";
import { type Adapter, type Case, type GoldenTensor, numbersOf } from "./suite.ts";
import { tfjsModels } from "./tfjs-models.ts";

/** A case of one layer. `calls` come one after the other; what is expected is of the last. */
interface LayerCase {
  readonly kind: "layer";
  readonly layer: LayerSpec;
  readonly calls: readonly {
    /** The batch, and initial states after it. */
    readonly inputs: readonly GoldenTensor[];
    readonly kwargs: {
      readonly initialState?: readonly GoldenTensor[];
      readonly mask?: GoldenTensor;
      readonly training?: boolean;
    };
  }[];
  readonly expected: readonly {
    readonly output_index: number;
    readonly value: GoldenTensor;
    readonly atol: number;
  }[];
}

/** recurrent_test.ts's cell: each of its states grows by the mean of the whole batch's inputs, the output is minus the first. */
class CellForTest extends Cell<Tensor[]> {
  readonly stateSize: number[];
  readonly outputSize: number;

  constructor(inputSize: number, stateSize: number[]) {
    super(inputSize);
    this.stateSize = stateSize;
    this.outputSize = stateSize[0]!;
  }

  call(x: Tensor, state: Tensor[]): [Tensor, Tensor[]] {
    const next = state.map((s) => add(s, mean(x)));
    return [neg(next[0]!), next];
  }
}

/** The sizes of its states are nowhere written down but in what goes in and comes out. */
function cellForTest({ calls, expected }: LayerCase): Cell<never> {
  const { inputs, kwargs } = calls[0]!;
  const [x, ...initial] = [...inputs, ...(kwargs.initialState ?? [])];
  const states = expected.filter(({ output_index }) => output_index > 0).map(({ value }) => value);
  const shown = [initial, states, expected.map(({ value }) => value)].find((s) => s.length > 0)!;
  const sizes = shown.map(({ shape }) => shape.at(-1)!);
  return new CellForTest(x!.shape.at(-1)!, sizes) as unknown as Cell<never>;
}

function runLayerCase(golden: LayerCase): void {
  const { layer: spec, calls, expected } = golden;
  const layer = layerOf(spec, spec.weights, {
    cell: (one) => (classOf(one) === "RNNCellForTest" ? cellForTest(golden) : undefined),
  });
  const outputs = runLayer(
    layer,
    goldenWeights(spec),
    calls.map(({ inputs: [x, ...states], kwargs: { mask, training, initialState = states } }) => ({
      x: x!,
      mask,
      training,
      initialState: initialState.length > 0 ? initialState : undefined,
    })),
  );
  for (const { output_index, value, atol } of expected) {
    const label = `output ${output_index}`;
    expect(outputs[output_index]?.shape, label).toEqual(value.shape);
    expectClose(outputs[output_index]!.data, numbersOf(value), { atol, rtol: 0 }, label);
  }
}

const kindOf = (golden: Case): string => (golden as unknown as { kind: string }).kind;

/** TensorFlow.js' tests of its recurrent layers and wrappers: layers by themselves, models, and training. */
export const tfjs: Adapter = {
  skip: (golden) => (kindOf(golden) === "layer" ? undefined : tfjsModels.skip(golden)),
  run(golden) {
    if (kindOf(golden) === "layer") runLayerCase(golden as unknown as LayerCase);
    else tfjsModels.run(golden);
  },
};
