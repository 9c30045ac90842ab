import { checkNumber, checkOptions } from "../core/check.ts";
import { sizeOf } from "../core/tensor.ts";
import { gatherRows, scatterRows } from "../ops/rows.ts";
import { reshape } from "../ops/shape.ts";
import {
  type BatchShape,
  checkFeatures,
  type Flow,
  Layer,
  type LayerOptions,
  layerOptionNames,
} from "./layer.ts";

/** What a masking layer can be given. */
export interface MaskingOptions extends LayerOptions {
  /** Default 0. */
  readonly maskValue?: number | undefined;
}

/** Steps of x [batch, time, ...] that are `maskValue` throughout do not count from here on; they come out as zeros. */
export class Masking extends Layer {
  readonly #value: number;

  constructor(options?: MaskingOptions) {
    const where = "layers.masking";
    const checked = checkOptions(where, options, [...layerOptionNames, "maskValue"]);
    super("Masking", checked);
    this.#value = Math.fround(checkNumber(where, "maskValue", checked.maskValue ?? 0));
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    checkFeatures(this.where, inputShape, 3);
    return inputShape;
  }

  call({ x }: Flow): Flow {
    const [batch, time] = x.shape as [number, number];
    const width = sizeOf(x.shape.slice(2));
    const { data } = x;
    const steps = Uint8Array.from({ length: batch * time }, (_, step) => {
      for (let k = step * width; k < (step + 1) * width; k++) if (data[k] !== this.#value) return 1;
      return 0;
    });
    const mask = { batch, time, steps };
    if (this.#value === 0 || !steps.includes(0)) return { x, mask };
    const counted = Int32Array.from(steps.keys()).filter((step) => steps[step] === 1);
    const rows = gatherRows(reshape(x, [batch * time, width]), counted);
    return { x: reshape(scatterRows(rows, counted, batch * time), x.shape), mask };
  }
}
