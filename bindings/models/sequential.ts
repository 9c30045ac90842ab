import { checkFlag, checkOptions, checkSize, kindError, valueError } from "../core/check.ts";
import { inNewFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Logs } from "./callbacks.ts";
import { type Compiled, type CompileOptions, resolveCompile } from "./compile.ts";
import { type Batches, batchesOf, type Data, joinRows, toBatch, toTensor } from "./data.ts";
import { type History, runFit } from "./fit.ts";
import { type BatchShape, type Flow, Layer, type Run } from "./layer.ts";
import { type FitBatchesOptions, type FitOptions, planFit } from "./plan.ts";
import { summaryOf } from "./summary.ts";
import { checkSamples, restoringStates, Trainer } from "./trainer.ts";

/** What a model can be given. */
export interface SequentialOptions {
  /** Its layers, first one first; more can be added. */
  readonly layers?: readonly Layer[] | undefined;
  /** What summaries call it. Default "sequential". */
  readonly name?: string | undefined;
}

/** What `predict` and `evaluate` can be given. */
export interface BatchOptions {
  /** Samples at a time. Default 32, or the model's own fixed batch size. */
  readonly batchSize?: number | undefined;
  /** Whether stateful layers are as they were afterwards. Default false: they go on, as in Keras. */
  readonly keepState?: boolean | undefined;
}

/**
 * A model of layers one after the other, as keras.Sequential: `compile` it, then `fit` or `trainOnBatch`, `evaluate`,
 * `predict`. It is a layer itself, and can stand in another model.
 */
export class Sequential extends Layer {
  /** Its layers, first one first. */
  readonly layers: readonly Layer[] = [];
  /** Set to true by a callback, it ends `fit` after the step at work. */
  stopTraining = false;
  #inputShape: BatchShape | undefined;
  #compiled: Compiled | undefined;
  #fitting = false;

  /** Throws where `add` does. */
  constructor(options?: SequentialOptions) {
    const { layers = [], name } = checkOptions("sequential", options, ["layers", "name"]);
    super("Sequential", { name });
    if (!Array.isArray(layers)) throw kindError(this.where, "layers to be an array", layers);
    for (const layer of layers) this.add(layer);
  }

  /** @internal */
  override get where(): string {
    return "sequential";
  }

