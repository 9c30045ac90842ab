import {
  type ActivationFunction,
  type Cell,
  dynamicRNN,
  GRUCell,
  type GRUCellOptions,
  LayerNormGRUCell,
  LayerNormLSTMCell,
  LayerNormRNNCell,
  LSTMCell,
  type LSTMCellOptions,
  RNNCell,
  type RNNCellOptions,
  relu,
  sigmoid,
  slice,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "gatewise";
import { expect, test } from "vitest";
import { expectClose } from "../close.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import {
  type FlatWeights,
  gruStep,
  logistic,
  lstmStep,
  type ReferenceOptions,
  rnnStep,
} from "../reference/cell-options.ts";
import { join, rowsOf, sequencesOf, type Vector } from "../reference/cells.ts";
import { uniform } from "../reference/random.ts";
import { partsOf, stateOf } from "./oracle.ts";
import type { State } from "./registry.ts";
import { Unfused } from "./unfused.ts";

type Step = (
  w: FlatWeights,
  options: ReferenceOptions,
  x: Vector,
  h: Vector,
  c: Vector,
) => { h: Vector; c?: Vector };

interface Variant {
  readonly name: string;
  readonly make: (I: number, H: number) => Cell<State>;
  readonly step: Step;
  readonly options: ReferenceOptions;
  readonly fused?: boolean;
}

const rectify = (v: number): number => Math.max(v, 0);
const functions = new Map([
  [tanh, Math.tanh],
  [sigmoid, logistic],
  [relu, rectify],
]);

/** The reference's options: the same numbers, the same functions of one number. */
const inNumbers = (options: object): ReferenceOptions =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, functions.get(value) ?? value]),
  );

const lstm = (name: string, o: LSTMCellOptions, fused = false): Variant => ({
  name: `LSTM ${name}`,
  make: (I, H) => new LSTMCell(I, H, o) as Cell<State>,
  step: lstmStep,
  options: inNumbers(o),
  fused,
});
const gru = (name: string, o: GRUCellOptions, fused = false): Variant => ({
  name: `GRU ${name}`,
  make: (I, H) => new GRUCell(I, H, o) as Cell<State>,
  step: gruStep,
  options: inNumbers(o),
  fused,
});
const rnn = (name: string, o: RNNCellOptions): Variant => ({
  name: `RNN ${name}`,
  make: (I, H) => new RNNCell(I, H, o) as Cell<State>,
  step: rnnStep,
  options: inNumbers(o),
});

const before = { resetAfter: false } as const;
const variants: readonly Variant[] = [
  lstm("with a forget bias", { forgetBias: 0.7 }, true),
  lstm("with one bias", { recurrentBias: false, forgetBias: -0.4 }, true),
  lstm("projected", { projSize: 3 }),
  lstm("with peepholes", { peepholes: true }),
  lstm("with coupled gates", { coupled: true }),
  lstm("with clipped gates", { clip: 0.4 }),
  lstm("with a clipped cell", { cellClip: 0.3 }),
  lstm("with other activations", { activation: relu, recurrentActivation: tanh }),
  lstm("with another activation on the way out", { outputActivation: sigmoid }),
  lstm("with everything", {
    projSize: 2,
    peepholes: true,
    coupled: true,
    clip: 0.8,
    cellClip: 0.5,
    forgetBias: 1,
    recurrentBias: false,
    activation: sigmoid,
    outputActivation: tanh,
  }),
  gru("with one bias", { recurrentBias: false }, true),
  gru("with clipped gates", { clip: 0.4 }),
  gru("with clipped gates, reset before", { clip: 0.4, ...before }),
  gru("with other activations", { activation: relu, recurrentActivation: tanh }),
  gru("with other activations, reset before", { activation: sigmoid, ...before }),
  rnn("with clipped sums", { clip: 0.3 }),
  rnn("with another activation", { activation: sigmoid }),
  {
    ...lstm("with layer normalisation", {}),
    make: (i, h) => new LayerNormLSTMCell(i, h) as Cell<State>,
  },
  {
    ...gru("with layer normalisation", {}),
    make: (i, h) => new LayerNormGRUCell(i, h) as Cell<State>,
  },
  {
    ...rnn("with layer normalisation", { activation: relu }),
    make: (i, h) => new LayerNormRNNCell(i, h, { nonlinearity: "relu" }) as Cell<State>,
  },
];

