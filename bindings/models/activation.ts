import { checkOptions } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { type Activation, resolveActivation } from "../ops/activation-table.ts";
import { type BatchShape, type Flow, Layer, type LayerOptions, layerOptionNames } from "./layer.ts";

/** What an activation layer can be given. */
export interface ActivationOptions extends LayerOptions {
  /** By its name, or a function of one's own. */
  readonly activation: Activation;
}

/** A function applied to what comes in, of any shape; softmax along the last axis. */
export class ActivationLayer extends Layer {
  readonly #activation: (x: Tensor) => Tensor;

  constructor(options: ActivationOptions) {
    const where = "layers.activation";
    const checked = checkOptions(where, options, [...layerOptionNames, "activation"]);
    super("Activation", checked);
    this.#activation = resolveActivation(where, "activation", checked.activation);
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    return inputShape;
  }

  call({ x, mask }: Flow): Flow {
    return { x: this.#activation(x), mask };
  }
}
