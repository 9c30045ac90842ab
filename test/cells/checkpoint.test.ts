import {
  add,
  bidirectionalDynamicRNN,
  DropoutWrapper,
  dynamicRNN,
  GRU,
  GRUCell,
  init,
  LSTM,
  LSTMCell,
  MultiRNNCell,
  mse,
  ResidualWrapper,
  RNN,
  randn,
  stackBidirectionalDynamicRNN,
  sum,
  type Tensor,
  valueAndGrad,
} from "gatewise";
import { jsKernels } from "gatewise/js";
import { describe, expect, it, vi } from "vitest";
import { runtime } from "../../bindings/core/runtime.ts";
import { expectClose } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";

const lengths = [23, 9, 0, 10, 1];
const x = randn([5, 23, 3], { seed: 1 });
const up = randn([5, 23, 10], { seed: 2 });

const layers = {
  "RNN tanh": () => new RNN(3, 5, { seed: 3, bidirectional: true }),
  "RNN relu": () => new RNN(3, 5, { seed: 3, bidirectional: true, nonlinearity: "relu" }),
  LSTM: () => new LSTM(3, 5, { seed: 3, numLayers: 2, bidirectional: true }),
  GRU: () => new GRU(3, 5, { seed: 3, bidirectional: true }),
  "GRU reset before": () => new GRU(3, 5, { seed: 3, bidirectional: true, resetAfter: false }),
};

/** Loss, outputs and every gradient of a layer. */
function run(layer: RNN | LSTM | GRU, checkpointEvery?: number): Record<string, Float32Array> {
  const { value, gradients } = valueAndGrad(
    () => {
      const options = checkpointEvery === undefined ? { lengths } : { lengths, checkpointEvery };
      const { output, state } = (layer as GRU).forward(x, undefined, options);
      const parts: Tensor[] = Object.values("shape" in state ? { state } : state);
      const loss = parts.reduce((l, s) => add(l, sum(s)), mse(output, up));
      return { loss, output };
    },
    { x, ...layer.parameters() },
  );
  const found: Record<string, Float32Array> = { output: value.output.data };
  for (const [name, g] of Object.entries(gradients)) found[name] = g.data;
  return found;
}

describeKernelSets("checkpointEvery", (set) => {
  it.each(Object.entries(layers))("%s: recomputing gives what storing gives", (_, create) => {
    const layer = create();
    const whole = run(layer);
    expect(whole.x!.some((v) => v !== 0)).toBe(true);
    for (const every of [1, 4, 9, 22, 23, 100]) {
      const parts = run(layer, every);
      for (const [name, values] of Object.entries(whole)) {
        const what = `${name}, checkpointEvery ${every}`;
        // Decision 7; the plain-TypeScript kernels round sums over time once a block (decisions/0003).
        if (set === "wasm") expect(parts[name], what).toEqual(values);
        else expectClose(parts[name]!, values, { atol: 1e-6, rtol: 1e-5 }, what);
      }
    }
  });

  it("passes through stacks and keeps initial states' gradients", () => {
    const stack = new MultiRNNCell([
      new LSTMCell(3, 4, { seed: 1 }),
      new GRUCell(4, 5, { seed: 2 }),
    ]);
    const initialState = [
      { h: randn([5, 4], { seed: 4 }), c: randn([5, 4], { seed: 5 }) },
      randn([5, 5], { seed: 6 }),
    ] as const;
    const grads = (checkpointEvery?: number): Float32Array[] =>
      Object.values(
        valueAndGrad(
          () =>
            sum(
              dynamicRNN(stack, x, { initialState, checkpointEvery, sequenceLength: lengths })
                .outputs,
            ),
          { h: initialState[0].h, c: initialState[0].c, g: initialState[1] },
        ).gradients,
      ).map((g) => g.data);
    const whole = grads();
    grads(6).forEach((g, i) => {
      expectClose(g, whole[i]!, { atol: 1e-6, rtol: 1e-5 }, `initial state ${i}`);
    });
  });
});

describe("checkpointEvery", () => {
  it("is a whole number of at least 1", () => {
    const layer = new GRU(3, 5);
    for (const wrong of [0, -1, 1.5, Number.NaN])
      expect(() => layer.forward(x, undefined, { checkpointEvery: wrong })).toThrow(RangeError);
  });

  it("is refused by name for cells that go step by step, before dropout has drawn anything", () => {
    const refused = (where: string) => [
      RangeError,
      `${where}: expected checkpointEvery with cells that have a kernel for whole sequences only, got a cell that goes step by step`,
    ];
    const thrown = (f: () => unknown): unknown[] => {
      try {
        f();
      } catch (error) {
        return [(error as Error).constructor, (error as Error).message];
      }
      return [];
    };
    const peeping = (inputSize: number) => new LSTMCell(inputSize, 5, { peepholes: true });
    const every = { checkpointEvery: 8 };
    const dropping = new DropoutWrapper(new MultiRNNCell([new GRUCell(3, 3), peeping(3)]), {
      inputDropout: 0.5,
      seed: 1,
    });
    const before = dropping.streams.state;
    const cases: [string, () => unknown][] = [
      ["LSTM.forward", () => new LSTM(3, 5, { projSize: 2 }).forward(x, undefined, every)],
      ["dynamicRNN", () => dynamicRNN(peeping(3), x, { checkpointEvery: 100 })],
      [
        "dynamicRNN",
        () => dynamicRNN(new ResidualWrapper(new GRUCell(3, 3, { clip: 1 })), x, every),
      ],
      [
        "dynamicRNN",
        () =>
          valueAndGrad(() => sum(dynamicRNN(dropping, x, every).outputs), dropping.parameters()),
      ],
      [
        "bidirectionalDynamicRNN",
        () => bidirectionalDynamicRNN(new LSTMCell(3, 5), peeping(3), x, every),
      ],
      [
        "stackBidirectionalDynamicRNN",
        () =>
          stackBidirectionalDynamicRNN(
            [new GRUCell(3, 4), new GRUCell(8, 4)],
            [new GRUCell(3, 4), new LSTMCell(8, 4, { coupled: true })],
            x,
            every,
          ),
      ],
    ];
    for (const [where, f] of cases) expect(thrown(f)).toEqual(refused(where));
    expect(dropping.streams.state).toEqual(before);
  });

  it("makes a part of every so many steps, whatever was laid out before", async () => {
    await init({ kernels: jsKernels, replace: true });
    const [layer, cell] = [new GRU(3, 5, { seed: 1 }), new GRUCell(3, 5, { seed: 1 })];
    const passes = vi.spyOn(runtime().kernels, "gru_sequence_forward");
    for (const [checkpointEvery, parts] of [
      [undefined, 1],
      [5, 5],
      [23, 1],
      [8, 3],
    ] as const) {
      passes.mockClear();
      layer.forward(x, undefined, checkpointEvery === undefined ? {} : { checkpointEvery });
      expect(passes).toHaveBeenCalledTimes(parts);
      dynamicRNN(cell, x, { checkpointEvery });
      expect(passes).toHaveBeenCalledTimes(2 * parts);
    }
  });
});
