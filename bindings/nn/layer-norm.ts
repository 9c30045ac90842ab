import {
  checkFlag,
  checkNumber,
  checkOptions,
  checkSize,
  formatShape,
  valueError,
} from "../core/check.ts";
import { Module } from "../core/module.ts";
import { createParameters, type Parameter } from "../core/parameter.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { layerNorm } from "../ops/layer-norm.ts";

/** What a layer normalisation can be given. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5, as in torch; TensorFlow has 1e-3. */
  readonly epsilon?: number | undefined;
  /** Whether there is a factor for each column, and a bias. Default true. */
  readonly elementwiseAffine?: boolean | undefined;
  /** Whether there is a bias where there are factors. Default true. */
  readonly bias?: boolean | undefined;
}

/**
 * Layer normalisation over the last axis, as torch.nn.LayerNorm has it: each row of `size` features gets mean 0 and variance
 * 1, then a factor and a bias for each feature. Parameters: weight [size], ones at first, and bias [size], zeros.
 */
export class LayerNorm extends Module {
  /** Features of a row. */
  readonly size: number;
  /** Added to the variance. */
  readonly epsilon: number;
  /** [size]; absent with `elementwiseAffine: false`. */
  readonly weight?: Parameter;
  /** [size]; absent with `elementwiseAffine: false` or `bias: false`. */
  readonly bias?: Parameter;

  /** Throws a RangeError for a size below 1 or a negative epsilon. */
  constructor(size: number, options?: LayerNormOptions) {
    super();
    const where = "LayerNorm";
    const names = ["epsilon", "elementwiseAffine", "bias"] as const;
    const checked = checkOptions(where, options, names);
    const { epsilon = 1e-5, elementwiseAffine = true, bias = true } = checked;
    for (const [name, value] of Object.entries({ elementwiseAffine, bias }))
      checkFlag(where, name, value);
    this.size = checkSize(where, "size", size);
    this.epsilon = checkNumber(where, "epsilon", epsilon, 0);
    if (!elementwiseAffine) return;
    const parameters: { weight: Parameter; bias?: Parameter } = bias
      ? createParameters(where, { weight: [size], bias: [size] })
      : createParameters(where, { weight: [size] });
    this.weight = parameters.weight;
    this.weight.assign(new Float32Array(size).fill(1));
    if (parameters.bias) this.bias = parameters.bias;
  }

  /** x [..., size] → the same shape. Throws a RangeError where x has another last size. */
  forward(x: Tensor): Tensor {
    const where = "LayerNorm.forward";
    if (checkTensor(where, "x", x).shape.at(-1) !== this.size)
      throw valueError(where, `x of shape [..., ${this.size}]`, formatShape(x.shape));
    const { weight, bias, epsilon } = this;
    return layerNorm(x, { weight, bias, epsilon });
  }
}
