import { checkFlag, checkOptions, checkSize, describe, valueError } from "../core/check.ts";
import { createParameters, type Parameter } from "../core/parameter.ts";
import type { Tensor } from "../core/tensor.ts";
import { gatherRows } from "../ops/rows.ts";
import { reshape } from "../ops/shape.ts";
import { type Initializer, type InitialValues, resolveInitializer } from "./initializer-names.ts";
import {
  type BatchShape,
  type Flow,
  formatBatchShape,
  Layer,
  type LayerOptions,
  layerOptionNames,
} from "./layer.ts";
import { initializeWeights } from "./weights.ts";

/** What an embedding layer can be given. */
export interface EmbeddingOptions extends LayerOptions {
  /** How many numbers there are to look up: 0 to inputDim - 1. */
  readonly inputDim: number;
  /** Features of an output. */
  readonly outputDim: number;
  /** Default "randomUniform", which is ±0.05. */
  readonly embeddingsInitializer?: Initializer | undefined;
  /** Whether steps of number 0 are padding, which does not count. Default false. */
  readonly maskZero?: boolean | undefined;
  /** Steps of a sequence, where they are always as many. */
  readonly inputLength?: number | undefined;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

const optionNames = [
  ...layerOptionNames,
  "inputDim",
  "outputDim",
  "embeddingsInitializer",
  "maskZero",
  "inputLength",
  "seed",
] as const;

/** A row of the table for each whole number of x [batch, time]: [batch, time, outputDim]. */
export class EmbeddingLayer extends Layer {
  /** [inputDim, outputDim]; present once the layer is built. */
  embeddings?: Parameter;
  readonly #sizes: readonly [inputDim: number, outputDim: number];
  readonly #maskZero: boolean;
  readonly #initializer: InitialValues;
  readonly #seed: number | undefined;

  constructor(options: EmbeddingOptions) {
    const where = "layers.embedding";
    const checked = checkOptions(where, options, optionNames);
    const { inputShape, batchInputShape, inputLength } = checked;
    if (inputLength !== undefined) checkSize(where, "inputLength", inputLength);
    const given = inputShape !== undefined || batchInputShape !== undefined;
    super("Embedding", given ? checked : { ...checked, inputShape: [inputLength ?? null] });
    this.#sizes = [
      checkSize(where, "inputDim", checked.inputDim),
      checkSize(where, "outputDim", checked.outputDim),
    ];
    this.#maskZero = checkFlag(where, "maskZero", checked.maskZero, false);
    const { embeddingsInitializer = "randomUniform", seed } = checked;
    this.#initializer = resolveInitializer(where, "embeddingsInitializer", embeddingsInitializer);
    if (seed !== undefined) checkSize(where, "seed", seed, 0);
    this.#seed = seed;
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    if (inputShape.length < 2)
      throw valueError(this.where, "an input [batch, time]", formatBatchShape(inputShape));
    return [...inputShape, this.#sizes[1]];
  }

  /** @internal */
  protected override create(): void {
    const { embeddings } = createParameters(this.where, { embeddings: this.#sizes });
    this.embeddings = embeddings;
    const initializers = { embeddings: this.#initializer };
    initializeWeights(this.where, this.kerasWeights(), initializers, this.#seed);
  }

  /** @internal */
  override checkInput(where: string, { data }: Tensor): void {
    const [count] = this.#sizes;
    for (const n of data)
      if (!(Number.isInteger(n) && n >= 0 && n < count))
        throw valueError(
          where,
          `whole numbers from 0 to ${count - 1}, as ${this.name} has rows for`,
          describe(n),
        );
  }

  call({ x }: Flow): Flow {
    const [, width] = this.#sizes;
    const { data, shape } = x;
    this.checkInput(this.where, x);
    const rows = gatherRows(this.embeddings!, Int32Array.from(data));
    const y = reshape(rows, [...shape, width]);
    const [batch, time] = shape as [number, number];
    if (!this.#maskZero || shape.length !== 2) return { x: y };
    return { x: y, mask: { batch, time, steps: Uint8Array.from(data, (n) => Number(n !== 0)) } };
  }
}