const [B, T, I, H] = [3, 4, 5, 6];
const lengths = [2, 4, 3];

/** Unrolls the reference over ragged sequences. */
function unrollReference({ step, options }: Variant, n: FlatWeights): Record<string, Vector> {
  const inputs = sequencesOf(n.x!, T, I);
  const size = n.h!.length / B;
  const states = inputs.map((x, b) => {
    let h = rowsOf(n.h!, size)[b]!;
    let c = n.c ? rowsOf(n.c, H)[b]! : new Float64Array(0);
    const outputs = x.map((row, t) => {
      if (t >= lengths[b]!) return new Float64Array(size);
      const next = step(n, options, row, h, c);
      h = next.h;
      c = next.c ?? c;
      return h;
    });
    return { outputs: join(outputs), h, c };
  });
  return {
    outputs: join(states.map((s) => s.outputs)),
    last_h: join(states.map((s) => s.h)),
    ...(n.c && { last_c: join(states.map((s) => s.c)) }),
  };
}

function numbersFor(cell: Cell<State>): Record<string, Float64Array> {
  const parameters = Object.entries(cell.parameters()).map(
    ([name, p], k) => [name, uniform(p.size, 70 + k, -0.8, 0.8)] as const,
  );
  const states = Object.entries(partsOf(cell.zeroState(B))).map(
    ([name, s], k) => [name, uniform(s.size, 90 + k, -0.6, 0.6)] as const,
  );
  return Object.fromEntries([["x", uniform(B * T * I, 60, -1, 1)], ...states, ...parameters]);
}

function check(variant: Variant, wrap: (cell: Cell<State>) => Cell<State>): void {
  const cell = variant.make(I, H);
  const numbers = numbersFor(cell);
  const targets: Record<string, Tensor> = {
    x: tensor(Float32Array.from(numbers.x!), [B, T, I]),
    ...Object.fromEntries(
      Object.entries(partsOf(cell.zeroState(B))).map(([name, { shape }]) => [
        name,
        tensor(Float32Array.from(numbers[name]!), shape),
      ]),
    ),
    ...cell.parameters(),
  };
  for (const [name, p] of Object.entries(cell.parameters()))
    p.assign(Float32Array.from(numbers[name]!));
  const rounded = Object.fromEntries(
    Object.entries(numbers).map(([name, v]) => [name, Float64Array.from(Float32Array.from(v))]),
  );
  expectForwardAndGradients({
    label: variant.name,
    numbers: rounded,
    targets,
    reference: () => unrollReference(variant, rounded),
    forward: () => {
      const parts: Record<string, Tensor> = { h: targets.h!, ...(targets.c && { c: targets.c }) };
      const run = dynamicRNN(wrap(cell), targets.x!, {
        sequenceLength: lengths,
        initialState: stateOf(parts),
      });
      const last = Object.entries(partsOf(run.state)).map(([name, s]) => [`last_${name}`, s]);
      return { outputs: run.outputs, ...Object.fromEntries(last) };
    },
  });
}

