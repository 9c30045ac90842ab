import { GRUCell, LSTMCell, layers, RNNCell, type Tensor, tensor } from "gatewise";
import { expect, test } from "vitest";
import { type Numbers, rowStates, weightsOf } from "../cells/oracle.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import {
  gruAfter,
  gruBefore,
  join,
  lstm,
  type ReferenceCell,
  rnnRelu,
  rnnTanh,
  sequencesOf,
} from "../reference/cells.ts";
import { type MaskRows, maskRows, unrollMasked } from "../reference/masked.ts";
import { random, uniform } from "../reference/random.ts";

interface Kind {
  readonly name: string;
  readonly reference: ReferenceCell;
  /** For each of Keras' gates which one it is of ours. */
  readonly order: readonly number[];
  /** Whether the product with the state has a bias of its own. */
  readonly twoBiases: boolean;
  readonly make: (options: object) => ReturnType<typeof layers.gru | typeof layers.lstm>;
}

const kinds: readonly Kind[] = [
  {
    name: "simpleRNN",
    reference: rnnTanh,
    order: [0],
    twoBiases: false,
    make: (o) => layers.simpleRNN(o as never),
  },
  {
    name: "simpleRNN relu",
    reference: rnnRelu,
    order: [0],
    twoBiases: false,
    make: (o) => layers.simpleRNN({ ...o, activation: "relu" } as never),
  },
  {
    name: "lstm",
    reference: lstm,
    order: [0, 1, 2, 3],
    twoBiases: false,
    make: (o) => layers.lstm(o as never),
  },
  {
    name: "gru",
    reference: gruAfter,
    order: [1, 0, 2],
    twoBiases: true,
    make: (o) => layers.gru(o as never),
  },
  {
    name: "gru, reset before",
    reference: gruBefore,
    order: [1, 0, 2],
    twoBiases: false,
    make: (o) => layers.gru({ ...o, resetAfter: false } as never),
  },
];

/** Rows [G·H] of n numbers as Keras has them, [n, G·H] with its order of gates. */
function asKeras(rows: Float64Array, n: number, order: readonly number[]): number[][] {
  const size = rows.length / n / order.length;
  return Array.from({ length: n }, (_, i) =>
    order.flatMap((gate) =>
      Array.from({ length: size }, (_, j) => rows[(gate * size + j) * n + i]!),
    ),
  );
}

/** Weights in our layout, the second bias zeros where Keras has one only. */
function randomNumbers(
  { reference, twoBiases }: Kind,
  I: number,
  H: number,
  seed: number,
): Numbers {
  const rows = reference.gates * H;
  return {
    weight_ih: uniform(rows * I, seed),
    weight_hh: uniform(rows * H, seed + 1),
    bias_ih: uniform(rows, seed + 2),
    bias_hh: twoBiases ? uniform(rows, seed + 3) : new Float64Array(rows),
  };
}

function kerasWeights(
  { order, twoBiases }: Kind,
  numbers: Numbers,
  I: number,
  H: number,
): Tensor[] {
  const [bias, recurrent] = [numbers.bias_ih!, numbers.bias_hh!].map(
    (b) => asKeras(b, 1, order)[0]!,
  );
  return [
    tensor(asKeras(numbers.weight_ih!, I, order)),
    tensor(asKeras(numbers.weight_hh!, H, order)),
    tensor(twoBiases ? [bias!, recurrent!] : bias!),
  ];
}

interface Shape {
  readonly I: number;
  readonly H: number;
  readonly B: number;
  readonly T: number;
  readonly masked: boolean;
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
}

const sizes = [
  { I: 3, H: 4, B: 5, T: 4 },
  { I: 4, H: 3, B: 4, T: 8 },
  { I: 1, H: 5, B: 5, T: 5 },
  { I: 5, H: 1, B: 3, T: 9 },
  { I: 8, H: 9, B: 1, T: 3 },
];

const shapes: Shape[] = sizes.flatMap((size, i) =>
  [0, 1].map((half) => ({
    ...size,
    masked: (i + half) % 4 !== 0,
    goBackwards: (i + half) % 2 === 1,
    returnSequences: half === 0,
  })),
);

const label = ({ I, H, B, T, ...flags }: Shape): string =>
  [
    `I=${I} H=${H} B=${B} T=${T}`,
    ...Object.entries(flags).flatMap(([k, on]) => (on ? [k] : [])),
  ].join(" ");

/** What the layer puts out, and its last state by name. */
const results = (run: { output: Tensor; state: unknown }): Record<string, Tensor> => {
  const { state } = run;
  const parts =
    state instanceof Object && "c" in state
      ? (state as Record<string, Tensor>)
      : { h: state as Tensor };
  return { output: run.output, ...parts };
};

