import {
  type CompileOptions,
  type Data,
  type LossName,
  layers,
  losses,
  type MetricName,
  type ModelLoss,
  mean,
  mul,
  randn,
  randomUniform,
  sequential,
  sub,
  type Tensor,
  tensor,
} from "gatewise";
import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";
import { weightsOf } from "./support.ts";

/** A model that puts out what comes in. */
function passing(shape: readonly number[], options: Omit<CompileOptions, "optimizer">) {
  const model = sequential({
    layers: [layers.activation({ activation: "linear", inputShape: shape })],
  });
  model.compile({ optimizer: "sgd", ...options });
  return model;
}

const rowsOf = (x: Tensor): number[][] => {
  const width = x.shape.at(-1)!;
  return Array.from({ length: x.size / width }, (_, i) => [
    ...x.data.subarray(i * width, (i + 1) * width),
  ]);
};

const average = (values: readonly number[]): number =>
  values.reduce((total, v) => total + v, 0) / values.length;

/** Keras cuts probabilities to [1e-7, 1 - 1e-7]. */
const cut = (p: number): number => Math.min(Math.max(p, 1e-7), 1 - 1e-7);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Probabilities of a row, which need not add up to 1 yet. */
const normalised = (row: readonly number[]): number[] =>
  row.map((p) => cut(p / row.reduce((a, b) => a + b)));
const softmax = (row: readonly number[]): number[] => normalised(row.map((x) => Math.exp(x)));

/** Keras' losses of one row of targets and predictions, in float64. */
const references: Record<string, (t: readonly number[], p: readonly number[]) => number> = {
  meanSquaredError: (t, p) => average(t.map((v, i) => (p[i]! - v) ** 2)),
  meanAbsoluteError: (t, p) => average(t.map((v, i) => Math.abs(p[i]! - v))),
  huber: (t, p) =>
    average(
      t.map((v, i) => {
        const d = Math.abs(p[i]! - v);
        return d <= 1 ? d ** 2 / 2 : d - 1 / 2;
      }),
    ),
  binaryCrossentropy: (t, p) =>
    average(t.map((v, i) => -(v * Math.log(cut(p[i]!)) + (1 - v) * Math.log(1 - cut(p[i]!))))),
  categoricalCrossentropy: (t, p) =>
    -t.reduce((total, v, i) => total + v * Math.log(normalised(p)[i]!), 0),
};

