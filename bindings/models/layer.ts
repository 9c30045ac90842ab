import {
  checkFlag,
  checkOptions,
  checkSize,
  formatShape,
  kindError,
  sameShape,
  valueError,
} from "../core/check.ts";
import { flatten } from "../core/flatten.ts";
import { Module } from "../core/module.ts";
import { Parameter } from "../core/parameter.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type NestedArray, sizeOf, Tensor } from "../core/tensor.ts";
import { type Mask, type MaskValues, readMask } from "./mask.ts";
import { eachOnce, type KerasWeight, plainWeight } from "./weights.ts";

/** Sizes of a batch, [batch, ...]; null is a size that is free. */
export type BatchShape = readonly (number | null)[];

/** What one run through a model is. */
export interface Run {
  /** Whether it is a step of training: dropout acts. */
  readonly training: boolean;
}

/** What goes from layer to layer. */
export interface Flow {
  /** A batch, [batch, ...]. */
  readonly x: Tensor;
  /** Which steps of x count; all without it. */
  readonly mask?: Mask | undefined;
  /** Further outputs: with returnState the last states, in Keras' order; of a bidirectional layer that does not merge, the other direction. */
  readonly more?: readonly Tensor[] | undefined;
}

/** What every layer can be given. */
export interface LayerOptions {
  /** What messages and summaries call it. Without a name it gets one like "lstm_1". */
  readonly name?: string | undefined;
  /** Whether training changes its weights. Default true. */
  readonly trainable?: boolean | undefined;
  /** Sizes of one sample; null where any size will do. The first layer of a model needs it, or `batchInputShape`. */
  readonly inputShape?: BatchShape | undefined;
  /** Sizes of a batch, the number of samples first. Stateful layers need it. */
  readonly batchInputShape?: BatchShape | undefined;
}

/** @internal */
export const layerOptionNames = ["name", "trainable", "inputShape", "batchInputShape"] as const;

/** What one call of a layer outside a model can be given. */
export interface ApplyOptions {
  /** Which steps count: rows of true and false (or 1 and 0) [batch, time]. */
  readonly mask?: MaskValues | undefined;
  /** Whether dropout acts. Default false. */
  readonly training?: boolean | undefined;
}

/** @internal */
export const applyOptionNames = ["mask", "training"] as const;

/** What a call of a layer outside a model gives. */
export interface Applied {
  /** What the layer makes of its input, [batch, ...]. */
  readonly output: Tensor;
  /** Which steps of the output count, where not all do. */
  readonly mask?: Mask;
  /** Further outputs. */
  readonly more?: readonly Tensor[];
}

/** @internal */
export const applied = ({ x, mask, more }: Flow): Applied => ({
  output: x,
  ...(mask && { mask }),
  ...(more && { more }),
});

/**
 * A layer of a model, in the sense of Keras: it learns the size of its input when it is built, and passes on which steps count.
 * One of one's own gives `shapeAfter` and `call`, and where it has parameters `create`.
 */
export abstract class Layer extends Module {
  /** Keras' name for what it is: "LSTM", "TimeDistributed". */
  readonly kind: string;
  /** As given, or, once it is in a model, like "lstm_1". */
  name: string;
  /** @internal Whether the name was given. */
  readonly named: boolean;
  /** Sizes of the batches that it was told to expect, where it was. */
  readonly batchInputShape: BatchShape | undefined;
  /** Whether training changes its weights. */
  trainable: boolean;
  #outputShape: BatchShape | undefined;

  constructor(kind: string, options: LayerOptions = {}) {
    super();
    this.kind = kind;
    const { name } = options;
    if (name !== undefined && typeof name !== "string")
      throw kindError(this.where, "name to be a string", name);
    this.named = name !== undefined;
    this.name = name ?? snakeCase(kind);
    this.trainable = checkFlag(this.where, "trainable", options.trainable, true);
    this.batchInputShape = givenShape(this.where, options);
  }

  /** @internal What messages call it: "layers.lstm". */
  get where(): string {
    const { kind } = this;
    const first = /^[A-Z]+$/.test(kind) ? kind.toLowerCase() : kind[0]!.toLowerCase();
    return `layers.${first}${kind.slice(first.length)}`;
  }

  /** Whether the size of its input is known and its parameters are there. */
  get built(): boolean {
    return this.#outputShape !== undefined;
  }