function reference(kind: Kind, shape: Shape, numbers: Numbers, mask: MaskRows | undefined) {
  const { I, H, T, goBackwards: backwards, returnSequences } = shape;
  const { outputs, state } = unrollMasked(
    kind.reference,
    weightsOf(numbers, I, H),
    sequencesOf(numbers.x!, T, I),
    rowStates(numbers, H),
    { mask, backwards },
  );
  const found: Record<string, Float64Array> = {
    output: join(outputs.map((rows) => (returnSequences ? join(rows) : rows.at(-1)!))),
    h: join(state.map(({ h }) => h)),
  };
  if (state[0]!.c) found.c = join(state.map(({ c }) => c!));
  return found;
}

const total = (sizes: readonly number[]): number => sizes.reduce((sum, n) => sum + n, 0);

/** 1, 2, 3, ... */
const counted = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i + 1);

describeKernelSets("recurrent layers", () => {
  for (const kind of kinds) {
    test.each(shapes.map((shape) => [label(shape), shape] as const))(
      `${kind.name}, as Keras' steps, and gradients: %s`,
      (name, shape) => {
        const { I, H, B, T, masked, goBackwards, returnSequences } = shape;
        const layer = kind.make({ units: H, goBackwards, returnSequences });
        layer.build([null, null, I]);
        const numbers = randomNumbers(kind, I, H, 5);
        layer.setWeights(kerasWeights(kind, numbers, I, H));
        numbers.x = uniform(B * T * I, 11);
        numbers.h = uniform(B * H, 12);
        if (kind.reference.stateNames.includes("c")) numbers.c = uniform(B * H, 13);
        const targets: Record<string, Tensor> = { ...layer.cell!.parameters() };
        targets.x = tensor(Float32Array.from(numbers.x), [B, T, I]);
        for (const part of kind.reference.stateNames)
          targets[part] = tensor(Float32Array.from(numbers[part]!), [B, H]);
        if (!kind.twoBiases) delete numbers.bias_hh;
        const mask = masked ? maskRows(B, T, random(17)) : undefined;
        expectForwardAndGradients({
          label: name,
          numbers,
          targets,
          forward: () => {
            const initialState = targets.c ? { h: targets.h!, c: targets.c } : targets.h!;
            return results(layer.apply(targets.x!, { mask, initialState } as never));
          },
          reference: () => reference(kind, shape, numbers, mask),
        });
      },
    );

    test(`${kind.name}: weights come back as they were given, in Keras' layout`, () => {
      const layer = kind.make({ units: 5 });
      layer.build([null, null, 3]);
      const weights = kerasWeights(kind, randomNumbers(kind, 3, 5, 1), 3, 5);
      layer.setWeights(weights);
      expect(layer.getWeights().map(({ shape }) => shape)).toEqual(
        weights.map(({ shape }) => shape),
      );
      expect(layer.getWeights().map(({ data }) => data)).toEqual(weights.map(({ data }) => data));
    });

    test(`${kind.name}: stateful layers go on where the batch before ended`, () => {
      const x = tensor(Float32Array.from(uniform(2 * 6 * 3, 3)), [2, 6, 3]);
      const options = { units: 4, seed: 9 };
      const whole = kind.make({ ...options, returnSequences: true }).apply(x).output;
      const parts = kind.make({ ...options, returnSequences: true, stateful: true });
      const [first, second] = [0, 3].map(
        (from) => parts.apply(x.slice([0, from, 0], [-1, 3, -1])).output,
      );
      expect(first!.toArray()).toEqual(whole.slice([0, 0, 0], [-1, 3, -1]).toArray());
      expect(second!.toArray()).toEqual(whole.slice([0, 3, 0], [-1, 3, -1]).toArray());
      parts.resetStates();
      const again = parts.apply(x.slice([0, 0, 0], [-1, 3, -1])).output;
      expect(again.data).toEqual(first!.data);
      const saved = parts.saveStates();
      parts.apply(x);
      parts.loadStates(saved);
      expect(parts.apply(x.slice([0, 3, 0], [-1, 3, -1])).output.data).toEqual(second!.data);
    });

    test(`${kind.name}: a stateful layer begins from a state that it is given, and goes on from there`, () => {
      const x = tensor(Float32Array.from(uniform(2 * 3 * 3, 3)), [2, 3, 3]);
      const kept = kind.make({ units: 4, seed: 2, stateful: true });
      const fresh = kind.make({ units: 4, seed: 2 });
      const first = kept.apply(x);
      kept.apply(x);
      const initialState = first.state as never;
      const again = kept.apply(x, { initialState });
      const wanted = fresh.apply(x, { initialState });
      expect(again.output.data).toEqual(wanted.output.data);
      const next = fresh.apply(x, { initialState: wanted.state as never });
      expect(kept.apply(x).output.data).toEqual(next.output.data);
    });

    test(`${kind.name}: a batch of another size is refused by a stateful layer, whose state stays`, () => {
      const x = tensor(Float32Array.from(uniform(2 * 3 * 3, 3)), [2, 3, 3]);
      const one = x.slice([0, 0, 0], [1, -1, -1]);
      const [layer, twin] = [0, 1].map(() => kind.make({ units: 4, seed: 2, stateful: true }));
      for (const each of [layer!, twin!]) each.apply(x);
      expect(() => layer!.apply(one)).toThrow(
        /expected a batch of 2 sequences, being stateful, got 1/,
      );
      expect(() => layer!.call({ x: one }, { training: false })).toThrow(/a batch of 2 sequences/);
      expect(layer!.apply(x).output.data).toEqual(twin!.apply(x).output.data);
    });
  }

  test("rnn: a cell, and a stack of cells, with masks", () => {
    const cells = [new LSTMCell(3, 5, { seed: 1 }), new GRUCell(5, 4, { seed: 2 })];
    const x = tensor(Float32Array.from(uniform(3 * 4 * 3, 1)), [3, 4, 3]);
    const stack = layers.rnn({ cell: cells as never, returnSequences: true });
    const { output, state } = stack.apply(x, {
      mask: [
        [1, 1, 0, 0],
        [0, 1, 1, 1],
        [1, 1, 1, 1],
      ],
    });
    const short = layers.rnn({ cell: cells as never }).apply(x.slice([0, 0, 0], [1, 2, -1]));
    const [, , held, end] = output.slice([0, 0, 0], [1, -1, -1]).reshape([4, 4]).toArray();
    expect(held).toEqual(short.output.toArray()[0]);
    expect(end).toEqual(held);
    expect(output.toArray()[1][0]).toEqual([0, 0, 0, 0]);
    const [{ c }, h] = state as never as [{ c: Tensor }, Tensor];
    expect([c.shape, h.shape]).toEqual([
      [3, 5],
      [3, 4],
    ]);
    expect(h.toArray()[0]).toEqual(end);
    expect(stack.getWeights().map(({ shape }) => shape)).toEqual([
      [3, 20],
      [5, 20],
      [2, 20],
      [5, 12],
      [4, 12],
      [2, 12],
    ]);
  });

  test("rnn: weights that Keras does not know come behind those that it does", () => {
    const cell = new LSTMCell(2, 4, { projSize: 3, peepholes: true });
    const layer = layers.rnn({ cell });
    layer.build([null, null, 2]);
    const weights = layer.getWeights();
    expect(weights.map(({ shape }) => shape)).toEqual([[2, 16], [3, 16], [2, 16], [3, 4], [12]]);
    const others = layers.rnn({ cell: new LSTMCell(2, 4, { projSize: 3, peepholes: true }) });
    others.build([null, null, 2]);
    others.setWeights(weights);
    const x = tensor(Float32Array.from(uniform(2 * 3 * 2, 1)), [2, 3, 2]);
    expect(others.apply(x).output.data).toEqual(layer.apply(x).output.data);
  });

  test.each([
    ["RNN", RNNCell],
    ["LSTM", LSTMCell],
    ["GRU", GRUCell],
  ] as const)(
    "rnn: every parameter of an %s cell is a weight, whichever biases it has",
    (_, Cell) => {
      for (const bias of [true, false])
        for (const recurrentBias of [true, false]) {
          const layer = layers.rnn({ cell: new Cell(3, 4, { bias, recurrentBias }) as never });
          layer.build([null, 5, 3]);
          const sizes = Object.values(layer.parameters()).map(({ size }) => size);
          const weights = layer.getWeights();
          expect(total(weights.map(({ size }) => size))).toBe(total(sizes));
          layer.setWeights(weights.map(({ size, shape }) => tensor(counted(size), shape)));
          const values = Object.values(layer.parameters()).flatMap(({ data }) => [...data]);
          expect(values).not.toContain(0);
        }
    },
  );

  test("returnState puts states behind the output: Keras' order", () => {
    const x = tensor(Float32Array.from(uniform(12, 1)), [2, 2, 3]);
    const layer = layers.lstm({ units: 4, returnState: true, seed: 1 });
    const { state, output } = layer.apply(x);
    const { more } = layer.call({ x }, { training: false });
    expect(more!.map(({ data }) => data)).toEqual([state.h.data, state.c.data]);
    expect(output.data).toEqual(state.h.data);
  });

  test("mask of a sequence output goes on, that of a last output ends", () => {
    const x = tensor(Float32Array.from(uniform(12, 1)), [2, 2, 3]);
    const mask = [
      [true, false],
      [true, true],
    ];
    expect(layers.gru({ units: 2, returnSequences: true }).apply(x, { mask }).mask!.steps).toEqual(
      Uint8Array.of(1, 0, 1, 1),
    );
    expect(layers.gru({ units: 2 }).apply(x, { mask }).mask).toBeUndefined();
  });

  test("dropout drops the same features at every step of a sequence, in training only", () => {
    const [B, T, I] = [4, 5, 40];
    // A linear unit whose kernel is the identity and whose state counts for nothing shows what came in.
    const layer = layers.simpleRNN({
      units: I,
      activation: "linear",
      kernelInitializer: "identity",
      recurrentInitializer: "zeros",
      returnSequences: true,
      dropout: 0.5,
      seed: 4,
    });
    const x = tensor(new Float32Array(B * T * I).fill(1), [B, T, I]);
    expect(new Set(layer.apply(x).output.data)).toEqual(new Set([1]));
    const draw = (): number[][][] => layer.apply(x, { training: true }).output.toArray();
    const seen = draw();
    for (const steps of seen) {
      expect(new Set(steps.flat())).toEqual(new Set([0, 2]));
      for (const step of steps) expect(step).toEqual(steps[0]);
    }
    expect(seen[1]).not.toEqual(seen[0]);
    expect(draw()).not.toEqual(seen);
  });

  test("dropout with a mask: the choice stays with the sequence", () => {
    const I = 30;
    const layer = layers.simpleRNN({
      units: I,
      activation: "linear",
      kernelInitializer: "identity",
      recurrentInitializer: "zeros",
      returnSequences: true,
      dropout: 0.5,
      seed: 4,
    });
    const x = tensor(new Float32Array(2 * 3 * I).fill(1), [2, 3, I]);
    const mask = [
      [0, 1, 1],
      [1, 1, 1],
    ];
    const [first, second] = layer.apply(x, { training: true, mask }).output.toArray();
    expect(first[0]).toEqual(new Array(I).fill(0));
    expect(first[2]).toEqual(first[1]);
    expect(second[2]).toEqual(second[0]);
    expect(second[0]).not.toEqual(first[1]);
  });

  test("recurrentDropout: the product with h sees the same features at every step; the state itself keeps all", () => {
    const H = 40;
    // h' = h R + b with R the identity: 1, then 1 + what is seen of it (0 or 2), then 1 + (0 or 2 times that).
    const layer = layers.simpleRNN({
      units: H,
      activation: "linear",
      kernelInitializer: "zeros",
      recurrentInitializer: "identity",
      biasInitializer: "ones",
      returnSequences: true,
      recurrentDropout: 0.5,
      seed: 4,
    });
    const x = tensor(new Float32Array(2 * 3), [2, 3, 1]);
    for (const steps of layer.apply(x, { training: true }).output.toArray()) {
      expect(steps[0]).toEqual(new Array(H).fill(1));
      expect(new Set(steps[1])).toEqual(new Set([1, 3]));
      expect(steps[2]).toEqual(steps[1].map((v: number) => (v === 3 ? 7 : 1)));
    }
  });

  test("a seed gives the same weights, another one others; bidirectional halves differ", () => {
    const weights = (seed?: number) => {
      const layer = layers.bidirectional({
        layer: layers.lstm({ units: 3, ...(seed !== undefined && { seed }) }),
      });
      layer.build([null, 2, 4]);
      return layer.getWeights().map((w) => [...w.data]);
    };
    expect(weights(3)).toEqual(weights(3));
    expect(weights(4)).not.toEqual(weights(3));
    const [kernel, , , backward] = weights(3);
    expect(backward).not.toEqual(kernel);
  });

  test("an LSTM begins as Keras': Glorot uniform, orthogonal, forget bias 1", () => {
    const layer = layers.lstm({ units: 3, seed: 1 });
    layer.build([null, null, 4]);
    const [kernel, recurrent, bias] = layer.getWeights();
    const limit = Math.sqrt(6 / (4 + 12));
    expect(Math.max(...kernel!.data.map(Math.abs))).toBeLessThanOrEqual(limit);
    const rows: number[][] = recurrent!.toArray();
    rows.forEach((a, i) => {
      rows.forEach((b, j) => {
        const product = a.reduce((sum, v, k) => sum + v * b[k]!, 0);
        expect(Math.abs(product - Number(i === j))).toBeLessThan(1e-6);
      });
    });
    expect([...bias!.data]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    const plain = layers.lstm({ units: 3, unitForgetBias: false });
    plain.build([null, null, 4]);
    expect(new Set(plain.getWeights()[2]!.data)).toEqual(new Set([0]));
  });
});
