import {
  binaryCrossEntropy,
  categoricalCrossEntropy,
  crossEntropy,
  huber,
  logSoftmax,
  mae,
  mse,
  mul,
  parameter,
  type Reduction,
  sequenceLoss,
  softmax,
  sparseCategoricalCrossEntropy,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "gatewise";
import { describe, expect, test } from "vitest";
import { expectClose } from "../close.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { build, type NdArray, at as read, sizeOf } from "../reference/arrays.ts";
import * as reference from "../reference/loss.ts";
import { uniform } from "../reference/random.ts";

type Shape = readonly number[];
type Range = readonly [low: number, high: number];
const reductions = ["mean", "sum", "none"] as const;
const shapes: readonly Shape[] = [[1], [3], [5, 4], [2, 3, 5], [17, 9], [8, 1]];
const nan = Number.NaN;

const total = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((all, v) => all + v, 0);

/** Losses as a reduction leaves them. */
const reduced = (
  losses: Float64Array,
  reduction: Reduction,
  weight: number = losses.length,
): Float64Array =>
  reduction === "none"
    ? losses
    : Float64Array.of(total(losses) / (reduction === "mean" ? weight : 1));

/** A loss of several tensors, filled from the ranges given: its value, and its gradient with respect to each of them. */
function check(
  label: string,
  inputs: readonly { readonly shape: Shape; readonly range: Range }[],
  loss: (...inputs: Tensor[]) => Tensor,
  oracle: (...inputs: Float64Array[]) => Float64Array,
): void {
  const arrays = inputs.map(({ shape, range }, k) => uniform(sizeOf(shape), 31 * k + 7, ...range));
  const tensors = inputs.map(({ shape }, k) => tensor(Float32Array.from(arrays[k]!), shape));
  const byName = <V>(list: readonly V[]): Record<string, V> =>
    Object.fromEntries(list.map((v, k) => [`input${k}`, v]));
  expectForwardAndGradients({
    label: `${label} of ${inputs.map(({ shape }) => `[${shape.join(", ")}]`).join(" and ")}`,
    numbers: byName(arrays),
    targets: byName(tensors),
    forward: () => ({ result: loss(...tensors) }),
    reference: () => ({ result: oracle(...arrays) }),
    relative: 3e-5,
  });
}

/** The gradient of the sum of f(x). */
const slope = (f: (x: Tensor) => Tensor, x: Tensor): Float32Array =>
  valueAndGrad(() => sum(f(x)), { x }).gradients.x.data;

/** Whole numbers below `count`, without a pattern. */
const someClasses = (n: number, count: number, seed: number): number[] =>
  Array.from(uniform(n, seed, 0, count), Math.floor);

const elementwise: readonly [
  string,
  (p: Tensor, t: Tensor, reduction: Reduction) => Tensor,
  (p: number, t: number) => number,
  Range,
  Range,
][] = [
  [
    "mse",
    (p, t, reduction) => mse(p, t, { reduction }),
    reference.elementLosses.squared,
    [-2, 2],
    [-2, 2],
  ],
  [
    "mae",
    (p, t, reduction) => mae(p, t, { reduction }),
    reference.elementLosses.absolute,
    [-2, 2],
    [-2, 2],
  ],
  [
    "huber",
    (p, t, reduction) => huber(p, t, { reduction }),
    (p, t) => reference.elementLosses.huber(p, t, 1),
    [-2, 2],
    [-2, 2],
  ],
  [
    "huber with delta 0.3",
    (p, t, reduction) => huber(p, t, { delta: 0.3, reduction }),
    (p, t) => reference.elementLosses.huber(p, t, 0.3),
    [-2, 2],
    [-2, 2],
  ],
  [
    "binaryCrossEntropy",
    (p, t, reduction) => binaryCrossEntropy(p, t, { reduction }),
    reference.elementLosses.binary,
    [0.1, 0.9],
    [0, 1],
  ],
  [
    "binaryCrossEntropy from logits",
    (p, t, reduction) => binaryCrossEntropy(p, t, { fromLogits: true, reduction }),
    reference.elementLosses.logistic,
    [-4, 4],
    [0, 1],
  ],
];

describeKernelSets("losses of elements", () => {
  describe.each(elementwise)("%s", (name, loss, oracle, here, there) => {
    test.each(reductions)("%s: value and both gradients", (reduction) => {
      for (const shape of shapes) {
        check(
          `${name} ${reduction}`,
          [
            { shape, range: here },
            { shape, range: there },
          ],
          (p, t) => loss(p, t, reduction),
          (p, t) =>
            reduced(
              p.map((v, i) => oracle(v, t[i]!)),
              reduction,
            ),
        );
      }
    });
  });

  test("the mean is what is left out, and of scalars", () => {
    const [p, t] = [tensor([1, 2, 4]), tensor([0, 2, 1])];
    expect(mse(p, t).item()).toBeCloseTo(10 / 3, 6);
    expect(mae(p, t, {}).item()).toBeCloseTo(4 / 3, 6);
    expect(huber(tensor(3), tensor(1)).item()).toBe(1.5);
  });

  test("an input on both sides gets both gradients", () => {
    const x = tensor([1, 2, 3]);
    expect([...slope((a) => mse(a, mul(a, 3), { reduction: "sum" }), x)]).toEqual([8, 16, 24]);
  });

  test("parameters as targets", () => {
    const [p, t] = [parameter([0.5, 2]), parameter([1, 0])];
    const { gradients } = valueAndGrad(() => mse(p, t), { p, t });
    expect(gradients.p.toArray()).toEqual([-0.5, 2]);
    expect(gradients.t.toArray()).toEqual([0.5, -2]);
  });
});

/** Rows along the last axis, the others before it in their order. */
function rowsOf({ shape, data }: NdArray, axis: number): Float64Array {
  const rest = shape.filter((_, i) => i !== axis);
  return build([...rest, shape[axis]!], (index) =>
    read({ shape, data }, [...index.slice(0, axis), index.at(-1)!, ...index.slice(axis, -1)]),
  ).data;
}

const cubes: readonly Shape[] = [
  [3, 4, 5],
  [1, 9, 3],
  [8, 1, 17],
];

describeKernelSets("softmax along any axis", () => {
  test.each([
    ["softmax", softmax, reference.softmax],
    ["logSoftmax", logSoftmax, reference.logSoftmax],
  ] as const)("%s", (name, f, oracle) => {
    for (const shape of cubes) {
      for (const axis of [0, 1, 2, -1, -3]) {
        const at = axis < 0 ? axis + 3 : axis;
        const rest = shape.filter((_, i) => i !== at);
        check(
          `${name}, axis ${axis},`,
          [{ shape, range: [-3, 3] }],
          (x) => f(x, axis),
          (x) => {
            const y = oracle(rowsOf({ shape, data: x }, at), shape[at]!);
            const turned = { shape: [...rest, shape[at]!], data: y };
            return build(shape, (index) =>
              read(turned, [...index.slice(0, at), ...index.slice(at + 1), index[at]!]),
            ).data;
          },
        );
      }
    }
  });

  test("of one axis, and none", () => {
    expectClose(softmax(tensor([0, Math.log(3)]), 0).data, [0.25, 0.75], near, "softmax");
    expect(softmax(tensor([[1], [2]]), 1).toArray()).toEqual([[1], [1]]);
    expect(() => softmax(tensor(1))).toThrow(RangeError);
  });
});

const near = { atol: 1e-6, rtol: 1e-6 };

interface Weighing {
  readonly weight?: Float64Array;
  readonly ignored?: number;
  readonly smoothing?: number;
}

/** Class numbers as probabilities, smoothed, times the classes' weights; rows that are ignored as zeros. */
function spread(
  classes: readonly number[],
  V: number,
  { weight, ignored, smoothing = 0 }: Weighing,
): Float64Array {
  return Float64Array.from({ length: classes.length * V }, (_, i) => {
    const own = classes[Math.floor(i / V)]!;
    const t = (own === i % V ? 1 - smoothing : 0) + smoothing / V;
    return own === ignored ? 0 : t * (weight?.[i % V] ?? 1);
  });
}

describeKernelSets("crossEntropy", () => {
  const weight = uniform(17, 77, 0.2, 2);

  /** Classes along an axis with every combination of options that has a meaning for class numbers. */
  function checkClasses(shape: Shape, axis: number, options: Weighing, ignored?: number): void {
    const V = shape[axis]!;
    const rows = sizeOf(shape) / V;
    const classes = someClasses(rows, V, 5);
    if (ignored !== undefined && rows > 1) classes[rows - 1] = ignored;
    const weighing = { ...options, ...(ignored !== undefined && { ignored }) };
    const counted = classes.filter((c) => c !== ignored);
    const sumOfWeights = total(counted.map((c) => options.weight?.[c] ?? 1));
    for (const reduction of reductions) {
      check(
        `crossEntropy ${reduction}, axis ${axis}, ${JSON.stringify(Object.keys(weighing))},`,
        [{ shape, range: [-3, 3] }],
        (x) =>
          crossEntropy(x, classes, {
            reduction,
            axis,
            ...(options.weight && { weight: Float32Array.from(options.weight.subarray(0, V)) }),
            ...(ignored !== undefined && { ignoreIndex: ignored }),
            ...(options.smoothing && { labelSmoothing: options.smoothing }),
          }),
        (x) => {
          const y = reference.logSoftmax(rowsOf({ shape, data: x }, axis), V);
          const losses = reference.surprises(y, spread(classes, V, weighing), V);
          return reduced(losses, reduction, sumOfWeights);
        },
      );
    }
  }

  test.each([
    ["nothing", {}],
    ["weights", { weight }],
    ["smoothing", { smoothing: 0.2 }],
    ["weights and smoothing", { weight, smoothing: 0.1 }],
  ] as const)("class numbers with %s", (_, options) => {
    for (const shape of [
      [5, 4],
      [1, 17],
      [9, 3],
      [4, 1],
    ] as const)
      checkClasses(shape, 1, options);
    for (const axis of [0, 1, 2]) checkClasses([3, 4, 5], axis, options);
    for (const ignored of [0, 2, -1, -100, 1000]) checkClasses([5, 4], 1, options, ignored);
    checkClasses([3, 5, 2, 2], 1, options, -5);
  });

  test.each([
    ["nothing", {}],
    ["weights", { weight }],
    ["weights and smoothing", { weight, smoothing: 0.1 }],
  ] as const)("probabilities with %s: both gradients", (_, options: Weighing) => {
    for (const [shape, axis] of [
      [[5, 4], 1],
      [[2, 9], -1],
      [[3, 4, 5], 1],
    ] as const) {
      const V = shape.at(axis)!;
      const at = axis < 0 ? axis + shape.length : axis;
      const smoothing = options.smoothing ?? 0;
      for (const reduction of reductions) {
        check(
          `crossEntropy ${reduction} of probabilities`,
          [
            { shape, range: [-3, 3] },
            { shape, range: [0, 0.5] },
          ],
          (x, t) =>
            crossEntropy(x, t, {
              reduction,
              axis,
              labelSmoothing: smoothing,
              weight: options.weight && tensor(Float32Array.from(weight.subarray(0, V))),
            }),
          (x, t) => {
            const spreadOut = rowsOf({ shape, data: t }, at).map(
              (p, i) => (p * (1 - smoothing) + smoothing / V) * (options.weight?.[i % V] ?? 1),
            );
            const y = reference.logSoftmax(rowsOf({ shape, data: x }, at), V);
            return reduced(reference.surprises(y, spreadOut, V), reduction);
          },
        );
      }
    }
  });

  test("what is in a row that is ignored does not matter, NaN least of all", () => {
    const logits = tensor([
      [1, 2, -1],
      [Number.NaN, 2, Number.POSITIVE_INFINITY],
      [0.5, 0, 3],
    ]);
    const own = tensor([
      [1, 2, -1],
      [0.5, 0, 3],
    ]);
    for (const labelSmoothing of [0, 0.25])
      for (const more of [{}, { weight: [0.5, 2, 3] }]) {
        const options = { labelSmoothing, ...more };
        const run = (x: Tensor, classes: number[]) =>
          valueAndGrad(() => crossEntropy(x, classes, { ...options, ignoreIndex: -100 }), { x });
        const wanted = run(own, [0, 2]);
        const { value, gradients } = run(logits, [0, -100, 2]);
        expect(wanted.value).toBeGreaterThan(0);
        expectClose([value], [wanted.value], near, `loss, smoothing ${labelSmoothing}`);
        const [first, last] = wanted.gradients.x.toArray() as number[][];
        expectClose(gradients.x.data, [...first!, 0, 0, 0, ...last!], near, "gradient");
      }
    // torch 1.13: 1.2633
    const x = tensor([
      [1, 2],
      [Number.NaN, Number.NaN],
    ]);
    const options = { ignoreIndex: -100, labelSmoothing: 0.1 };
    expect(crossEntropy(x, [0, -100], options).item()).toBeCloseTo(1.2633, 4);
  });

  test("where every row is ignored, smoothed or not, sums are 0 and means NaN", () => {
    const x = tensor([[1, Number.NaN]]);
    for (const labelSmoothing of [0, 0.5]) {
      const options = { ignoreIndex: 7, labelSmoothing };
      expect(crossEntropy(x, [7], { ...options, reduction: "sum" }).item()).toBe(0);
      expect(crossEntropy(x, [7], options).item()).toBeNaN();
      const { gradients } = valueAndGrad(() => crossEntropy(x, [7], options), { x });
      expect(gradients.x.toArray()).toEqual([[0, 0]]);
    }
  });

  test("shapes: classes as rows, flat, or with an axis of 1; one loss a row", () => {
    const x = tensor(Float32Array.from(uniform(30, 3)), [2, 3, 5]);
    const options = { reduction: "none" } as const;
    const wanted = crossEntropy(x, [1, 4, 0, 2, 2, 3], options);
    expect(wanted.shape).toEqual([2, 3]);
    const nested = [
      [1, 4, 0],
      [2, 2, 3],
    ];
    expect(crossEntropy(x, nested, options).data).toEqual(wanted.data);
    const deep = nested.map((row) => row.map((c) => [c]));
    expect(crossEntropy(x, deep, options).data).toEqual(wanted.data);
    expect(crossEntropy(tensor([1, 2, 3]), [1], options).shape).toEqual([]);
  });

  test("rows that are left out do not count, whatever is in them", () => {
    const x = tensor([
      [1, 2, 0],
      [nan, nan, Number.POSITIVE_INFINITY],
    ]);
    const options = { ignoreIndex: -100 };
    expect(crossEntropy(x, [1, -100], options).data).toEqual(
      crossEntropy(x.slice([0, 0], [1, 3]), [1]).data,
    );
    expect([...slope((a) => crossEntropy(a, [1, -100], options), x)].slice(3)).toEqual([0, 0, 0]);
  });

  test("no row that counts: NaN for the mean, 0 for the sum, no gradient", () => {
    const x = tensor([
      [1, 2, 0],
      [3, 1, 2],
    ]);
    for (const weight of [undefined, [1, 2, 3]]) {
      const none = (reduction: Reduction) => (a: Tensor) =>
        crossEntropy(a, [-1, -1], { ignoreIndex: -1, reduction, weight });
      expect(none("mean")(x).item()).toBeNaN();
      expect(none("sum")(x).item()).toBe(0);
      expect(none("none")(x).toArray()).toEqual([0, 0]);
      for (const reduction of reductions)
        expect([...slope(none(reduction), x)].every((v) => v === 0)).toBe(true);
    }
  });
});

describeKernelSets("categorical cross-entropy", () => {
  const settings: readonly [
    string,
    boolean,
    Range,
    (x: Float64Array, v: number) => Float64Array,
  ][] = [
    ["probabilities", false, [0.1, 2], reference.logNormalized],
    ["logits", true, [-3, 3], reference.logSoftmax],
  ];

  test.each(settings)("of %s: value and gradients", (_, fromLogits, range, logarithms) => {
    for (const shape of [[5, 4], [3], [2, 3, 5], [4, 17]] as const) {
      const V = shape.at(-1)!;
      const rows = sizeOf(shape) / V;
      const classes = someClasses(rows, V, 8);
      const skipped = classes.map((c, i) => (i === rows - 1 && rows > 1 ? -1 : c));
      for (const reduction of reductions) {
        check(
          `categoricalCrossEntropy ${reduction}`,
          [
            { shape, range },
            { shape, range: [0, 1] },
          ],
          (p, t) => categoricalCrossEntropy(p, t, { fromLogits, reduction }),
          (p, t) => reduced(reference.surprises(logarithms(p, V), t, V), reduction),
        );
        for (const [own, counted] of [
          [classes, rows],
          [skipped, rows > 1 ? rows - 1 : rows],
        ] as const)
          check(
            `sparseCategoricalCrossEntropy ${reduction}`,
            [{ shape, range }],
            (p) =>
              sparseCategoricalCrossEntropy(p, own, { fromLogits, reduction, ignoreIndex: -1 }),
            (p) => {
              const hot = reference.oneHot(own, V);
              return reduced(reference.surprises(logarithms(p, V), hot, V), reduction, counted);
            },
          );
      }
    }
  });

  test("probabilities of 0 and 1 are clipped, and have no gradient there", () => {
    const p = tensor([
      [0, 1],
      [0, 3],
    ]);
    const options = { reduction: "none" } as const;
    const lossOf = (a: Tensor) => sparseCategoricalCrossEntropy(a, [0, 1], options);
    expectClose(lossOf(p).data, [-Math.log(1e-7), 2 ** -23], { atol: 1e-9, rtol: 1e-6 }, "loss");
    expect([...slope(lossOf, p)].every((v) => v === 0)).toBe(true);
    const target = tensor([
      [1, 0],
      [0, 1],
    ]);
    expect(categoricalCrossEntropy(p, target, options).data).toEqual(lossOf(p).data);
    expect(
      lossOf(
        tensor([
          [0, 0],
          [1, 1],
        ]),
      ).toArray()[0],
    ).toBeNaN();
  });

  test("class numbers in a tensor, as columns too", () => {
    const p = tensor([
      [0.2, 0.8],
      [0.5, 0.5],
    ]);
    const wanted = sparseCategoricalCrossEntropy(p, [1, 0]).item();
    expect(wanted).toBeCloseTo(-(Math.log(0.8) + Math.log(0.5)) / 2, 6);
    expect(sparseCategoricalCrossEntropy(p, tensor([1, 0])).item()).toBe(wanted);
    expect(sparseCategoricalCrossEntropy(p, tensor([[1], [0]])).item()).toBe(wanted);
  });
});

describeKernelSets("sequenceLoss", () => {
  const [B, T, V] = [3, 4, 5];
  const targets = someClasses(B * T, V, 9);
  const weights = uniform(B * T, 10, 0.2, 2).map((w, i) => (i % 5 === 2 ? 0 : w));
  const nested = Array.from({ length: B }, (_, b) => [...weights.subarray(b * T, (b + 1) * T)]);
  const average = { averageAcrossTimesteps: false, averageAcrossBatch: false };
  const all = (i: number) => i - i;
  const byBatch = (i: number) => Math.floor(i / T);
  const byTime = (i: number) => i % T;

  test.each([
    ["averaged over both", {}, all, [], true],
    ["averaged over time", { averageAcrossBatch: false }, byBatch, [B], true],
    ["averaged over the batch", { averageAcrossTimesteps: false }, byTime, [T], true],
    ["summed over both", { sumOverTimesteps: true, sumOverBatch: true }, all, [], false],
    ["summed over time", { sumOverTimesteps: true }, byBatch, [B], false],
    ["summed over the batch", { ...average, sumOverBatch: true }, byTime, [T], false],
  ] as const)("%s", (label, options, groupOf, shape, averaged) => {
    const [sums, sizes] = [new Float64Array(sizeOf(shape)), new Float64Array(sizeOf(shape))];
    weights.forEach((w, i) => {
      sizes[groupOf(i)]! += averaged ? w : Number(w !== 0);
    });
    check(
      label,
      [{ shape: [B, T, V], range: [-3, 3] }],
      (x) => sequenceLoss(x, targets, nested, options),
      (x) => {
        sums.fill(0);
        const hot = reference.oneHot(targets, V);
        reference.surprises(reference.logSoftmax(x, V), hot, V).forEach((loss, i) => {
          sums[groupOf(i)]! += (loss * weights[i]!) / sizes[groupOf(i)]!;
        });
        return sums;
      },
    );
    const x = tensor(Float32Array.from(uniform(B * T * V, 4)), [B, T, V]);
    expect(sequenceLoss(x, targets, nested, options).shape).toEqual(shape);
  });

  test("neither averaged nor summed: each loss times its weight", () => {
    check(
      "sequenceLoss",
      [{ shape: [B, T, V], range: [-3, 3] }],
      (x) => sequenceLoss(x, targets, nested, average),
      (x) =>
        reference
          .surprises(reference.logSoftmax(x, V), reference.oneHot(targets, V), V)
          .map((loss, i) => loss * weights[i]!),
    );
  });

  test("lengths stand for ones and zeros; what is behind them does not count", () => {
    const lengths = [2, 0, 4];
    const x = Float32Array.from(uniform(B * T * V, 4));
    const padded = Float32Array.from(x, (v, i) => {
      const [b, t] = [Math.floor(i / (T * V)), Math.floor(i / V) % T];
      return t < lengths[b]! ? v : nan;
    });
    const mask = lengths.map((n) => Array.from({ length: T }, (_, t) => Number(t < n)));
    const marked = targets.map((c, i) => (i % T < lengths[Math.floor(i / T)]! ? c : -1));
    const wanted = sequenceLoss(tensor(x, [B, T, V]), targets, mask).item();
    expect(wanted).toBeGreaterThan(1);
    const behind = tensor(padded, [B, T, V]);
    expect(sequenceLoss(behind, marked, lengths).item()).toBe(wanted);
    expect(sequenceLoss(behind, marked, Int32Array.from(lengths)).item()).toBe(wanted);
    expect(sequenceLoss(behind, marked, tensor(mask)).item()).toBe(wanted);
    const d = slope((a) => sequenceLoss(a, marked, lengths), behind);
    d.forEach((v, i) => {
      expect(v === 0, `gradient ${i}`).toBe(Number.isNaN(padded[i]));
    });
  });

  test("no weight at all: 0, without a gradient", () => {
    const x = tensor(Float32Array.from(uniform(B * T * V, 4)), [B, T, V]);
    expect(sequenceLoss(x, targets, [0, 0, 0]).item()).toBe(0);
    expect([...slope((a) => sequenceLoss(a, targets, [0, 0, 0]), x)].every((v) => v === 0)).toBe(
      true,
    );
    const over = sequenceLoss(x, targets, [4, 0, 4], { averageAcrossBatch: false });
    expect(over.toArray()[1]).toBe(0);
  });
});

describeKernelSets("losses at the extremes", () => {
  test("logits of ±1e4: finite losses and gradients", () => {
    const x = tensor([1e4, -1e4, 1e4, -1e4]);
    const t = tensor([0, 1, 1, 0]);
    const options = { fromLogits: true, reduction: "none" } as const;
    expect(binaryCrossEntropy(x, t, options).toArray()).toEqual([1e4, 1e4, 0, 0]);
    expect([...slope((a) => binaryCrossEntropy(a, t, options), x)]).toEqual([1, -1, 0, 0]);
    const rows = tensor([
      [1e4, -1e4, 0],
      [-1e4, 1e4, 0],
    ]);
    expect(crossEntropy(rows, [1, 1], { reduction: "none" }).toArray()).toEqual([2e4, 0]);
    expect([...slope((a) => crossEntropy(a, [1, 1], { reduction: "sum" }), rows)]).toEqual([
      1, -1, 0, 0, 0, 0,
    ]);
  });

  test("NaN comes out where it goes in", () => {
    const options = { reduction: "none" } as const;
    const [x, t] = [tensor([nan, 0.25]), tensor([0, 1])];
    for (const losses of [
      mse(x, t, options),
      mae(x, t, options),
      huber(x, t, options),
      binaryCrossEntropy(x, t, options),
      binaryCrossEntropy(x, t, { ...options, fromLogits: true }),
    ])
      expect([...losses.data].map(Number.isNaN)).toEqual([true, false]);
    const rows = tensor([
      [nan, 1],
      [1, 2],
    ]);
    const hot = tensor([
      [0, 1],
      [0, 1],
    ]);
    for (const fromLogits of [true, false])
      for (const losses of [
        sparseCategoricalCrossEntropy(rows, [1, 1], { ...options, fromLogits }),
        categoricalCrossEntropy(rows, hot, { ...options, fromLogits }),
      ])
        expect([...losses.data].map(Number.isNaN)).toEqual([true, false]);
  });
});