describeKernelSets("cells with options", () => {
  test.each(variants.map((v) => [v.name, v] as const))(
    "%s gives what the equations give, and their gradients, unrolled and step by step",
    (_, variant) => {
      check(variant, (cell) => cell);
      check(variant, (cell) => new Unfused(cell));
    },
  );

  test("options that the kernels have keep the whole sequence in one call", () => {
    for (const { name, make, fused = false } of variants)
      expect((make(I, H) as LSTMCell).fused !== undefined, name).toBe(fused);
  });

  test("a limit that nothing reaches changes nothing", () => {
    const x = tensor(uniform(B * T * I, 5), [B, T, I]);
    const run = (options: LSTMCellOptions) =>
      dynamicRNN(new LSTMCell(I, H, { seed: 3, ...options }), x).outputs.data;
    expectClose(run({ clip: 50, cellClip: 50 }), run({}), { atol: 1e-6, rtol: 0 }, "outputs");
  });

  test("an activation of one's own keeps its argument's shape: in every place, unrolled or not", () => {
    const x = tensor(uniform(B * T * I, 5), [B, T, I]);
    const first = tensor(uniform(B * I, 6), [B, I]);
    const scalar = (z: Tensor): Tensor => sum(z);
    const narrow = (z: Tensor): Tensor => slice(z, [0, 0], [-1, 1]);
    const places: [string, (f: ActivationFunction) => Cell<State>][] = [
      ["RNNCell activation", (f) => new RNNCell(I, H, { activation: f }) as Cell<State>],
      ["GRUCell activation", (f) => new GRUCell(I, H, { activation: f }) as Cell<State>],
      [
        "GRUCell recurrentActivation",
        (f) => new GRUCell(I, H, { recurrentActivation: f }) as Cell<State>,
      ],
      ["LSTMCell activation", (f) => new LSTMCell(I, H, { activation: f }) as Cell<State>],
      [
        "LSTMCell recurrentActivation",
        (f) => new LSTMCell(I, H, { recurrentActivation: f }) as Cell<State>,
      ],
      [
        "LSTMCell outputActivation",
        (f) => new LSTMCell(I, H, { outputActivation: f }) as Cell<State>,
      ],
    ];
    for (const [place, make] of places) {
      const [label, name] = place.split(" ");
      for (const f of [scalar, narrow]) {
        const message = new RegExp(
          `^${label}: expected what ${name} returns of shape \\[${B}, \\d+\\], got \\[`,
        );
        const cell = make(f);
        expect(() => dynamicRNN(cell, x), place).toThrow(RangeError);
        expect(() => dynamicRNN(cell, x), place).toThrow(message);
        expect(() => cell.call(first, cell.zeroState(B)), place).toThrow(message);
      }
      const none = make(() => 1 as unknown as Tensor);
      expect(() => dynamicRNN(none, x), place).toThrow(
        new TypeError(`${label}: expected what ${name} returns to be a tensor, got 1`),
      );
    }
  });

  test("parameters come with the options, torch's four first", () => {
    const shapes = (cell: Cell<State>) =>
      Object.entries(cell.parameters()).map(([name, p]) => [name, p.shape]);
    expect(shapes(new LSTMCell(I, H, { projSize: 2, peepholes: true }) as Cell<State>)).toEqual([
      ["weight_ih", [4 * H, I]],
      ["weight_hh", [4 * H, 2]],
      ["bias_ih", [4 * H]],
      ["bias_hh", [4 * H]],
      ["weight_hr", [2, H]],
      ["weight_ch", [3 * H]],
    ]);
    const one = new GRUCell(I, H, { recurrentBias: false });
    expect(Object.keys(one.parameters())).toEqual(["weight_ih", "weight_hh", "bias_ih"]);
    const normalised = new LayerNormLSTMCell(I, H).parameters();
    expect(Object.keys(normalised).slice(4)).toEqual(["gain_ih", "gain_hh", "gain_c", "bias_c"]);
    expect([normalised.gain_c!.data, normalised.bias_c!.data]).toEqual([
      new Float32Array(H).fill(1),
      new Float32Array(H),
    ]);
    expect(() => new LayerNormGRUCell(I, H, { resetAfter: false } as object)).toThrow(TypeError);
  });
});
