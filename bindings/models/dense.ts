import { checkFlag, checkOptions, checkSize, valueError } from "../core/check.ts";
import { Linear } from "../nn/linear.ts";
import { type Activation, resolveActivation } from "../ops/activation-table.ts";
import { linear } from "../ops/matmul.ts";
import { type Initializer, type InitialValues, resolveInitializer } from "./initializer-names.ts";
import {
  type BatchShape,
  checkFeatures,
  type Flow,
  formatBatchShape,
  Layer,
  type LayerOptions,
  layerOptionNames,
} from "./layer.ts";
import { gateWeight, initializeWeights, type KerasWeight } from "./weights.ts";

/** What a dense layer can be given. */
export interface DenseOptions extends LayerOptions {
  /** Features of an output. */
  readonly units: number;
  /** Default "linear". */
  readonly activation?: Activation | undefined;
  /** Whether something is added. Default true. */
  readonly useBias?: boolean | undefined;
  /** Default "glorotUniform". */
  readonly kernelInitializer?: Initializer | undefined;
  /** Default "zeros". */
  readonly biasInitializer?: Initializer | undefined;
  /** Features of an input: short for `inputShape: [inputDim]`. */
  readonly inputDim?: number | undefined;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

const optionNames = [
  ...layerOptionNames,
  "units",
  "activation",
  "useBias",
  "kernelInitializer",
  "biasInitializer",
  "inputDim",
  "seed",
] as const;

/** y = activation(x K + b) for the last axis of x [batch, ..., inputs]: y [batch, ..., units]. K [inputs, units]. */
export class Dense extends Layer {
  /** Features of an output. */
  readonly units: number;
  /** Present once the layer is built. */
  linear?: Linear;
  readonly #activation: (x: Flow["x"]) => Flow["x"];
  readonly #useBias: boolean;
  readonly #initializers: Readonly<Record<string, InitialValues>>;
  readonly #seed: number | undefined;

  constructor(options: DenseOptions) {
    const where = "layers.dense";
    const checked = checkOptions(where, options, optionNames);
    const { inputDim, ...rest } = checked;
    super("Dense", inputDim === undefined ? rest : { inputShape: [inputDim], ...rest });
    const { kernelInitializer = "glorotUniform", biasInitializer = "zeros" } = checked;
    this.units = checkSize(where, "units", checked.units);
    this.#activation = resolveActivation(where, "activation", checked.activation ?? "linear");
    this.#useBias = checkFlag(where, "useBias", checked.useBias, true);
    this.#initializers = {
      kernel: resolveInitializer(where, "kernelInitializer", kernelInitializer),
      bias: resolveInitializer(where, "biasInitializer", biasInitializer),
    };
    this.#seed = checked.seed;
    if (this.#seed !== undefined) checkSize(where, "seed", this.#seed, 0);
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    const features = checkFeatures(this.where, inputShape, 2);
    if (this.linear && features !== this.linear.inputSize)
      throw valueError(
        this.where,
        `an input of ${this.linear.inputSize} features`,
        formatBatchShape(inputShape),
      );
    return [...inputShape.slice(0, -1), this.units];
  }

  /** @internal */
  protected override create(inputShape: BatchShape): void {
    this.linear = new Linear(inputShape.at(-1)!, this.units, { bias: this.#useBias });
    initializeWeights(this.where, this.kerasWeights(), this.#initializers, this.#seed);
  }

  call({ x, mask }: Flow): Flow {
    const { weight, bias } = this.linear!;
    return { x: this.#activation(linear(x, weight, bias)), mask };
  }

  /** @internal */
  override kerasWeights(): readonly KerasWeight[] {
    if (!this.linear) return [];
    const { weight, bias } = this.linear;
    const kernel = gateWeight("kernel", weight, [0]);
    return bias ? [kernel, gateWeight("bias", bias, [0])] : [kernel];
  }
}
