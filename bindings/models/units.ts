import type { ActivationFunction, BuiltInCell } from "../cells/built-in.ts";
import type { Unrolled } from "../cells/cell.ts";
import { GRUCell } from "../cells/gru.ts";
import { LSTMCell, type LSTMState } from "../cells/lstm.ts";
import { RNNCell } from "../cells/rnn.ts";
import { checkFlag, checkOptions, checkSize } from "../core/check.ts";
import { deriveSeed, Streams } from "../core/random.ts";
import type { Tensor } from "../core/tensor.ts";
import { type Activation, resolveActivation } from "../ops/activation-table.ts";
import { checkRate, drop } from "../ops/dropout.ts";
import type { Packed } from "../unroll.ts";
import { type Initializer, type InitialValues, resolveInitializer } from "./initializer-names.ts";
import type { BatchShape, Run } from "./layer.ts";
import {
  RecurrentLayer,
  type RecurrentLayerOptions,
  recurrentLayerOptionNames,
} from "./recurrent.ts";
import { initializeWeights } from "./weights.ts";

/** What the recurrent layers with cells of their own can be given. */
export interface UnitsOptions extends RecurrentLayerOptions {
  /** Features of an output. */
  readonly units: number;
  /** Of the state, or of the candidate for it. Default "tanh". */
  readonly activation?: Activation | undefined;
  /** Whether gates have biases. Default true. */
  readonly useBias?: boolean | undefined;
  /** Of what inputs are multiplied with. Default "glorotUniform". */
  readonly kernelInitializer?: Initializer | undefined;
  /** Of what the state is multiplied with. Default "orthogonal". */
  readonly recurrentInitializer?: Initializer | undefined;
  /** Default "zeros". */
  readonly biasInitializer?: Initializer | undefined;
  /** The share of inputs dropped in training, the same features at every step of a sequence. Default 0. */
  readonly dropout?: number | undefined;
  /** The share of h that the product with it does not see in training, the same at every step of a sequence. Default 0. */
  readonly recurrentDropout?: number | undefined;
  /** For the initial weights and for dropout: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

/** What the layers with gates can be given. */
export interface GatedOptions extends UnitsOptions {
  /** Of the gates. Default "sigmoid", as in Keras; TensorFlow.js has "hardSigmoid". */
  readonly recurrentActivation?: Activation | undefined;
}

const unitsOptionNames = [
  ...recurrentLayerOptionNames,
  "units",
  "activation",
  "useBias",
  "kernelInitializer",
  "recurrentInitializer",
  "biasInitializer",
  "dropout",
  "recurrentDropout",
  "seed",
] as const;

const gatedOptionNames = [...unitsOptionNames, "recurrentActivation"] as const;

/** The seed of a bidirectional layer's backward half is the one so many on from its forward half's, whose weights are fewer. */
const BACKWARD_SEED = 16;

/** A recurrent layer with a built-in cell, which Keras' initializers fill. */
abstract class UnitsLayer<S> extends RecurrentLayer<S> {
  /** Features of an output. */
  readonly units: number;
  /** @internal */
  protected readonly activation: ActivationFunction;
  /** @internal */
  protected readonly useBias: boolean;
  readonly #initializers: Readonly<Record<string, InitialValues>>;
  readonly #dropout: number;
  readonly #recurrentDropout: number;
  readonly #streams: Streams;
  readonly #seed: number | undefined;
  readonly #options: UnitsOptions;

  constructor(kind: string, options: UnitsOptions) {
    super(kind, options);
    const { where } = this;
    const {
      kernelInitializer = "glorotUniform",
      recurrentInitializer = "orthogonal",
      biasInitializer = "zeros",
      seed,
    } = options;
    this.units = checkSize(where, "units", options.units);
    this.activation = resolveActivation(where, "activation", options.activation ?? "tanh");
    this.useBias = checkFlag(where, "useBias", options.useBias, true);
    this.#initializers = {
      kernel: resolveInitializer(where, "kernelInitializer", kernelInitializer),
      recurrent_kernel: resolveInitializer(where, "recurrentInitializer", recurrentInitializer),
      bias: resolveInitializer(where, "biasInitializer", biasInitializer),
    };
    this.#dropout = checkRate(where, "dropout", options.dropout ?? 0);
    this.#recurrentDropout = checkRate(where, "recurrentDropout", options.recurrentDropout ?? 0);
    this.#streams = new Streams(where, seed);
    this.#seed = seed;
    this.#options = options;
  }

  /** @internal */
  protected get outputSize(): number {
    return this.units;
  }

  /** @internal */
  protected abstract override createCell(inputSize: number): BuiltInCell<S>;

  /** @internal What the bias begins as, once its initializer has given its numbers. */
  protected adjustBias(values: Float32Array): Float32Array {
    return values;
  }

