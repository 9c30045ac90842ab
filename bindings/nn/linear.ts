import { checkFlag, checkOptions, checkSize, formatShape, valueError } from "../core/check.ts";
import { Module } from "../core/module.ts";
import { createParameters, initializeUniform, type Parameter } from "../core/parameter.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { linear } from "../ops/matmul.ts";

/** What a linear layer can be given. */
export interface LinearOptions {
  /** Whether something is added. Default true. */
  readonly bias?: boolean | undefined;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

/**
 * A fully connected layer, y = x Wᵀ + b, as torch.nn.Linear has it: x [..., inputSize], y [..., outputSize].
 * Parameters: weight [outputSize, inputSize], bias [outputSize], initialised from U(-1/√inputSize, 1/√inputSize).
 */
export class Linear extends Module {
  /** Features of an input. */
  readonly inputSize: number;
  /** Features of an output. */
  readonly outputSize: number;
  /** [outputSize, inputSize] */
  readonly weight: Parameter;
  /** [outputSize]; absent with `bias: false`. */
  readonly bias?: Parameter;

  /** Throws a RangeError for sizes below 1. */
  constructor(inputSize: number, outputSize: number, options?: LinearOptions) {
    super();
    const where = "Linear";
    const { bias = true, seed } = checkOptions(where, options, ["bias", "seed"]);
    checkFlag(where, "bias", bias);
    this.inputSize = checkSize(where, "inputSize", inputSize);
    this.outputSize = checkSize(where, "outputSize", outputSize);
    const weight = [outputSize, inputSize];
    const parameters: { weight: Parameter; bias?: Parameter } = bias
      ? createParameters(where, { weight, bias: [outputSize] })
      : createParameters(where, { weight });
    this.weight = parameters.weight;
    if (parameters.bias) this.bias = parameters.bias;
    initializeUniform(where, Object.values(parameters), 1 / Math.sqrt(inputSize), seed);
  }

  /** x [..., inputSize] → [..., outputSize]. Throws a RangeError where x has another last size. */
  forward(x: Tensor): Tensor {
    const where = "Linear.forward";
    if (checkTensor(where, "x", x).shape.at(-1) !== this.inputSize)
      throw valueError(where, `x of shape [..., ${this.inputSize}]`, formatShape(x.shape));
    return linear(x, this.weight, this.bias);
  }
}
