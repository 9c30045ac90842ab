import { checkFlag, checkOptions, checkSize, formatShape, valueError } from "../core/check.ts";
import { Module } from "../core/module.ts";
import {
  checkShared,
  createParameters,
  initializeUniform,
  type Parameter,
} from "../core/parameter.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { linear } from "../ops/matmul.ts";

/** What a linear layer can be given. */
export interface LinearOptions {
  /** Whether something is added. Default true. */
  readonly bias?: boolean | undefined;
  /** A weight [outputSize, inputSize] of another module, such as an embedding's, that both are to share. Default: one of its own. */
  readonly weight?: Parameter | undefined;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

const optionNames = ["bias", "weight", "seed"] as const;

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

  /** Throws a RangeError for sizes below 1, or a weight of another shape. */
  constructor(inputSize: number, outputSize: number, options?: LinearOptions) {
    super();
    const where = "Linear";
    const { bias = true, weight: shared, seed } = checkOptions(where, options, optionNames);
    checkFlag(where, "bias", bias);
    this.inputSize = checkSize(where, "inputSize", inputSize);
    this.outputSize = checkSize(where, "outputSize", outputSize);
    const weight = [outputSize, inputSize];
    if (shared !== undefined) checkShared(where, shared, weight);
    const own: { weight?: Parameter; bias?: Parameter } = createParameters<string>(where, {
      ...(!shared && { weight }),
      ...(bias && { bias: [outputSize] }),
    });
    this.weight = shared ?? own.weight!;
    if (own.bias) this.bias = own.bias;
    initializeUniform(where, Object.values(own), 1 / Math.sqrt(inputSize), seed);
  }

  /** x [..., inputSize] → [..., outputSize]. Throws a RangeError where x has another last size. */
  forward(x: Tensor): Tensor {
    const where = "Linear.forward";
    if (checkTensor(where, "x", x).shape.at(-1) !== this.inputSize)
      throw valueError(where, `x of shape [..., ${this.inputSize}]`, formatShape(x.shape));
    return linear(x, this.weight, this.bias);
  }
}
