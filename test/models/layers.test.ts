import {
  add,
  type Flow,
  Layer,
  layers,
  matmul,
  mul,
  type NestedArray,
  parameter,
  relu,
  softmax,
  sum,
  type Tensor,
  tanh,
  tensor,
  valueAndGrad,
} from "gatewise";
import { expect, test } from "vitest";
import { expectFloat32 } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { uniform } from "../reference/random.ts";

const random = (shape: number[], seed = 1): Tensor =>
  tensor(
    Float32Array.from(
      uniform(
        shape.reduce((a, b) => a * b),
        seed,
      ),
    ),
    shape,
  );

/** The last sizes of a tensor turned around, step by step. */
const turned = (x: Tensor): NestedArray =>
  (x.toArray() as NestedArray[][]).map((steps) => steps.toReversed());

describeKernelSets("dense", () => {
  test.each([
    [[2, 3], 4],
    [[5, 9], 1],
    [[2, 4, 5], 8],
    [[2, 3, 2, 17], 3],
  ] as [number[], number][])("x %j, %i units: activation(x K + b)", (shape, units) => {
    const layer = layers.dense({ units, activation: "tanh" });
    layer.build(shape);
    const kernel = random([shape.at(-1)!, units], 2);
    const bias = random([units], 3);
    layer.setWeights([kernel, bias]);
    const x = random(shape, 4);
    const flat = x.reshape([x.size / shape.at(-1)!, shape.at(-1)!]);
    const want = tanh(add(matmul(flat, kernel), bias));
    const { output } = layer.apply(x);
    expect(output.shape).toEqual([...shape.slice(0, -1), units]);
    expect(layer.outputShape).toEqual(output.shape);
    expectFloat32(output.data, want.data, "output", 1e-6);
    expect(layer.getWeights().map((w) => w.toArray())).toEqual([kernel.toArray(), bias.toArray()]);
  });

  test("begins with Glorot's kernel and zeros; useBias: false has a kernel only", () => {
    const layer = layers.dense({ units: 30, seed: 5 });
    layer.build([null, 20]);
    const [kernel, bias] = layer.getWeights();
    const limit = Math.sqrt(6 / 50);
    const largest = Math.max(...kernel!.data.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(limit);
    expect(largest).toBeGreaterThan(0.97 * limit);
    expect(new Set(bias!.data)).toEqual(new Set([0]));
    const plain = layers.dense({ units: 2, useBias: false, kernelInitializer: "ones" });
    expect(plain.apply(tensor([[1, 2]])).output.toArray()).toEqual([[3, 3]]);
    expect(plain.getWeights()).toHaveLength(1);
  });

  test("trainable: false keeps its parameters out of training, inner layers' too", () => {
    const inner = layers.dense({ units: 2 });
    const frozen = layers.timeDistributed({ layer: layers.dense({ units: 2, trainable: false }) });
    const outer = layers.timeDistributed({ layer: inner, trainable: false });
    for (const layer of [frozen, outer]) layer.build([null, 3, 2]);
    expect(inner.trainableParameters()).toHaveLength(2);
    expect(frozen.trainableParameters()).toEqual([]);
    expect(outer.trainableParameters()).toEqual([]);
    expect(Object.keys(outer.parameters())).toEqual(["layer.linear.weight", "layer.linear.bias"]);
  });
});

describeKernelSets("shapes and activations", () => {
  test("activation: by name and by function, masks go on", () => {
    const x = random([2, 3, 4]);
    const mask = [
      [1, 0, 1],
      [1, 1, 0],
    ];
    const named = layers.activation({ activation: "softmax" }).apply(x, { mask });
    expect(named.output.data).toEqual(softmax(x).data);
    expect(named.mask!.steps).toEqual(Uint8Array.of(1, 0, 1, 1, 1, 0));
    expect(layers.activation({ activation: relu }).apply(x).output.data).toEqual(relu(x).data);
  });

  test("flatten and reshape keep the numbers in their order, and end masks", () => {
    const x = random([2, 3, 4]);
    const mask = [
      [1, 0, 1],
      [1, 1, 0],
    ];
    const flat = layers.flatten().apply(x, { mask });
    expect([flat.output.shape, flat.mask]).toEqual([[2, 12], undefined]);
    expect(flat.output.data).toEqual(x.data);
    const folded = layers.reshape({ targetShape: [2, -1, 3] }).apply(x, { mask });
    expect([folded.output.shape, folded.mask]).toEqual([[2, 2, 2, 3], undefined]);
    expect(folded.output.data).toEqual(x.data);
    expect(layers.flatten().build([null, 3, 4])).toEqual([null, 12]);
    expect(layers.flatten().build([null, null, 4])).toEqual([null, null]);
    expect(layers.reshape({ targetShape: [6, 2] }).build([null, 3, 4])).toEqual([null, 6, 2]);
    expect(layers.reshape({ targetShape: [-1, 2] }).build([null, 3, 4])).toEqual([null, 6, 2]);
  });

  test("dropout acts in training: a share of about its rate, others at every call, the rest scaled", () => {
    const layer = layers.dropout({ rate: 0.25, seed: 3 });
    const x = tensor(new Float32Array(4000).fill(3), [40, 100]);
    expect(layer.apply(x).output.data).toEqual(x.data);
    const [first, second] = [0, 1].map(() => layer.apply(x, { training: true }).output.data);
    expect(new Set(first)).toEqual(new Set([0, 4]));
    expect(first!.filter((v) => v === 0).length / 4000).toBeCloseTo(0.25, 1);
    expect(second).not.toEqual(first);
    const again = layers.dropout({ rate: 0.25, seed: 3 });
    expect(again.apply(x, { training: true }).output.data).toEqual(first);
  });

  test("the last step that counts", () => {
    const x = random([4, 3, 2]);
    const rows: number[][][] = x.toArray();
    const last = layers.lastStep();
    expect(last.apply(x).output.toArray()).toEqual(rows.map((steps) => steps[2]));
    const mask = [
      [1, 1, 0],
      [0, 1, 0],
      [0, 0, 0],
      [1, 0, 1],
    ];
    const { output, mask: none } = last.apply(x, { mask });
    expect(output.toArray()).toEqual([rows[0]![1], rows[1]![1], [0, 0], rows[3]![2]]);
    expect(none).toBeUndefined();
    const { gradients } = valueAndGrad(() => sum(last.apply(x, { mask }).output), { x });
    expect(gradients.x.toArray()).toEqual(
      [1, 1, -1, 2].map((at) => [0, 1, 2].map((t) => (t === at ? [1, 1] : [0, 0]))),
    );
  });
});

describeKernelSets("masks", () => {
  test("embedding: rows of the table; with maskZero, 0 does not count", () => {
    const layer = layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true });
    const x = tensor([
      [1, 0, 4],
      [0, 0, 2],
    ]);
    layer.build(x.shape);
    const table = random([5, 3], 7);
    layer.setWeights([table]);
    const { output, mask } = layer.apply(x);
    const rows: number[][] = table.toArray();
    expect(output.toArray()).toEqual([
      [1, 0, 4].map((n) => rows[n]),
      [0, 0, 2].map((n) => rows[n]),
    ]);
    expect(mask).toEqual({ batch: 2, time: 3, steps: Uint8Array.of(1, 0, 1, 0, 0, 1) });
    const { embeddings } = layer.parameters();
    const { gradients } = valueAndGrad(() => sum(layer.apply(x).output), { table: embeddings! });
    expect(gradients.table.toArray()).toEqual([3, 1, 1, 0, 1].map((n) => [n, n, n]));
    const plain = layers.embedding({ inputDim: 5, outputDim: 3, seed: 1 });
    expect(plain.apply(x).mask).toBeUndefined();
    const largest = Math.max(...plain.getWeights()[0]!.data.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(Math.fround(0.05));
    expect(largest).toBeGreaterThan(0.03);
  });

  test("masking: steps of nothing but maskValue do not count, and come out as zeros", () => {
    const x = tensor([
      [
        [0, 0],
        [0, 1],
        [0, 0],
      ],
      [
        [1, 2],
        [0, 0],
        [3, 0],
      ],
    ]);
    const zero = layers.masking().apply(x);
    expect(zero.mask!.steps).toEqual(Uint8Array.of(0, 1, 0, 1, 0, 1));
    expect(zero.output.data).toEqual(x.data);
    const y = tensor([
      [
        [-1, -1],
        [-1, 1],
      ],
      [
        [1, 2],
        [3, -1],
      ],
    ]);
    const minus = layers.masking({ maskValue: -1 }).apply(y);
    expect(minus.mask!.steps).toEqual(Uint8Array.of(0, 1, 1, 1));
    expect(minus.output.toArray()).toEqual([
      [
        [0, 0],
        [-1, 1],
      ],
      [
        [1, 2],
        [3, -1],
      ],
    ]);
    const { gradients } = valueAndGrad(
      () => sum(layers.masking({ maskValue: -1 }).apply(y).output),
      { y },
    );
    expect(gradients.y.toArray()).toEqual([
      [
        [0, 0],
        [1, 1],
      ],
      [
        [1, 1],
        [1, 1],
      ],
    ]);
  });

  test("masked steps have no say: a padded batch gives what its sequences give one by one", () => {
    const lstm = layers.lstm({ units: 3, seed: 1 });
    const whole = random([2, 5, 2]);
    const mask = [
      [1, 1, 1, 0, 0],
      [0, 0, 1, 1, 1],
    ];
    const { output } = lstm.apply(whole, { mask });
    const [first, second] = [0, 2].map((from, b) =>
      lstm.apply(whole.slice([b, from, 0], [1, 3, -1])).output.toArray(),
    );
    expect(output.toArray()).toEqual([first[0], second[0]]);
  });
});

