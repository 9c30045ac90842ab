import {
  add,
  Cell,
  type Flow,
  Layer,
  matmul,
  mul,
  type Parameter,
  parameter,
  type Run,
  type Tensor,
  tensor,
} from "gatewise";
import { expect } from "vitest";
import { expectClose, type Tolerance } from "../close.ts";
import { classOf, goldenWeights, type LayerSpec, layerOf, runLayer } from "./keras-weights.ts";
import { type Adapter, type GoldenTensor, numbersOf, tensorOf } from "./suite.ts";

interface KerasCase {
  readonly layer: LayerSpec;
  readonly calls: readonly {
    readonly inputs: GoldenTensor;
    readonly mask?: GoldenTensor;
    readonly initial_state?: readonly GoldenTensor[];
  }[];
  /** Of the last call; output 0 is the output, those after it are states. */
  readonly expected: readonly {
    readonly output_index: number;
    readonly batch_index?: number;
    readonly value: GoldenTensor;
  }[];
  readonly tolerance: Tolerance;
}

/** rnn_test.py's linear cell: output = state = x K + h R. */
class OneState extends Cell<Tensor> {
  readonly stateSize: number;
  readonly outputSize: number;
  readonly kernel: Parameter;
  readonly recurrent: Parameter;

  constructor({ kernel, recurrent_kernel }: Record<string, GoldenTensor>) {
    super(kernel!.shape[0]!);
    this.outputSize = this.stateSize = kernel!.shape[1]!;
    this.kernel = parameter(tensorOf(kernel!));
    this.recurrent = parameter(tensorOf(recurrent_kernel!));
  }

  call(x: Tensor, h: Tensor): [Tensor, Tensor] {
    const next = add(matmul(x, this.kernel), matmul(h, this.recurrent));
    return [next, next];
  }
}

/** rnn_test.py's cell of two states, each x K + h R of its own, h the first of them for both; the output is their sum. */
class TwoStates extends Cell<[Tensor, Tensor]> {
  readonly stateSize: [number, number];
  readonly outputSize: number;
  readonly kernel: Parameter;
  readonly first: Parameter;
  readonly second: Parameter;

  constructor({ kernel, recurrent_kernel_1, recurrent_kernel_2 }: Record<string, GoldenTensor>) {
    super(kernel!.shape[0]!);
    this.outputSize = kernel!.shape[1]!;
    this.stateSize = [this.outputSize, this.outputSize];
    this.kernel = parameter(tensorOf(kernel!));
    this.first = parameter(tensorOf(recurrent_kernel_1!));
    this.second = parameter(tensorOf(recurrent_kernel_2!));
  }

  call(x: Tensor, [h]: [Tensor, Tensor]): [Tensor, [Tensor, Tensor]] {
    const fromX = matmul(x, this.kernel);
    const next: [Tensor, Tensor] = [
      add(fromX, matmul(h, this.first)),
      add(fromX, matmul(h, this.second)),
    ];
    return [add(...next), next];
  }
}

/** time_distributed_test.py's layer: a dense one whose outputs are zeros where the step does not count. */
class MaskedDense extends Layer {
  readonly layer: Layer;

  constructor(layer: Layer) {
    super("MaskedDense");
    this.layer = layer;
  }

  shapeAfter(inputShape: readonly (number | null)[]): readonly (number | null)[] {
    return this.layer.shapeAfter(inputShape);
  }

  protected override create(inputShape: readonly (number | null)[]): void {
    this.layer.build(inputShape);
  }

  call({ x, mask }: Flow, run: Run): Flow {
    const y = this.layer.call({ x }, run).x;
    const rows = Array.from(mask!.steps, (step) => new Array<number>(y.shape[1]!).fill(step));
    return { x: mul(y, tensor(rows)), mask };
  }
}

const own = {
  cell({ weights, ...spec }: LayerSpec) {
    if (classOf(spec) === "OneStateRNNCell")
      return new OneState(weights!) as unknown as Cell<never>;
    if (classOf(spec) === "TwoStatesRNNCell")
      return new TwoStates(weights!) as unknown as Cell<never>;
    return undefined;
  },
  layer(spec: LayerSpec) {
    return classOf(spec) === "MaskedDense"
      ? new MaskedDense(layerOf(spec.config.layer as LayerSpec))
      : undefined;
  },
};

/** Keras 3's tests of its recurrent layers and of TimeDistributed. */
export const keras: Adapter = {
  skip: () => undefined,
  run(golden) {
    const { layer: spec, calls, expected, tolerance } = golden as unknown as KerasCase;
    const layer = layerOf(spec, spec.weights, own);
    const outputs = runLayer(
      layer,
      goldenWeights(spec),
      calls.map(({ inputs: x, mask, initial_state: initialState }) => ({ x, mask, initialState })),
    );
    for (const { output_index, batch_index, value } of expected) {
      const whole = outputs[output_index]!;
      const label = `output ${output_index}`;
      const [first, size] =
        batch_index === undefined
          ? [0, whole.size]
          : [batch_index * numbersOf(value).length, numbersOf(value).length];
      expect(batch_index === undefined ? whole.shape : whole.shape.slice(1), label).toEqual(
        value.shape,
      );
      expectClose(whole.data.subarray(first, first + size), numbersOf(value), tolerance, label);
    }
  },
};