  /** @internal */
  protected override create(inputShape: BatchShape): void {
    super.create(inputShape);
    const initializers = {
      ...this.#initializers,
      bias: (...args: Parameters<InitialValues>) =>
        this.adjustBias(Float32Array.from(this.#initializers.bias!(...args))),
    };
    initializeWeights(this.where, this.kerasWeights(), initializers, this.#seed);
  }

  /** @internal In training with what is to be dropped: one choice for all steps of a sequence, as Gal & Ghahramani 2016. */
  protected override runPacked(packed: Packed, run: Run, initial: S | undefined): Unrolled<S> {
    if (!run.training || (this.#dropout === 0 && this.#recurrentDropout === 0))
      return super.runPacked(packed, run, initial);
    const cell = this.cell as BuiltInCell<S>;
    const { sizes } = packed.schedule;
    const seen = this.#streams.next();
    const see = (h: Tensor): Tensor => drop(h, this.#recurrentDropout, seen);
    const unroll: BuiltInCell<S>["unroll"] = (x, schedule, first) =>
      cell.unroll(x, schedule, first, this.#recurrentDropout === 0 ? undefined : see);
    // Row b of every step is sequence b: each step draws its numbers from the first on.
    const counts = sizes.map((rows) => rows * cell.inputSize);
    const x = drop(packed.x, this.#dropout, this.#streams.next(), counts);
    return packed.run({ unroll }, x, initial);
  }

  /** @internal The options of the layer that runs the other way. */
  protected get reversedOptions(): UnitsOptions {
    return {
      ...this.#options,
      name: undefined,
      goBackwards: !this.goBackwards,
      seed: deriveSeed(this.#seed, BACKWARD_SEED),
    };
  }
}

/** `RNNCell` as a layer: see `layers.simpleRNN`. */
export class SimpleRNN extends UnitsLayer<Tensor> {
  constructor(options: UnitsOptions) {
    super("SimpleRNN", checkOptions("layers.simpleRNN", options, unitsOptionNames));
  }

  /** @internal */
  protected createCell(inputSize: number): RNNCell {
    const { activation, useBias: bias } = this;
    return new RNNCell(inputSize, this.units, { activation, bias, recurrentBias: false });
  }

  /** @internal */
  reversed(): SimpleRNN {
    return new SimpleRNN(this.reversedOptions);
  }
}

/** What an LSTM layer of a model can be given. */
export interface LSTMLayerOptions extends GatedOptions {
  /** Whether the forget gate's bias begins as 1 (Jozefowicz et al. 2015). Default true. */
  readonly unitForgetBias?: boolean | undefined;
}

/** `LSTMCell` as a layer: see `layers.lstm`. */
export class LSTMLayer extends UnitsLayer<LSTMState> {
  readonly #recurrentActivation: ActivationFunction;
  readonly #unitForgetBias: boolean;

  constructor(options: LSTMLayerOptions) {
    const where = "layers.lstm";
    const checked = checkOptions(where, options, [...gatedOptionNames, "unitForgetBias"]);
    super("LSTM", checked);
    const { recurrentActivation = "sigmoid", unitForgetBias } = checked;
    this.#recurrentActivation = resolveActivation(
      where,
      "recurrentActivation",
      recurrentActivation,
    );
    this.#unitForgetBias = checkFlag(where, "unitForgetBias", unitForgetBias, true);
  }

  /** @internal */
  protected createCell(inputSize: number): LSTMCell {
    return new LSTMCell(inputSize, this.units, {
      activation: this.activation,
      recurrentActivation: this.#recurrentActivation,
      bias: this.useBias,
      recurrentBias: false,
    });
  }

  /** @internal */
  protected override adjustBias(values: Float32Array): Float32Array {
    return this.#unitForgetBias ? values.fill(1, this.units, 2 * this.units) : values;
  }

  /** @internal */
  reversed(): LSTMLayer {
    return new LSTMLayer(this.reversedOptions);
  }
}

/** What a GRU layer of a model can be given. */
export interface GRULayerOptions extends GatedOptions {
  /**
   * Whether the reset gate acts on the product with h (Keras, cuDNN), with a bias of its own, or on h before it (TensorFlow.js).
   * Default true.
   */
  readonly resetAfter?: boolean | undefined;
}

/** `GRUCell` as a layer: see `layers.gru`. */
export class GRULayer extends UnitsLayer<Tensor> {
  readonly #recurrentActivation: ActivationFunction;
  readonly #resetAfter: boolean;

  constructor(options: GRULayerOptions) {
    const where = "layers.gru";
    const checked = checkOptions(where, options, [...gatedOptionNames, "resetAfter"]);
    super("GRU", checked);
    const { recurrentActivation = "sigmoid", resetAfter } = checked;
    this.#recurrentActivation = resolveActivation(
      where,
      "recurrentActivation",
      recurrentActivation,
    );
    this.#resetAfter = checkFlag(where, "resetAfter", resetAfter, true);
  }

  /** @internal */
  protected createCell(inputSize: number): GRUCell {
    return new GRUCell(inputSize, this.units, {
      activation: this.activation,
      recurrentActivation: this.#recurrentActivation,
      resetAfter: this.#resetAfter,
      bias: this.useBias,
      recurrentBias: this.useBias && this.#resetAfter,
    });
  }

  /** @internal */
  reversed(): GRULayer {
    return new GRULayer(this.reversedOptions);
  }
}
