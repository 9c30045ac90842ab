import { checkOptions, valueError } from "../core/check.ts";
import { reshape } from "../ops/shape.ts";
import {
  type BatchShape,
  type Flow,
  formatBatchShape,
  Layer,
  type LayerOptions,
  layerOptionNames,
} from "./layer.ts";
import { gatherOrZeros } from "./steps.ts";

/** The last step that counts of each sequence, x [batch, time, n] → [batch, n]; zeros where none does. Masks end here. */
export class LastStep extends Layer {
  constructor(options?: LayerOptions) {
    super("LastStep", checkOptions("layers.lastStep", options, layerOptionNames));
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    if (inputShape.length !== 3)
      throw valueError(
        this.where,
        "an input [batch, time, features]",
        formatBatchShape(inputShape),
      );
    return [inputShape[0]!, inputShape[2]!];
  }

  call({ x, mask }: Flow): Flow {
    const [batch, time, width] = x.shape as [number, number, number];
    const last = Int32Array.from({ length: batch }, (_, b) => {
      if (!mask) return b * time + time - 1;
      const t = mask.steps.subarray(b * time, (b + 1) * time).lastIndexOf(1);
      return t < 0 ? -1 : b * time + t;
    });
    return { x: gatherOrZeros(reshape(x, [batch * time, width]), last) };
  }
}
