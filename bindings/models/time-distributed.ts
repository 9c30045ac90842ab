import { checkOptions, kindError, valueError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { reshape } from "../ops/shape.ts";
import {
  type BatchShape,
  type Flow,
  formatBatchShape,
  Layer,
  type LayerOptions,
  layerOptionNames,
  type Run,
} from "./layer.ts";
import type { Mask } from "./mask.ts";

/** What a time-distributed layer can be given. */
export interface TimeDistributedOptions extends LayerOptions {
  /** What is applied to every step. */
  readonly layer: Layer;
}

/** The same layer at every step: x [batch, time, ...] goes through it as [batch · time, ...]. Masks are passed on. */
export class TimeDistributed extends Layer {
  /** What is applied to every step. */
  readonly layer: Layer;

  constructor(options: TimeDistributedOptions) {
    const where = "layers.timeDistributed";
    const checked = checkOptions(where, options, [...layerOptionNames, "layer"]);
    super("TimeDistributed", checked);
    if (!(checked.layer instanceof Layer))
      throw kindError(where, "layer to be a layer", checked.layer);
    this.layer = checked.layer;
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    const [batch = null, time = null] = inputShape;
    return [batch, time, ...this.layer.shapeAfter(this.#stepShape(inputShape)).slice(1)];
  }

  #stepShape(inputShape: BatchShape): BatchShape {
    if (inputShape.length < 3)
      throw valueError(this.where, "an input [batch, time, ...]", formatBatchShape(inputShape));
    return [null, ...inputShape.slice(2)];
  }

  /** @internal */
  protected override create(inputShape: BatchShape): void {
    this.layer.build(this.#stepShape(inputShape));
  }

  /** @internal */
  override checkInput(where: string, x: Tensor): void {
    this.layer.checkInput(where, x);
  }

  call({ x, mask }: Flow, run: Run): Flow {
    const [batch, time, ...step] = x.shape as [number, number, ...number[]];
    const rows = batch * time;
    // A layer that has steps of its own within each of ours has a mask of its own, too.
    const inner: Mask | undefined =
      mask && step.length === 1 ? { batch: rows, time: 1, steps: mask.steps } : undefined;
    const y = this.layer.call({ x: reshape(x, [rows, ...step]), mask: inner }, run).x;
    return { x: reshape(y, [batch, time, ...y.shape.slice(1)]), mask };
  }
}
