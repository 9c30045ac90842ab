import { checkOptions, checkSize, kindError, valueError } from "../core/check.ts";
import { sizeOf } from "../core/tensor.ts";
import { reshape } from "../ops/shape.ts";
import {
  type BatchShape,
  type Flow,
  formatBatchShape,
  Layer,
  type LayerOptions,
  layerOptionNames,
} from "./layer.ts";

/** How many numbers a sample has; null where that is not known. */
function sampleSize(shape: BatchShape): number | null {
  const sizes = shape.slice(1);
  return sizes.includes(null) ? null : sizeOf(sizes as number[]);
}

/** [batch, ...] → [batch, numbers of a sample]. Masks end here. */
export class Flatten extends Layer {
  constructor(options?: LayerOptions) {
    super("Flatten", checkOptions("layers.flatten", options, layerOptionNames));
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    return [inputShape[0] ?? null, sampleSize(inputShape)];
  }

  call({ x }: Flow): Flow {
    return { x: reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))]) };
  }
}

/** What a reshape layer can be given. */
export interface ReshapeOptions extends LayerOptions {
  /** Sizes of a sample; one of them may be -1: what is left. */
  readonly targetShape: readonly number[];
}

/** [batch, ...] → [batch, ...targetShape], numbers row by row as before. Masks end here. */
export class Reshape extends Layer {
  readonly #target: readonly number[];

  constructor(options: ReshapeOptions) {
    const where = "layers.reshape";
    const checked = checkOptions(where, options, [...layerOptionNames, "targetShape"]);
    super("Reshape", checked);
    const { targetShape } = checked;
    if (!Array.isArray(targetShape))
      throw kindError(where, "targetShape to be an array of sizes", targetShape);
    for (const n of targetShape) if (n !== -1) checkSize(where, "every size of targetShape", n);
    if (targetShape.filter((n) => n === -1).length > 1)
      throw valueError(where, "targetShape with one -1 at most", `[${targetShape.join(", ")}]`);
    this.#target = [...targetShape];
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    const size = sampleSize(inputShape);
    const known = sizeOf(this.#target.filter((n) => n !== -1));
    const open = this.#target.includes(-1);
    if (size !== null && (open ? size % known !== 0 : size !== known))
      throw valueError(
        this.where,
        `samples of ${open ? "a multiple of " : ""}${known} numbers`,
        formatBatchShape(inputShape),
      );
    const rest = size === null ? null : size / known;
    return [inputShape[0] ?? null, ...this.#target.map((n) => (n === -1 ? rest : n))];
  }

  call({ x }: Flow): Flow {
    return { x: reshape(x, this.shapeAfter(x.shape) as number[]) };
  }
}
