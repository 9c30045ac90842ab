import {
  Adam,
  type Flow,
  Layer,
  LSTM,
  LSTMCell,
  layers,
  mse,
  mul,
  ones,
  randn,
  SGD,
  sequential,
  type Tensor,
  tensor,
  zeros,
} from "gatewise";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { regressionData, regressor, statefulModel, weightsOf } from "./support.ts";

describeKernelSets("sequential", () => {
  test("layers are built as they are added, and named apart", () => {
    const model = sequential({ name: "small" });
    model.add(layers.lstm({ units: 5, inputShape: [null, 3], returnSequences: true }));
    model.add(layers.lstm({ units: 4, name: "top" }));
    model.add(layers.dense({ units: 7 }));
    model.add(layers.dense({ units: 2 }));
    model.add(layers.dense({ units: 1 }));
    expect(model.name).toBe("small");
    expect(model.inputShape).toEqual([null, null, 3]);
    expect(model.outputShape).toEqual([null, 1]);
    expect(model.layers.map(({ name }) => name)).toEqual([
      "lstm",
      "top",
      "dense",
      "dense_1",
      "dense_2",
    ]);
    expect(model.layers.map(({ outputShape }) => outputShape)).toEqual([
      [null, null, 5],
      [null, 4],
      [null, 7],
      [null, 2],
      [null, 1],
    ]);
  });

  test("a layer that does not fit is not added", () => {
    const model = sequential({ layers: [layers.lstm({ units: 5, inputShape: [4, 3] })] });
    expect(() => model.add(layers.gru({ units: 2 }))).toThrow(RangeError);
    expect(model.layers.length).toBe(1);
    expect(model.outputShape).toEqual([null, 5]);
  });

  test("predicts what its layers compute, in batches of any size", () => {
    const model = regressor();
    const { x } = regressionData(10);
    const [first, second] = model.layers;
    const whole = second!.apply(first!.apply(x as Tensor).output).output;
    for (const batchSize of [1, 3, 10, 32]) {
      const y = model.predict(x, { batchSize });
      expect(y.shape).toEqual([10, 2]);
      expect([...y.data]).toEqual([...whole.data]);
    }
    expect([...model.predict((x as Tensor).toArray()).data]).toEqual([...whole.data]);
  });

  test("takes class numbers in typed arrays and rows", () => {
    const model = sequential({
      layers: [layers.embedding({ inputDim: 6, outputDim: 3, inputLength: 4, seed: 1 })],
    });
    const rows = [
      [0, 5, 2, 1],
      [3, 3, 0, 4],
    ];
    const fromTensor = model.predict(tensor(rows));
    expect(fromTensor.shape).toEqual([2, 4, 3]);
    expect(model.predict(rows)).toEqual(fromTensor);
    expect(model.predict(rows.map((row) => Int32Array.from(row)))).toEqual(fromTensor);
  });

  test("a model in a model is a layer of it", () => {
    const inner = regressor();
    const outer = sequential({ layers: [inner, layers.dense({ units: 3, seed: 5 })] });
    expect(outer.inputShape).toEqual([null, 3]);
    expect(outer.layers.map(({ name }) => name)).toEqual(["sequential", "dense"]);
    expect(outer.getWeights().length).toBe(6);
    const { x } = regressionData(4);
    const flat = outer.layers[1]!.apply(inner.predict(x)).output;
    expect([...outer.predict(x).data]).toEqual([...flat.data]);
  });

  test("a mask goes on through a recurrent layer and a bidirectional one", () => {
    const model = sequential({
      layers: [
        layers.masking({ inputShape: [4, 3] }),
        layers.gru({ units: 3, returnSequences: true, seed: 1 }),
        layers.bidirectional({ layer: layers.gru({ units: 2, returnSequences: true, seed: 2 }) }),
        layers.gru({ units: 2, seed: 3 }),
      ],
    });
    const x = randn([2, 4, 3], { seed: 4 }).toArray() as number[][][];
    x[0]![3] = x[1]![1] = [0, 0, 0];
    const mask = [
      [true, true, true, false],
      [true, false, true, true],
    ];
    const wanted = model.layers
      .slice(1)
      .reduce((y: Tensor, layer) => layer.apply(y, { mask }).output, tensor(x));
    expect([...model.predict(x).data]).toEqual([...wanted.data]);
  });

  test("puts out the states of a last layer with returnState", () => {
    const model = sequential({
      layers: [layers.lstm({ units: 2, inputShape: [3, 4], returnState: true, seed: 1 })],
    });
    const outputs = model.predictAll(randn([5, 3, 4], { seed: 2 }), { batchSize: 2 });
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [5, 2],
      [5, 2],
      [5, 2],
    ]);
    expect([...outputs[0]!.data]).toEqual([...outputs[1]!.data]); // the last h is the output
    expect([...outputs[0]!.data]).not.toEqual([...outputs[2]!.data]);
  });

  test("states put out by any other layer are refused, not lost", () => {
    const inputShape = [3, 4];
    const gru = layers.gru({ units: 2, returnSequences: true });
    for (const layer of [
      layers.gru({ units: 2, inputShape, returnState: true }),
      layers.bidirectional({ layer: gru, inputShape, mergeMode: null }),
      sequential({ layers: [layers.lstm({ units: 2, inputShape, returnState: true })] }),
    ]) {
      const model = sequential({ layers: [layer] });
      expect(() => model.add(layers.dense({ units: 1 }))).toThrow(
        /^sequential\.add: .*every layer but the last.*dense/,
      );
      expect(model.layers).toEqual([layer]);
    }
    class Twice extends Layer {
      shapeAfter(shape: readonly (number | null)[]) {
        return shape;
      }
      call({ x }: Flow) {
        return { x, more: [x] };
      }
    }
    const model = sequential({ layers: [new Twice("Twice", { inputShape: [2] })] });
    model.add(layers.dense({ units: 1 }));
    expect(() => model.predict(ones([5, 2]))).toThrow(/every layer but the last.*dense/);
    const last = layers.gru({ units: 2, inputShape: [3, 4] });
    expect(() => sequential({ layers: [last, layers.lstm({ units: 2 })] })).toThrow(
      /layers\.lstm: .* got \[batch, 2\] \(.*returnSequences: true\)/,
    );
  });

  test("a layer that is applied by itself stays as the model built it", () => {
    const model = sequential({ layers: [layers.lstm({ units: 2, inputShape: [4, 3] })] });
    const text = model.summary(() => {});
    model.layers[0]!.apply(ones([7, 5, 3]));
    model.apply(ones([4, 4, 3]));
    expect(model.outputShape).toEqual([null, 2]);
    expect(model.summary(() => {})).toBe(text);
    expect(() => model.layers[0]!.apply(ones([7, 5, 2]))).toThrow(/3 features/);
  });

  test("a layer that the model's input does not go with is not added, whatever the model was built for since", () => {
    const model = sequential({
      layers: [layers.lstm({ units: 2, inputShape: [4, 3], returnSequences: true })],
    });
    model.build([4, 4, 3]);
    expect(() => model.add(layers.gru({ units: 2, stateful: true }))).toThrow(/batchInputShape/);
    expect(model.layers.length).toBe(1);
    expect(model.predict(ones([2, 4, 3])).shape).toEqual([2, 4, 2]);
  });

  test("what layers share counts once, in weights, training and summary", () => {
    const cell = new LSTMCell(2, 2, { seed: 1 });
    const model = sequential({
      layers: [
        layers.rnn({ cell, inputShape: [3, 2], returnSequences: true }),
        layers.rnn({ cell, returnSequences: true }),
      ],
    });
    const size = 8 * 2 + 8 * 2 + 8 + 8;
    expect(model.getWeights().map(({ shape }) => shape)).toEqual([
      [2, 8],
      [2, 8],
      [2, 8],
    ]);
    expect(model.trainableParameters().length).toBe(4);
    expect(model.summary(() => {})).toContain(
      `Total params: ${size}\nTrainable params: ${size}\nNon-trainable params: 0`,
    );
    model.setWeights(model.getWeights().map((w) => mul(w, 2)));
  });

  test("a step that fails leaves the state as it was, in training, evaluation and prediction", () => {
    const x = randn([4, 3, 2], { seed: 8 });
    const y = ones([4, 1]);
    const [model, twin] = [statefulModel(), statefulModel()];
    for (const one of [model, twin]) one.predict(x);
    model.compile({
      optimizer: "sgd",
      loss: () => {
        throw new Error("no loss");
      },
    });
    expect(() => model.trainOnBatch(x, y)).toThrow("no loss");
    expect(() => model.evaluate(x, y)).toThrow("no loss");
    let calls = 0;
    const fails = layers.dense({ units: 1 });
    fails.call = () => {
      if (calls++ === 1) throw new Error("no output");
      return { x: ones([4, 1]) };
    };
    const failing = sequential({ layers: [model, fails] });
    expect(() => failing.predict(randn([8, 3, 2], { seed: 9 }))).toThrow("no output");
    expect(model.predict(x).data).toEqual(twin.predict(x).data);
  });

  test("weights go out and in, in Keras' order", () => {
    const [from, to] = [regressor(), regressor()];
    to.setWeights(to.getWeights().map(({ shape, size }) => tensor(new Float32Array(size), shape)));
    expect(weightsOf(to)).not.toEqual(weightsOf(from));
    const zeros = to.getWeights();
    for (const form of [
      from.getWeights(),
      from.getWeights().map((weight) => weight.toArray()),
      from.getWeights().map(({ data }) => data),
      from.getWeights().map((weight) => JSON.parse(JSON.stringify(weight)).data),
    ]) {
      to.setWeights(zeros);
      to.setWeights(form);
      expect(weightsOf(to)).toEqual(weightsOf(from));
    }
    expect(weightsOf(to)).toEqual(weightsOf(from));
    expect(from.getWeights().map(({ shape }) => shape)).toEqual([[3, 5], [5], [5, 2], [2]]);
  });

  test("a step of training is the optimizer's step on the loss", () => {
    const { x, y } = regressionData(6);
    const [model, byHand] = [regressor(), regressor()];
    model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: "meanSquaredError" });
    const optimizer = new SGD({ learningRate: 0.1 });
    for (let step = 0; step < 3; step++) {
      const { loss } = model.trainOnBatch(x, y);
      const expected = optimizer.minimize(() => {
        const flow = byHand.call({ x: x as Tensor }, { training: true });
        return mse(flow.x, y as Tensor);
      });
      expect(loss).toBeCloseTo(expected, 6);
      weightsOf(model).forEach((w, i) => {
        expect(w).toBeCloseTo(weightsOf(byHand)[i]!, 5);
      });
    }
  });

  test("training drops, predict and evaluate do not", () => {
    const model = sequential({
      layers: [layers.dropout({ rate: 0.5, inputShape: [200], seed: 1 })],
    });
    model.add(layers.dense({ units: 1, kernelInitializer: "ones", seed: 1 }));
    const metrics = [
      function sum(_: Tensor, prediction: Tensor) {
        return prediction.data[0]!;
      },
    ];
    model.compile({ optimizer: new SGD({ learningRate: 0 }), loss: "mse", metrics });
    const [x, y] = [ones([1, 200]), zeros([1, 1])];
    expect(model.predict(x).item()).toBe(200);
    expect(model.evaluate(x, y).sum).toBe(200);
    const [first, second] = [model.trainOnBatch(x, y).sum, model.trainOnBatch(x, y).sum];
    expect(new Set([200, first, second]).size).toBe(3);
    expect(model.predict(x).item()).toBe(200);
  });

  test("frozen layers stay as they are", () => {
    const { x, y } = regressionData(6);
    const model = regressor();
    model.layers[0]!.trainable = false;
    model.compile({ optimizer: "sgd", loss: "mse" });
    const before = model.getWeights().map(({ data }) => [...data]);
    model.trainOnBatch(x, y);
    const after = model.getWeights().map(({ data }) => [...data]);
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toEqual(before[2]);
    model.trainable = false;
    expectErrors([["all frozen", RangeError, () => model.trainOnBatch(x, y), /weights to train/]]);
  });

  test("state goes on from call to call, and can be kept as it is or taken away", () => {
    const x = randn([4, 3, 2], { seed: 8 });
    const model = statefulModel();
    model.compile({ optimizer: new Adam(), loss: "mse" });
    const y = tensor([[1], [2], [3], [4]]);
    const first = [...model.predict(x, { keepState: true }).data];
    expect([...model.predict(x).data]).toEqual(first);
    const second = [...model.predict(x, { keepState: true }).data];
    expect(second).not.toEqual(first);
    const kept = model.evaluate(x, y, { keepState: true });
    expect(model.evaluate(x, y, { keepState: true })).toEqual(kept);
    expect(model.evaluate(x, y)).toEqual(kept);
    expect(model.evaluate(x, y)).not.toEqual(kept);
    model.resetStates();
    expect([...model.predict(x).data]).toEqual(first);
    expect([...model.predict(x).data]).toEqual(second);
  });

  test("state is as it was where keepState meets an error", () => {
    const x = randn([4, 3, 2], { seed: 8 });
    const model = statefulModel();
    const first = [...model.predict(x, { keepState: true }).data];
    model.compile({
      optimizer: "sgd",
      loss: () => {
        throw new Error("no loss");
      },
    });
    const y = tensor([[1], [2], [3], [4]]);
    expect(() => model.evaluate(x, y, { keepState: true })).toThrow("no loss");
    expect([...model.predict(x).data]).toEqual(first);
  });

  test("the summary has every layer, what it puts out and its parameters", () => {
    const model = sequential({
      layers: [
        layers.simpleRNN({ units: 50, inputShape: [28, 28], trainable: false }),
        layers.dense({ units: 10 }),
        layers.activation({ activation: "softmax" }),
      ],
    });
    const printed: string[] = [];
    const text = model.summary((line) => printed.push(line));
    expect(printed).toEqual([text]);
    expect(text).toBe(
      [
        'Model: "sequential"',
        "________________________________________________",
        "Layer (type)              Output shape   Param #",
        "================================================",
        "simple_rnn (SimpleRNN)    [null,50]        3,950",
        "dense (Dense)             [null,10]          510",
        "activation (Activation)   [null,10]            0",
        "================================================",
        "Total params: 4,460",
        "Trainable params: 510",
        "Non-trainable params: 3,950",
        "________________________________________________",
      ].join("\n"),
    );
  });

  test("what is wrong with a model is said when it is put together", () => {
    const dense = layers.dense({ units: 2, inputShape: [3] });
    const used = sequential({ layers: [dense] });
    const shaped = { units: 2, inputShape: [3] };
    expectErrors([
      [
        "no shape",
        RangeError,
        () => sequential({ layers: [layers.lstm({ units: 2 })] }),
        /inputShape/,
      ],
      [
        "no shape, later",
        RangeError,
        () => sequential().add(layers.gru({ units: 2 })),
        /inputShape/,
      ],
      ["not a layer", TypeError, () => sequential({ layers: [wrong(new LSTM(2, 3))] }), /an LSTM$/],
      ["no array", TypeError, () => sequential({ layers: wrong(dense) }), /array/],
      ["misspelt", TypeError, () => sequential(wrong({ layer: [] })), /layers, name/],
      ["twice", RangeError, () => used.add(dense), /again/],
      ["itself", RangeError, () => used.add(used)],
      [
        "one name",
        RangeError,
        () =>
          sequential({
            layers: [layers.dense({ ...shaped, name: "a" }), layers.dense({ units: 2, name: "a" })],
          }),
        /"a"/,
      ],
      [
        "samples of another size",
        RangeError,
        () => used.predict(tensor([[1, 2]])),
        /\[batch, 3\], got \[1, 2\]/,
      ],
      ["samples of another rank", RangeError, () => used.predict(tensor([1, 2, 3]))],
      ["a scalar", RangeError, () => used.predict(tensor(1))],
      ["words", TypeError, () => used.predict(wrong("abc"))],
      ["batchSize 0", RangeError, () => used.predict(tensor([[1, 2, 3]]), { batchSize: 0 })],
      ["keepState", TypeError, () => used.predict(tensor([[1, 2, 3]]), { keepState: wrong(1) })],
      ["option", TypeError, () => used.predict(tensor([[1, 2, 3]]), wrong({ batch: 1 }))],
      ["print", TypeError, () => used.summary(wrong("console"))],
    ]);
    expect(() => sequential().inputShape).toThrow(/layers/);
    expect(() => sequential().predict(tensor([[1]]))).toThrow(/layers/);
  });
});
