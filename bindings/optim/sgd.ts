import { checkNumber, checkOptions } from "../core/check.ts";
import { extras } from "../core/extras.ts";
import type { Runtime } from "../core/runtime.ts";
import { Optimizer, type OptimizerOptions, optimizerOptionNames, type Slabs } from "./optimizer.ts";

/** What SGD can be given. */
export interface SGDOptions extends OptimizerOptions {
  /** How much of the last update goes on. Default 0. */
  readonly momentum?: number;
}

/**
 * Stochastic gradient descent, with momentum as torch.optim.SGD has it: u = momentum u + g, value -= learningRate u.
 * Default learning rate 0.01.
 */
export class SGD extends Optimizer {
  /** How much of the last update goes on. */
  readonly momentum: number;
  protected readonly momentCount: number;

  /** Throws a RangeError for a negative learning rate, momentum or limit. */
  constructor(options?: SGDOptions) {
    const where = "SGD";
    const checked = checkOptions(where, options, [...optimizerOptionNames, "momentum"]);
    super(where, checked.learningRate ?? 0.01, checked);
    this.momentum = checkNumber(where, "momentum", checked.momentum ?? 0, 0);
    this.momentCount = this.momentum > 0 ? 1 : 0;
  }

  protected apply(runtime: Runtime, { value, gradient, moments, size }: Slabs): void {
    extras(runtime).sgd_update(
      value,
      gradient,
      moments[0] ?? 0,
      size,
      this.learningRate,
      this.momentum,
    );
  }
}
