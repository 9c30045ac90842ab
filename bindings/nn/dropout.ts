import { checkOptions } from "../core/check.ts";
import type { RandomOptions } from "../core/create.ts";
import { Module } from "../core/module.ts";
import { Streams } from "../core/random.ts";
import { recording } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { checkRate, drop } from "../ops/dropout.ts";

/**
 * Drops elements while a network is being trained, as torch.nn.Dropout: each with probability `rate`, the others divided by
 * 1 - rate. It acts only in training mode *and* inside a function that is being differentiated (`valueAndGrad`, `minimize`);
 * elsewhere x passes as it is. Every call drops others; with a seed a run can be repeated to the bit.
 */
export class Dropout extends Module {
  /** The probability that an element is dropped. */
  readonly rate: number;
  /** @internal Where its masks come from. */
  readonly streams: Streams;

  /** Throws a RangeError for a rate that is not at least 0 and below 1. */
  constructor(rate: number, options?: RandomOptions) {
    super();
    const where = "Dropout";
    this.rate = checkRate(where, "rate", rate);
    this.streams = new Streams(where, checkOptions(where, options, ["seed"]).seed);
  }

  /** x of any shape → the same shape. */
  forward(x: Tensor): Tensor {
    checkTensor("Dropout.forward", "x", x);
    return this.training && recording() ? drop(x, this.rate, this.streams.next()) : x;
  }
}