  /** Sizes of the batches that it takes; null is a size that is free. Throws an Error while it has no layers. */
  get inputShape(): BatchShape {
    if (!this.#inputShape) throw noLayers(this.where);
    return this.#inputShape;
  }

  /**
   * Puts a layer behind the others and builds it for what they put out. The first one says what goes in, by `inputShape` or
   * `batchInputShape`. Throws a RangeError where it does not, or where the layer does not take what comes; nothing has
   * changed then. Throws an Error while the model is being fitted.
   */
  add(layer: Layer): void {
    const where = `${this.where}.add`;
    if (this.#fitting) throw new Error(`${where}: called while the model is being fitted`);
    if (!(layer instanceof Layer)) throw kindError(where, "a layer", layer);
    if (layer === this || this.layers.includes(layer))
      throw valueError(where, "a layer that is not in the model yet", `${layer.name} again`);
    if (layer.named && this.layers.some(({ name }) => name === layer.name))
      throw valueError(where, "names that differ", `two layers called "${layer.name}"`);
    const last = this.layers.at(-1);
    if (last?.putsOutMore)
      throw valueError(
        where,
        `one output of every layer but the last, such as ${last.name}`,
        `${layer.name} behind it (returnState, or mergeMode: null)`,
      );
    const input = this.#inputShape ?? firstShape(where, layer);
    layer.build(last ? this.shapeAfter(input) : input);
    if (!layer.named) layer.name = this.#freeName(layer.name);
    (this.layers as Layer[]).push(layer);
    this.build(input);
  }

  /** "lstm", "lstm_1", "lstm_2": the first that no layer has. */
  #freeName(name: string): string {
    const taken = new Set(this.layers.map((layer) => layer.name));
    const stem = name.replace(/_\d+$/, "");
    let free = stem;
    for (let i = 1; taken.has(free); i++) free = `${stem}_${i}`;
    return free;
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    if (this.layers.length === 0) throw noLayers(this.where);
    return this.layers.reduce((shape, layer) => layer.shapeAfter(shape), inputShape);
  }

  override get putsOutMore(): boolean {
    return this.layers.at(-1)?.putsOutMore ?? false;
  }

  /** @internal */
  override checkInput(where: string, x: Tensor): void {
    this.layers[0]?.checkInput(where, x);
  }

  override build(inputShape: BatchShape): BatchShape {
    this.shapeAfter(inputShape);
    this.#inputShape ??= inputShape;
    let shape = inputShape;
    for (const layer of this.layers) shape = layer.build(shape);
    return super.build(inputShape);
  }

  call(flow: Flow, run: Run): Flow {
    return this.layers.reduce((passed, layer) => {
      if (passed.more)
        throw new Error(
          `${this.where}: expected one output of every layer but the last, got more before ${layer.name}`,
        );
      return layer.call(passed, run);
    }, flow);
  }

  /**
   * Says what training changes the weights by, towards what, and what is reported. Throws a RangeError for unknown names
   * (the message has those that are known), a TypeError for the wrong kind.
   */
  compile(options: CompileOptions): void {
    this.#compiled = resolveCompile(`${this.where}.compile`, options);
  }

  #trainer(where: string): Trainer {
    if (!this.#compiled)
      throw new Error(
        `${where}: expected a compiled model, got one that is not (call compile first)`,
      );
    return new Trainer(this, this.#compiled);
  }

  /**
   * One step of training on one batch: x and y with as many samples; where the output is [n, 1], y can be [n]. Returns the loss and the metrics of the weights before it.
   * Throws a RangeError for samples, targets or labels that do not go with the model; nothing has changed then.
   */
  trainOnBatch(x: Data, y: Data): Logs {
    const where = `${this.where}.trainOnBatch`;
    const trainer = this.#trainer(where);
    const batch = toBatch(where, x, y);
    trainer.check(where, batch);
    const means = trainer.means();
    means.add(trainer.train(where, batch));
    return means.logs();
  }

  /**
   * Trains on all of x and y, `epochs` times, in batches; the event loop has its turn every few milliseconds. Large data are best
   * tensors, which are taken as they are: nested arrays are made into one first. Resolves to the loss and the metrics of every epoch, those of validation data with "val" before their names.
   * Rejects for wrong arguments before anything changes, and with the signal's reason where that is aborted: the weights are
   * those of the last whole step then.
   */
  fit(x: Data, y: Data, options?: FitOptions): Promise<History>;
  /** Trains on batches: an iterable or async iterable of `[x, y]` or `{ x, y }`, or a function that returns one for each epoch. */
  fit(batches: Batches | (() => Batches), options?: FitBatchesOptions): Promise<History>;
  async fit(...args: readonly unknown[]): Promise<History> {
    const where = `${this.where}.fit`;
    if (this.#fitting) throw new Error(`${where}: called while the model is being fitted already`);
    this.#fitting = true;
    try {
      return await runFit(await planFit(where, this.#trainer(where), args));
    } finally {
      this.#fitting = false;
    }
  }

  /**
   * The loss and the metrics over x and y, which are there as a whole: batches that are iterated over can be `fit`'s
   * `validationData`, or come one by one. Stateful layers go on, unless `keepState` is set.
   */
  evaluate(x: Data, y: Data, options?: BatchOptions): Logs {
    const where = `${this.where}.evaluate`;
    const trainer = this.#trainer(where);
    const data = toBatch(where, x, y);
    const batchSize = this.#batchSize(where, options);
    trainer.check(where, data, batchSize);
    const means = trainer.means();
    this.#keepingState(where, options, () => {
      for (const batch of batchesOf(data, batchSize)) means.add(trainer.evaluate(where, batch));
    });
    return means.logs();
  }

  /** What the model puts out for x, [samples, ...]. Stateful layers go on, unless `keepState` is set; nothing is dropped. */
  predict(x: Data, options?: BatchOptions): Tensor {
    return this.predictAll(x, options)[0]!;
  }

  /** As `predict`, and what a last layer with `returnState` puts out besides: its states, in Keras' order. */
  predictAll(x: Data, options?: BatchOptions): Tensor[] {
    const where = `${this.where}.predict`;
    const samples = toTensor(where, "x", x);
    const batchSize = this.#batchSize(where, options);
    checkSamples(where, this, samples, batchSize);
    const parts: Tensor[][] = [];
    this.#keepingState(where, options, () => {
      for (const batch of batchesOf({ x: samples, y: samples }, batchSize))
        parts.push(this.#outputs(where, batch.x));
    });
    return parts[0]!.map((_, i) => joinRows(parts.map((outputs) => outputs[i]!)));
  }

  #outputs(where: string, x: Tensor): Tensor[] {
    return inNewFrame(where, undefined, () => {
      const { x: output, more = [] } = this.call({ x }, { training: false });
      return [output, ...more];
    });
  }

  #batchSize(where: string, options: BatchOptions | undefined): number {
    const { batchSize = this.inputShape[0] ?? 32 } = checkOptions(where, options, [
      "batchSize",
      "keepState",
    ]);
    return checkSize(where, "batchSize", batchSize);
  }

  #keepingState(where: string, options: BatchOptions | undefined, run: () => void): void {
    const keepState = checkFlag(where, "keepState", options?.keepState);
    const saved = this.saveStates();
    restoringStates(this, run);
    if (keepState) this.loadStates(saved);
  }

  /** The layers with their output shapes and numbers of parameters as a table, printed by `print`, and returned. */
  summary(print: (text: string) => void = console.log): string {
    if (typeof print !== "function")
      throw kindError(`${this.where}.summary`, "print to be a function", print);
    const text = summaryOf(this, this.layers);
    print(text);
    return text;
  }
}

const noLayers = (where: string): Error =>
  new Error(`${where}: expected a model with layers, got none`);

/** What a first layer says goes in. */
function firstShape(where: string, layer: Layer): BatchShape {
  const shape = layer instanceof Sequential ? layer.inputShape : layer.batchInputShape;
  if (!shape)
    throw valueError(
      where,
      "a first layer with inputShape or batchInputShape",
      `${layer.name} with neither`,
    );
  return shape;
}

/** A model of layers one after the other: `sequential({ layers: [layers.lstm({ units: 20, inputShape: [28, 28] })] })`. */
export const sequential = (options?: SequentialOptions): Sequential => new Sequential(options);
