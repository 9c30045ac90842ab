import {
  Adam,
  accuracy,
  binaryCrossEntropy,
  type CompileOptions,
  callbacks,
  categoricalCrossEntropy,
  crossEntropy,
  huber,
  Linear,
  layers,
  losses,
  mae,
  mse,
  randn,
  type Sequential,
  sequential,
  type Tensor,
  tensor,
  zeros,
} from "gatewise";
import { expect, test } from "vitest";
import { expectErrors, expectRejections, type Row, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { regressionData, regressor, statefulModel, weightsOf } from "./support.ts";

const { x, y } = regressionData(12);

function compiled(options: Partial<CompileOptions> = {}) {
  const model = regressor();
  model.compile({ optimizer: "sgd", loss: "mse", ...options });
  return model;
}

/** A classifier of 5 classes over 3 features. */
function classifier(loss: CompileOptions["loss"], metrics: CompileOptions["metrics"] = []) {
  const model = sequential({
    layers: [layers.dense({ units: 5, activation: "softmax", inputShape: [3] })],
  });
  model.compile({ optimizer: "sgd", loss, metrics });
  return model;
}

/** Ways to hand a model data that does not go with it: each has to fail before a weight changes. */
async function expectRefused(
  model: Sequential,
  rows: readonly [what: string, kind: Row[1], x: unknown, y: unknown, message?: RegExp][],
): Promise<void> {
  const before = weightsOf(model);
  for (const [what, kind, a, b, message] of rows) {
    const [dx, dy] = [wrong(a), wrong(b)];
    expectErrors([
      [`trainOnBatch: ${what}`, kind, () => model.trainOnBatch(dx, dy), message],
      [`evaluate: ${what}`, kind, () => model.evaluate(dx, dy), message],
    ]);
    await expectRejections([
      [`fit: ${what}`, kind, () => model.fit(dx, dy), message],
      [`fit of batches: ${what}`, kind, () => model.fit([[dx, dy]]), message],
    ]);
  }
  expect(weightsOf(model)).toEqual(before);
}

describeKernelSets("bad input of models", () => {
  test("compile: operations, which take the prediction first, are refused", () => {
    const model = regressor();
    const compile = (options: object) => () =>
      model.compile({ optimizer: "sgd", loss: "mse", ...options } as never);
    expectErrors([
      [
        "crossEntropy",
        TypeError,
        compile({ loss: crossEntropy }),
        /got crossEntropy, .* take losses\.sparseCategoricalCrossentropy\(\{ fromLogits/,
      ],
      ...Object.entries({ binaryCrossEntropy, categoricalCrossEntropy, huber, mae, mse }).map(
        ([name, loss]): Row => [
          name,
          TypeError,
          compile({ loss }),
          new RegExp(`got ${name}, .*losses\\.`),
        ],
      ),
      ["a metric", TypeError, compile({ metrics: [accuracy] }), /got accuracy, .*"accuracy"/],
      ["a loss as a metric", TypeError, compile({ metrics: [mse] }), /losses\.meanSquaredError/],
      ["a maker", TypeError, compile({ loss: losses.huber }), /losses\.huber\(\)/],
    ]);
  });

  test("compile: names that are not known are answered with those that are", () => {
    const model = regressor();
    const compile = (options: object) => () =>
      model.compile({ optimizer: "sgd", loss: "mse", ...options } as never);
    expectErrors([
      [
        "optimizer",
        RangeError,
        compile({ optimizer: "sdg" }),
        /adagrad, adam, adamw, rmsprop, sgd, got .*"sdg"/,
      ],
      [
        "loss",
        RangeError,
        compile({ loss: "mean" }),
        /meanSquaredError, mse, .*sparseCategoricalCrossentropy.*"mean"/,
      ],
      ["Object's own", RangeError, compile({ loss: "toString" }), /toString/],
      ["metric", RangeError, compile({ metrics: ["accuracies"] }), /accuracy, acc, binaryAccuracy/],
      ["a class", TypeError, compile({ optimizer: Adam }), /new Adam\(\)/],
      ["no optimizer", TypeError, () => model.compile(wrong({ loss: "mse" })), /optimizer/],
      ["no loss", TypeError, () => model.compile(wrong({ optimizer: "sgd" })), /loss/],
      ["metrics", TypeError, compile({ metrics: "accuracy" }), /array/],
      ["a metric", TypeError, compile({ metrics: [3] })],
      ["one metric twice", RangeError, compile({ metrics: ["mae", "mae"] }), /"mae"/],
      [
        "a metric called loss",
        RangeError,
        compile({
          metrics: [
            function loss() {
              return 1;
            },
          ],
        }),
        /"loss"/,
      ],
      ["misspelt", TypeError, compile({ metric: [] }), /metrics/],
      ["nothing", TypeError, () => model.compile(wrong(undefined))],
      ["delta", RangeError, () => losses.huber({ delta: 0 }), /delta/],
      ["fromLogits", TypeError, () => losses.binaryCrossentropy({ fromLogits: wrong(1) })],
      [
        "option of a loss",
        TypeError,
        () => losses.categoricalCrossentropy(wrong({ logits: true })),
        /fromLogits/,
      ],
      ["monitor", TypeError, () => callbacks.earlyStopping({ monitor: wrong(1) })],
      ["patience", RangeError, () => callbacks.earlyStopping({ patience: -1 })],
      ["minDelta", RangeError, () => callbacks.earlyStopping({ minDelta: -1 })],
      [
        "mode",
        RangeError,
        () => callbacks.earlyStopping({ mode: wrong("less") }),
        /"auto" or "min" or "max"/,
      ],
      ["restore", TypeError, () => callbacks.earlyStopping({ restoreBestWeights: wrong("yes") })],
    ]);
    expect(() => model.trainOnBatch(x, y)).toThrow(/compile/); // what failed has not compiled it
  });

  test("samples and targets that do not go with the model", async () => {
    await expectRefused(compiled(), [
      [
        "features",
        RangeError,
        randn([4, 2]),
        zeros([4, 2]),
        /x of shape \[batch, 3\], got \[4, 2\]/,
      ],
      ["rank", RangeError, randn([4, 1, 3]), zeros([4, 2])],
      ["as many targets", RangeError, randn([4, 3]), zeros([5, 2]), /4 samples/],
      ["target's features", RangeError, randn([4, 3]), zeros([4, 3]), /\[4, 2\], got \[4, 3\]/],
      ["target's rank", RangeError, randn([4, 3]), zeros([4]), /\[4, 2\], got \[4\]/],
      ["target's rank, more", RangeError, randn([4, 3]), zeros([4, 1, 2])],
      ["a scalar", RangeError, randn([4, 3]), tensor(1)],
      ["no targets", TypeError, randn([4, 3]), null],
      ["words", TypeError, "abc", zeros([4, 2])],
      [
        "rows of different lengths",
        RangeError,
        [
          [1, 2, 3],
          [1, 2],
        ],
        zeros([2, 2]),
      ],
      ["no rows", RangeError, [], []],
    ]);
  });

  test("targets of a sequence at every step", async () => {
    const model = sequential({
      layers: [layers.gru({ units: 2, inputShape: [null, 3], returnSequences: true })],
    });
    model.compile({ optimizer: "sgd", loss: "mse" });
    await expectRefused(model, [
      [
        "another time",
        RangeError,
        randn([2, 4, 3]),
        zeros([2, 5, 2]),
        /\[2, 4, 2\], got \[2, 5, 2\]/,
      ],
      ["the last step's only", RangeError, randn([2, 4, 3]), zeros([2, 2])],
    ]);
  });

  test("labels out of range", async () => {
    const inputs = randn([3, 3]);
    const message = /class numbers from 0 to 4/;
    await expectRefused(classifier("sparseCategoricalCrossentropy"), [
      ["too large", RangeError, inputs, [0, 5, 1], message],
      ["negative", RangeError, inputs, [0, -1, 1], message],
      ["a fraction", RangeError, inputs, [0, 0.5, 1], message],
      ["NaN", RangeError, inputs, [0, Number.NaN, 1], message],
      ["one-hot rows", RangeError, inputs, zeros([3, 5]), /class numbers \[3\].*\[3, 5\]/],
    ]);
    for (const loss of ["categoricalCrossentropy", "binaryCrossentropy"] as const) {
      const target = (value: number) =>
        tensor([
          [value, 0, 0, 0, 0],
          [1, 0, 0, 0, 0],
          [1, 0, 0, 0, 0],
        ]);
      await expectRefused(classifier(loss), [
        ["too large", RangeError, inputs, target(1.5), /from 0 to 1, got 1.5/],
        ["negative", RangeError, inputs, target(-1), /from 0 to 1/],
        ["NaN", RangeError, inputs, target(Number.NaN)],
        ["class numbers", RangeError, inputs, [0, 1, 2]],
      ]);
    }
    await expectRefused(classifier("categoricalCrossentropy", ["sparseCategoricalAccuracy"]), [
      ["a metric's target", RangeError, inputs, zeros([3, 5])],
    ]);
  });

  test("a label out of range in the last of many batches changes nothing", async () => {
    const model = classifier("sparseCategoricalCrossentropy");
    const before = weightsOf(model);
    const labels = Array.from({ length: 40 }, (_, i) => (i === 39 ? 5 : i % 5));
    await expectRejections([
      [
        "fit",
        RangeError,
        () => model.fit(randn([40, 3]), labels, { batchSize: 4, shuffle: false }),
      ],
      [
        "validationData",
        RangeError,
        () => model.fit(randn([4, 3]), [1, 2, 3, 4], { validationData: [randn([40, 3]), labels] }),
        /^sequential\.fit \(validationData\): expected class numbers/,
      ],
    ]);
    expect(weightsOf(model)).toEqual(before);
  });

  test("a number that an embedding has no row for changes nothing, wherever it stands", async () => {
    const embedding = layers.embedding({ inputDim: 4, outputDim: 2, inputLength: 3, seed: 1 });
    const inner = sequential({ layers: [embedding] });
    const model = sequential({ layers: [inner, layers.flatten(), layers.dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const numbers = [
      [0, 1, 2],
      [1, 2, 3],
      [9, 9, 9],
    ];
    const targets = [[1], [2], [3]];
    const before = weightsOf(model);
    const options = { batchSize: 1, shuffle: false };
    await expectRejections([
      [
        "fit",
        RangeError,
        () => model.fit(numbers, targets, options),
        /^sequential\.fit: .*0 to 3.*got 9/,
      ],
      [
        "validation",
        RangeError,
        () => model.fit([[0, 1, 2]], [[1]], { validationData: [numbers, targets] }),
        /^sequential\.fit \(validationData\): .*0 to 3/,
      ],
    ]);
    expect(weightsOf(model)).toEqual(before);
    expect(() => model.predict(numbers)).toThrow(/^sequential\.predict: .*0 to 3/);
    const steps = layers.timeDistributed({ layer: embedding, inputShape: [2, 3] });
    expect(() => sequential({ layers: [steps] }).predict([numbers.slice(1)])).toThrow(
      /^sequential\.predict: .*0 to 3/,
    );
  });

  test("options of fit", async () => {
    const model = compiled();
    const before = weightsOf(model);
    const attempt = (options: object) => () => model.fit(x, y, options as never);
    await expectRejections([
      ["validationSplit 1.5", RangeError, attempt({ validationSplit: 1.5 }), /validationSplit/],
      ["validationSplit 1", RangeError, attempt({ validationSplit: 1 })],
      ["validationSplit -0.1", RangeError, attempt({ validationSplit: -0.1 })],
      ["validationSplit NaN", RangeError, attempt({ validationSplit: Number.NaN })],
      ["validationSplit of nothing", RangeError, attempt({ validationSplit: 0.99 }), /both sides/],
      ["validationSplit as a word", TypeError, attempt({ validationSplit: "0.2" })],
      ["both", TypeError, attempt({ validationSplit: 0.5, validationData: [x, y] }), /both/],
      ["validationData", TypeError, attempt({ validationData: 3 })],
      [
        "validationData of other sizes",
        RangeError,
        attempt({ validationData: [x, zeros([12, 3])] }),
      ],
      ["epochs", RangeError, attempt({ epochs: 0 })],
      ["epochs, a fraction", RangeError, attempt({ epochs: 1.5 })],
      ["batchSize", RangeError, attempt({ batchSize: 0 })],
      ["stepsPerEpoch", RangeError, attempt({ stepsPerEpoch: 0 })],
      ["shuffle", TypeError, attempt({ shuffle: "batch" })],
      ["seed", RangeError, attempt({ seed: -1 })],
      ["callbacks", TypeError, attempt({ callbacks: [() => {}] }), /objects/],
      [
        "a callback's name",
        TypeError,
        attempt({ callbacks: { onEpochend() {} } }),
        /onEpochEnd.*onEpochend/,
      ],
      [
        "Keras' name of a callback",
        TypeError,
        attempt({ callbacks: { on_epoch_end() {} } as never }),
        /callbacks with one of .*onEpochEnd/,
      ],
      ["signal", TypeError, attempt({ signal: new AbortController() }), /AbortSignal/],
      ["misspelt", TypeError, attempt({ epoch: 3 }), /epochs/],
      [
        "a log that is not there",
        RangeError,
        attempt({ callbacks: callbacks.earlyStopping() }),
        /loss, got "valLoss"/,
      ],
      ["batchSize of batches", TypeError, () => model.fit([[x, y]], wrong({ batchSize: 4 }))],
      ["x without y", TypeError, () => model.fit(wrong(x)), /y to be/],
      ["no batches", TypeError, () => model.fit(wrong({}))],
      ["nothing", TypeError, () => model.fit(wrong(undefined))],
      ["a batch", TypeError, () => model.fit([wrong("abc")]), /\[x, y\] or \{ x, y \}/],
      ["a batch of one", TypeError, () => model.fit([wrong([x])])],
      ["a function's batches", TypeError, () => model.fit(() => wrong(3))],
    ]);
    expect(weightsOf(model)).toEqual(before);
  });

  test("a stateful model takes batches of its own size only", async () => {
    const model = statefulModel();
    model.compile({ optimizer: "sgd", loss: "mse" });
    const [before, inputs] = [weightsOf(model), randn([4, 3, 2])];
    const first = [...model.predict(inputs, { keepState: true }).data];
    const [many, targets] = [randn([6, 3, 2]), zeros([6, 1])];
    const message = /batches of 4/;
    expectErrors([
      ["trainOnBatch", RangeError, () => model.trainOnBatch(many, targets), message],
      ["predict", RangeError, () => model.predict(many), message],
      ["evaluate", RangeError, () => model.evaluate(many, targets), message],
      ["predict, batchSize", RangeError, () => model.predict(inputs, { batchSize: 2 }), message],
    ]);
    await expectRejections([
      ["fit", RangeError, () => model.fit(many, targets), message],
      [
        "fit, batchSize",
        RangeError,
        () => model.fit(inputs, zeros([4, 1]), { batchSize: 2 }),
        message,
      ],
      ["fit of batches", RangeError, () => model.fit([[many, targets]]), message],
      [
        "validationSplit",
        RangeError,
        () => model.fit(randn([8, 3, 2]), zeros([8, 1]), { validationSplit: 0.25 }),
        message,
      ],
    ]);
    expect(weightsOf(model)).toEqual(before);
    expect([...model.predict(inputs).data]).toEqual(first);
  });

  test("what a loss or metric of one's own returns", () => {
    const twoLosses = compiled({ loss: () => wrong([1, 2]) });
    const before = weightsOf(twoLosses);
    expectErrors([
      ["no tensor", TypeError, () => twoLosses.trainOnBatch(x, y), /loss/],
      [
        "a metric",
        TypeError,
        () =>
          compiled({
            metrics: [
              function own() {
                return wrong("good");
              },
            ],
          }).evaluate(x, y),
        /own/,
      ],
    ]);
    expect(weightsOf(twoLosses)).toEqual(before);
    const masked = sequential({ layers: [layers.masking({ inputShape: [2, 1] })] });
    masked.compile({ optimizer: "sgd", loss: (target: Tensor) => target.reshape([2]) });
    expectErrors([
      [
        "not one a step",
        RangeError,
        () => masked.evaluate([[[1], [0]]], [[[1], [1]]]),
        /\[1, 2, \.\.\.\]/,
      ],
    ]);
  });

  test("a model that nobody compiled", async () => {
    const model = regressor();
    expect(() => model.trainOnBatch(x, y)).toThrow(/sequential\.trainOnBatch.*compile/);
    expect(() => model.evaluate(x, y)).toThrow(/compile/);
    await expect(model.fit(x, y)).rejects.toThrow(/compile/);
    expect(model.predict(x).shape).toEqual([12, 2]);
    expect(() => model.add(wrong(new Linear(2, 2)))).toThrow(TypeError);
  });
});