  /** Sizes of what comes out. Throws an Error before the layer is built. */
  get outputShape(): BatchShape {
    if (!this.#outputShape)
      throw new Error(
        `${this.where}: expected a layer that is built, got one whose input size is not known`,
      );
    return this.#outputShape;
  }

  /**
   * Takes an input of such sizes from now on: checks them, creates the parameters the first time, returns the sizes of
   * what comes out. Throws a RangeError where the sizes do not fit, and changes nothing then.
   */
  build(inputShape: BatchShape): BatchShape {
    const shape = this.shapeAfter(inputShape);
    if (!this.#outputShape) this.create(inputShape);
    this.#outputShape = shape;
    return shape;
  }

  /** The sizes that come out for sizes that go in. Throws a RangeError for those that do not fit. */
  abstract shapeAfter(inputShape: BatchShape): BatchShape;

  /** Creates the parameters for an input of such sizes: called once, after `shapeAfter` let them pass. */
  protected create(_inputShape: BatchShape): void {}

  /** @internal Throws a RangeError for numbers that the layer does not take, of samples that fit its shape. */
  checkInput(_where: string, _x: Tensor): void {}

  /** Whether `call` puts out more than one tensor, as with `returnState`: only the last layer of a model may. */
  get putsOutMore(): boolean {
    return false;
  }

  /** One run, of a batch that fits the shape that the layer was built for. */
  abstract call(flow: Flow, run: Run): Flow;

  /** Runs the layer by itself, outside a model: builds it for x where it is not built yet. */
  apply(x: Tensor, options?: ApplyOptions): Applied {
    const checked = checkOptions(`${this.where}.apply`, options, applyOptionNames);
    const { flow, run } = this.checkApply(x, checked);
    return inFrame([this], () => applied(this.call(flow, run)));
  }

  /** @internal What every form of `apply` asks of its arguments. */
  protected checkApply(x: Tensor, options: ApplyOptions): { flow: Flow; run: Run } {
    const where = `${this.where}.apply`;
    const { shape } = checkTensor(where, "x", x);
    const training = checkFlag(where, "training", options.training, false);
    const mask = options.mask === undefined ? undefined : readMask(where, options.mask, shape);
    if (this.built) this.shapeAfter(shape);
    else this.build(shape);
    return { flow: { x, mask }, run: { training } };
  }

  /** Begins anew: state that is kept from batch to batch is zeros again. */
  resetStates(): void {
    for (const layer of this.sublayers()) layer.resetStates();
  }

  /** @internal What is kept from batch to batch, to be put back by `loadStates`. */
  saveStates(): unknown {
    return this.sublayers().map((layer) => layer.saveStates());
  }

  /** @internal */
  loadStates(saved: unknown): void {
    this.sublayers().forEach((layer, i) => {
      layer.loadStates((saved as readonly unknown[])[i]);
    });
  }

  /** @internal Layers that this one is made of. */
  protected sublayers(): Layer[] {
    return this.children().flatMap(([, child]) => (child instanceof Layer ? [child] : []));
  }

  /** The parameters that training is to change, each once: those of layers with `trainable: false` are not among them. */
  trainableParameters(): Parameter[] {
    if (!this.trainable) return [];
    const found = this.children().flatMap(([, child]) => {
      if (child instanceof Layer) return child.trainableParameters();
      return child instanceof Module ? Object.values(child.parameters()) : [child];
    });
    return [...new Set(found)];
  }

  /** @internal The weights as Keras has them, in its order, each once. */
  kerasWeights(): readonly KerasWeight[] {
    const found = this.children().flatMap(([name, child]) => {
      if (child instanceof Layer) return child.kerasWeights();
      if (child instanceof Parameter) return [plainWeight(name, child)];
      return Object.entries(child.parameters()).map(([inner, p]) => plainWeight(inner, p));
    });
    return eachOnce(found);
  }

  /** Copies of the weights, in Keras' order and layout: kernel [I, G·H], recurrent kernel [H, G·H], bias. */
  getWeights(): Tensor[] {
    return this.kerasWeights().map(({ shape, read }) => new Tensor(shape, read()));
  }

  /**
   * Replaces the weights: as many, in the same order and layout, each a tensor or nested arrays, or as many numbers row by
   * row. Throws before anything changes where one does not fit.
   */
  setWeights(weights: readonly (Tensor | Float32Array | NestedArray)[]): void {
    const where = `${this.where}.setWeights`;
    const own = this.kerasWeights();
    if (!Array.isArray(weights)) throw kindError(where, "an array of weights", weights);
    if (weights.length !== own.length)
      throw valueError(where, `${own.length} weights`, weights.length);
    const values = own.map(({ name, shape }, i) => {
      const given = weights[i];
      const source = given instanceof Tensor ? given : flatten(`${where} (${name})`, given);
      const flat = source.shape.length === 1 && source.shape[0] === sizeOf(shape);
      if (!flat && !sameShape(source.shape, shape))
        throw valueError(
          where,
          `${name} of shape ${formatShape(shape)}`,
          formatShape(source.shape),
        );
      return source.data;
    });
    own.forEach(({ write }, i) => {
      write(values[i]!);
    });
  }
}

/** `TimeDistributed` → `time_distributed`, `SimpleRNN` → `simple_rnn`: how Keras names layers that have no name. */
const snakeCase = (kind: string): string =>
  kind
    .replace(/(.)([A-Z][a-z0-9]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** The shape of a batch out of the two ways to give it. */
function givenShape(
  where: string,
  { inputShape, batchInputShape }: LayerOptions,
): BatchShape | undefined {
  if (inputShape !== undefined && batchInputShape !== undefined)
    throw new TypeError(`${where}: expected inputShape or batchInputShape, got both`);
  const [name, shape] =
    batchInputShape === undefined
      ? ["inputShape", inputShape]
      : ["batchInputShape", batchInputShape];
  if (shape === undefined) return undefined;
  if (!Array.isArray(shape)) throw kindError(where, `${name} to be an array of sizes`, shape);
  for (const n of shape) if (n !== null) checkSize(where, `every size of ${name}`, n);
  return batchInputShape === undefined ? [null, ...shape] : [...shape];
}

/** A batch's shape in words for messages: "batch" and "any" stand for sizes that are free. */
export const formatBatchShape = (shape: BatchShape): string =>
  formatShape(shape.map((n, i) => n ?? (i === 0 ? "batch" : "any")));

/** The last size of a shape, which has to be known, with `least` sizes at least. */
export function checkFeatures(where: string, shape: BatchShape, least: number): number {
  const features = shape.at(-1);
  if (shape.length < least || features === null || features === undefined)
    throw valueError(
      where,
      `an input of at least ${least} sizes, the last of them known`,
      formatBatchShape(shape),
    );
  return features;
}