describeKernelSets("evaluate", () => {
  const samples = 9;
  const classes = 5;
  const numbers = randn([samples, classes], { seed: 1 });
  const probabilities = randomUniform([samples, classes], 0.01, 0.99, { seed: 2 });
  const labels = Array.from({ length: samples }, (_, i) => (i * 7) % classes);
  const oneHot = tensor(
    labels.map((k) => Array.from({ length: classes }, (_, i) => Number(i === k))),
  );
  const bits = tensor(
    labels.map((k) => Array.from({ length: classes }, (_, i) => ((i + k) % 3 === 0 ? 1 : 0))),
  );

  test.each<[LossName, Tensor, Tensor, string]>([
    ["meanSquaredError", numbers, probabilities, "meanSquaredError"],
    ["mse", numbers, probabilities, "meanSquaredError"],
    ["meanAbsoluteError", numbers, probabilities, "meanAbsoluteError"],
    ["mae", numbers, probabilities, "meanAbsoluteError"],
    ["huber", numbers, probabilities, "huber"],
    ["binaryCrossentropy", probabilities, bits, "binaryCrossentropy"],
    ["categoricalCrossentropy", probabilities, oneHot, "categoricalCrossentropy"],
  ])("%s is Keras' own", (loss, x, y, reference) => {
    const model = passing([classes], { loss });
    const [xs, ys] = [rowsOf(x), rowsOf(y)];
    const expected = average(xs.map((row, i) => references[reference]!(ys[i]!, row)));
    for (const batchSize of [2, 32])
      expect(model.evaluate(x, y, { batchSize }).loss / expected).toBeCloseTo(1, 5);
  });

  test("names of losses are known in any case, and as Keras writes them", () => {
    const lossOf = (loss: string): number =>
      passing([classes], { loss: loss as LossName }).evaluate(probabilities, oneHot).loss;
    const expected = lossOf("categoricalCrossentropy");
    const spellings: readonly LossName[] = ["categoricalCrossEntropy"];
    for (const name of [...spellings, "categorical_crossentropy", "CategoricalCrossentropy"])
      expect(lossOf(name)).toBe(expected);
  });

  test.each<[LossName | CompileOptions["loss"], number[]]>([
    ["binaryCrossentropy", [1]],
    ["mae", [3, 1]],
    [(target, prediction) => mul(sub(target, prediction), target), [1]],
  ])("a target without the output's last axis of 1: %s", (loss, sizes) => {
    const model = passing(sizes, { loss, metrics: ["accuracy"] });
    const x = randomUniform([6, ...sizes], 0.1, 0.9, { seed: 5 });
    const y = tensor(
      Array.from({ length: x.size }, (_, i) => Number(i % 3 === 0)),
      x.shape,
    );
    const squeezed = y.reshape(x.shape.slice(0, -1));
    const expected = model.evaluate(x, y);
    expect(model.evaluate(x, squeezed)).toEqual(expected);
    expect(model.evaluate(x, squeezed.toArray(), { batchSize: 4 }).loss).toBeCloseTo(expected.loss);
  });

  test("class numbers are one-hot targets in short", () => {
    const sparse = passing([classes], { loss: "sparseCategoricalCrossentropy" });
    const dense = passing([classes], { loss: "categoricalCrossentropy" });
    const expected = dense.evaluate(probabilities, oneHot).loss;
    const forms: Data[] = [labels, Int32Array.from(labels), labels.map((k) => [k]), tensor(labels)];
    for (const y of forms)
      expect(sparse.evaluate(probabilities, y).loss / expected).toBeCloseTo(1, 6);
  });

  test("from logits, a loss takes softmax or sigmoid upon itself", () => {
    const logits = rowsOf(numbers);
    const expectLoss = (loss: ModelLoss, y: Data, expected: number) =>
      expect(passing([classes], { loss }).evaluate(numbers, y).loss / expected).toBeCloseTo(1, 5);
    const ofClasses = average(logits.map((row, i) => -Math.log(softmax(row)[labels[i]!]!)));
    const options = { fromLogits: true };
    expectLoss(losses.categoricalCrossentropy(options), oneHot, ofClasses);
    expectLoss(losses.sparseCategoricalCrossentropy(options), labels, ofClasses);
    const reference = references.binaryCrossentropy!;
    const ofBits = average(logits.map((row, i) => reference(rowsOf(bits)[i]!, row.map(sigmoid))));
    expectLoss(losses.binaryCrossentropy(options), bits, ofBits);
    expect(losses.huber({ delta: 2 }).name).toBe("huber");
  });

  test("a loss of one's own: target first, a number each or their mean", () => {
    const weighted = (target: Tensor, prediction: Tensor): Tensor => {
      const difference = sub(prediction, target);
      return mul(mul(difference, difference), 3);
    };
    const each = passing([classes], { loss: weighted }).evaluate(numbers, probabilities).loss;
    const whole = passing([classes], {
      loss: (t, p) => mean(weighted(t, p)),
    }).evaluate(numbers, probabilities).loss;
    const expected = passing([classes], { loss: "mse" }).evaluate(numbers, probabilities).loss * 3;
    expect(each).toBeCloseTo(expected, 5);
    expect(whole).toBeCloseTo(expected, 5);
  });

  test("metrics by name, by loss and by function", () => {
    const model = passing([classes], {
      loss: "categoricalCrossentropy",
      metrics: [
        "accuracy",
        "acc",
        "mse",
        losses.meanAbsoluteError(),
        function first(target) {
          return target.data[0]!;
        },
      ],
    });
    const logs = model.evaluate(probabilities, oneHot, { batchSize: 4 });
    const hits = rowsOf(probabilities).map((row, i) =>
      Number(row.indexOf(Math.max(...row)) === labels[i]),
    );
    expect(Object.keys(logs)).toEqual([
      "loss",
      "accuracy",
      "acc",
      "mse",
      "meanAbsoluteError",
      "first",
    ]);
    expect(logs.accuracy).toBe(average(hits));
    expect(average(hits)).toBeGreaterThan(0);
    expect(average(hits)).toBeLessThan(1);
    expect(logs.acc).toBe(logs.accuracy);
    // its batches have 4, 4 and 1 samples, and begin with samples 0, 4 and 8
    const firsts = [0, 4, 8].map((i) => Number(labels[i] === 0));
    expect(logs.first).toBeCloseTo((firsts[0]! * 4 + firsts[1]! * 4 + firsts[2]!) / 9, 6);
  });

  test.each<[string, LossName, MetricName, number[][], number[][] | number[], number]>([
    [
      "classes as numbers",
      "sparseCategoricalCrossentropy",
      "accuracy",
      [
        [0.2, 0.7, 0.1],
        [0.5, 0.1, 0.4],
      ],
      [1, 2],
      0.5,
    ],
    [
      "classes as numbers in a column",
      "sparseCategoricalCrossentropy",
      "accuracy",
      [
        [0.2, 0.7, 0.1],
        [0.5, 0.1, 0.4],
      ],
      [[1], [2]],
      0.5,
    ],
    [
      "classes as one-hot rows",
      "categoricalCrossentropy",
      "accuracy",
      [
        [0.2, 0.7, 0.1],
        [0.5, 0.1, 0.4],
      ],
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
      0.5,
    ],
    [
      "one probability",
      "binaryCrossentropy",
      "accuracy",
      [[0.51], [0.4], [0.5], [0.9]],
      [[1], [0], [1], [1]],
      0.75,
    ],
    [
      "several probabilities",
      "binaryCrossentropy",
      "accuracy",
      [
        [0.6, 0.2],
        [0.4, 0.9],
      ],
      [
        [1, 1],
        [0, 1],
      ],
      0.75,
    ],
    ["numbers near 0 and 1", "mse", "accuracy", [[0.6], [0.4]], [[1], [1]], 0.5],
    [
      "binary",
      "mse",
      "binaryAccuracy",
      [
        [0.6, 0.2],
        [0.4, 0.9],
      ],
      [
        [1, 1],
        [0, 1],
      ],
      0.75,
    ],
    [
      "categorical",
      "mse",
      "categoricalAccuracy",
      [
        [0.6, 0.2],
        [0.4, 0.9],
      ],
      [
        [1, 0],
        [1, 0],
      ],
      0.5,
    ],
    [
      "sparse",
      "sparseCategoricalCrossentropy",
      "sparseCategoricalAccuracy",
      [
        [0.6, 0.2],
        [0.4, 0.9],
      ],
      [0, 0],
      0.5,
    ],
  ])("accuracy of %s", (_, loss, metric, x, y, expected) => {
    const model = passing([x[0]!.length], { loss, metrics: [metric] });
    expect(model.evaluate(x, y)[metric]).toBe(expected);
  });

  test("accuracy goes by the shapes where the loss is a function, whatever its name", () => {
    const loss = { binaryCrossentropy: (target: Tensor, p: Tensor) => mean(sub(p, target), -1) };
    const model = passing([3], { loss: loss.binaryCrossentropy, metrics: ["accuracy"] });
    expect(model.evaluate([[0.9, 0.6, 0.1]], [[1, 0, 0]]).accuracy).toBe(1);
  });

  const sumOf = (row: readonly number[]): number => row.reduce((sum, v) => sum + v, 0);

  test("perplexity is e to the mean loss over all batches", () => {
    for (const [loss, target] of [
      ["categoricalCrossentropy", oneHot],
      ["sparseCategoricalCrossentropy", labels],
    ] as const) {
      const model = passing([classes], { loss, metrics: ["perplexity"] });
      const logs = model.evaluate(probabilities, target, { batchSize: 4 });
      const nats = rowsOf(probabilities).map((row, i) => -Math.log(row[labels[i]!]! / sumOf(row)));
      expect(logs.perplexity! / Math.exp(average(nats))).toBeCloseTo(1, 5);
    }
    for (const loss of ["mse", "binaryCrossentropy"] as const)
      expect(() => passing([2], { loss, metrics: ["perplexity"] })).toThrow(
        /perplexity beside categoricalCrossentropy/,
      );
  });

  test("accuracy and perplexity over the steps that count", () => {
    const x = tensor([
      [
        [0.7, 0.3],
        [0, 0],
        [0.4, 0.6],
      ],
      [
        [0, 0],
        [0.2, 0.8],
        [0, 0],
      ],
    ]);
    const model = sequential({ layers: [layers.masking({ inputShape: [3, 2] })] });
    const names = ["accuracy", "perplexity"] as const;
    const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
    model.compile({ optimizer: "sgd", loss, metrics: names });
    const classesOfSteps = [
      [0, 0, 0],
      [0, 1, 0],
    ];
    const logs = model.evaluate(x, classesOfSteps, { batchSize: 1 });
    expect(logs.accuracy).toBe(2 / 3);
    // -ln of the share of the right one of two classes, by how much its logit is above the other's
    const nats = average([0.4, -0.2, 0.6].map((above) => Math.log(1 + Math.exp(-above))));
    expect(logs.perplexity! / Math.exp(nats)).toBeCloseTo(1, 5);
    const hot = classesOfSteps.map((steps) => steps.map((k) => [1 - k, k]));
    model.compile({
      optimizer: "sgd",
      loss: "mse",
      metrics: ["categoricalAccuracy", "binaryAccuracy"],
    });
    const both = model.evaluate(x, hot);
    expect([both.categoricalAccuracy, both.binaryAccuracy]).toEqual([2 / 3, 2 / 3]);
  });

  test("masked steps count in no loss and no metric", () => {
    const x = tensor([
      [
        [1, 2],
        [0, 0],
        [3, 5],
      ],
      [
        [0, 0],
        [0, 0],
        [4, 1],
      ],
    ]);
    const y = tensor([
      [
        [0, 1],
        [9, 9],
        [2, 2],
      ],
      [
        [7, 7],
        [8, 8],
        [1, 1],
      ],
    ]);
    const model = sequential({ layers: [layers.masking({ inputShape: [3, 2] })] });
    const oneAStep = (target: Tensor, prediction: Tensor) => mean(sub(prediction, target), -1);
    model.compile({
      optimizer: "sgd",
      loss: "mse",
      metrics: ["mae", oneAStep, "categoricalAccuracy"],
    });
    const logs = model.evaluate(x, y);
    expect(logs.loss).toBeCloseTo((1 + 1 + 1 + 9 + 9 + 0) / 6, 6);
    expect(logs.mae).toBeCloseTo((1 + 1 + 1 + 3 + 3 + 0) / 6, 6);
    expect(logs.oneAStep).toBeCloseTo((1 + 2 + 1.5) / 3, 6);
    expect(logs.categoricalAccuracy).toBe(1 / 3 + 1 / 3); // steps 0 and 2 of the first sequence
  });

  test("a batch where nothing counts has a loss of 0", () => {
    const model = sequential({ layers: [layers.masking({ inputShape: [2, 1] })] });
    model.compile({ optimizer: "sgd", loss: "mse", metrics: ["mae"] });
    const logs = model.evaluate([[[0], [0]]], [[[5], [5]]]);
    expect(logs).toEqual({ loss: 0, mae: 0 });
  });

  test("masked steps pull at no weight", () => {
    const build = () => {
      const model = sequential({
        layers: [
          layers.masking({ inputShape: [3, 2] }),
          layers.timeDistributed({ layer: layers.dense({ units: 1, useBias: false, seed: 1 }) }),
        ],
      });
      model.compile({ optimizer: "sgd", loss: "mse" });
      return model;
    };
    const x = [
      [
        [1, 2],
        [0, 0],
        [3, 5],
      ],
    ];
    const [some, others] = [build(), build()];
    some.trainOnBatch(x, [[[1], [2], [3]]]);
    others.trainOnBatch(x, [[[1], [-50], [3]]]);
    expect(weightsOf(some)).toEqual(weightsOf(others));
    expect(weightsOf(some)).not.toEqual(weightsOf(build()));
  });
});