describeKernelSets("timeDistributed", () => {
  test("applies a layer to every step, masks go on", () => {
    const dense = layers.dense({ units: 4, seed: 1 });
    const layer = layers.timeDistributed({ layer: dense });
    const x = random([2, 3, 5]);
    const mask = [
      [1, 0, 1],
      [1, 1, 0],
    ];
    const { output, mask: after } = layer.apply(x, { mask });
    expect(output.shape).toEqual([2, 3, 4]);
    expect(output.data).toEqual(dense.apply(x.reshape([6, 5])).output.data);
    expect(after!.steps).toEqual(Uint8Array.of(1, 0, 1, 1, 1, 0));
    expect(layer.build([null, 3, 5])).toEqual([null, 3, 4]);
  });

  test("a recurrent layer within runs over its own axis; the outer mask is not its own", () => {
    const gru = layers.gru({ units: 4, seed: 1 });
    const x = random([2, 3, 5, 2]);
    const { output } = layers.timeDistributed({ layer: gru }).apply(x, {
      mask: [
        [1, 0, 1],
        [1, 1, 0],
      ],
    });
    expect(output.shape).toEqual([2, 3, 4]);
    expect(output.data).toEqual(gru.apply(x.reshape([6, 5, 2])).output.data);
  });
});

describeKernelSets("bidirectional", () => {
  const x = random([2, 5, 3]);
  const mask = [
    [1, 1, 1, 0, 0],
    [0, 1, 0, 1, 1],
  ];
  const halves = (returnSequences: boolean) => {
    const make = () => layers.gru({ units: 4, seed: 1, returnSequences });
    const { forwardLayer, backwardLayer } = layers.bidirectional({ layer: make() });
    return { forwardLayer, backwardLayer };
  };

  test.each([true, false])(
    "halves of their own, merged in every way (returnSequences %s)",
    (returnSequences) => {
      const { forwardLayer, backwardLayer } = halves(returnSequences);
      const there = forwardLayer.apply(x, { mask });
      const back = backwardLayer.apply(x, { mask });
      expect(back.output.data).not.toEqual(there.output.data);
      const y: NestedArray = there.output.toArray();
      const z: NestedArray = returnSequences ? turned(back.output) : back.output.toArray();
      // A layer by itself repeats outputs where steps do not count; the halves of this one put out zeros there.
      const counted = (values: NestedArray): Float32Array =>
        tensor(values).data.map((v, k) =>
          returnSequences && !mask.flat()[Math.floor(k / 4)] ? 0 : v,
        );
      const [a, b] = [counted(y), counted(z)];
      const merged = (mergeMode: "sum" | "mul" | "ave") =>
        layers.bidirectional({ layer: forwardLayer, backwardLayer, mergeMode }).apply(x, { mask })
          .output.data;
      expect(merged("sum")).toEqual(a.map((v, k) => v + b[k]!));
      expect(merged("mul")).toEqual(a.map((v, k) => v * b[k]!));
      expect(merged("ave")).toEqual(a.map((v, k) => Math.fround(v + b[k]!) / 2));
      const side = layers.bidirectional({ layer: forwardLayer, backwardLayer }).apply(x, { mask });
      expect(side.output.shape.at(-1)).toBe(8);
      const rows = side.output.reshape([a.length / 4, 8]).toArray() as number[][];
      expect(rows.flatMap((row) => row.slice(0, 4))).toEqual([...a]);
      expect(rows.flatMap((row) => row.slice(4))).toEqual([...b]);
      const apart = layers
        .bidirectional({ layer: forwardLayer, backwardLayer, mergeMode: null })
        .apply(x, { mask });
      expect([apart.output.data, apart.more![0]!.data]).toEqual([a, b]);
      expect(side.state.map(({ data }) => data)).toEqual([there.state.data, back.state.data]);
      expect(side.mask?.steps).toEqual(returnSequences ? Uint8Array.from(mask.flat()) : undefined);
    },
  );

  // h = x + h / 2: forwards over 2 and 8 it is 2 and 9, backwards 8 and 6.
  test.each<[boolean | undefined, number[], number[]]>([
    [undefined, [0, 2, 0, 9], [0, 6, 0, 8]],
    [true, [0, 2, 0, 9], [0, 6, 0, 8]],
    [false, [0, 2, 2, 9], [6, 6, 8, 8]],
  ])("sequences at steps that do not count: zeroOutputForMask %s", (zeroOutputForMask, y, z) => {
    const half = (goBackwards: boolean) =>
      layers.simpleRNN({
        units: 1,
        activation: "linear",
        kernelInitializer: "ones",
        recurrentInitializer: () => [0.5],
        returnSequences: true,
        goBackwards,
      });
    const [layer, backwardLayer] = [half(false), half(true)];
    const both = layers.bidirectional({ layer, backwardLayer, mergeMode: null, zeroOutputForMask });
    const steps = tensor([[[1], [2], [4], [8]]]);
    const { output, more, state } = both.apply(steps, { mask: [[0, 1, 0, 1]] });
    expect([...output.data]).toEqual(y);
    expect([...more![0]!.data]).toEqual(z);
    expect(state.map((h) => h.item())).toEqual([9, 6]);
  });

  test("initial states come in pairs; returnState puts both behind the output", () => {
    const layer = layers.bidirectional({
      layer: layers.lstm({ units: 4, seed: 1, returnState: true }),
    });
    const zeros = layer.apply(x);
    const states = [1, 2].map((seed) => ({ h: random([2, 4], seed), c: random([2, 4], seed + 5) }));
    const initialState = [states[0]!, states[1]!] as const;
    const { output, state } = layer.apply(x, { initialState });
    expect(output.data).not.toEqual(zeros.output.data);
    const one = layer.backwardLayer.apply(x, { initialState: states[1]! });
    expect(state[1].c.data).toEqual(one.state.c.data);
    const { more } = layer.call({ x }, { training: false });
    expect(more!.map(({ data }) => data)).toEqual(
      zeros.state.flatMap(({ h, c }) => [h.data, c.data]),
    );
  });

  test("a layer that goes backwards has a forward one beside it", () => {
    const layer = layers.bidirectional({
      layer: layers.gru({ units: 2, goBackwards: true, returnSequences: true, seed: 1 }),
      mergeMode: null,
    });
    const { output, more } = layer.apply(x);
    expect(output.data).toEqual(layer.forwardLayer.apply(x).output.data);
    expect(more![0]!.toArray()).toEqual(turned(layer.backwardLayer.apply(x).output));
  });
});

test("layers of one's own: a shape, a call, parameters found by themselves", () => {
  class Scale extends Layer {
    readonly factor = parameter([2]);
    constructor() {
      super("Scale");
    }
    shapeAfter(shape: readonly (number | null)[]) {
      return shape;
    }
    call({ x, mask }: Flow) {
      return { x: mul(x, this.factor), mask };
    }
  }
  const layer = new Scale();
  expect(layer.apply(tensor([[1, 2]])).output.toArray()).toEqual([[2, 4]]);
  layer.setWeights([tensor([3])]);
  expect(layer.apply(tensor([[1, 2]])).output.toArray()).toEqual([[3, 6]]);
  expect([layer.name, layer.where]).toEqual(["scale", "layers.scale"]);
  expect(() => new Scale().outputShape).toThrow(/layers\.scale: expected a layer that is built/);
});
