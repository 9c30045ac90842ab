import { valueError } from "../core/check.ts";
import type { Rule, RuleSettings } from "./group.ts";
import { Optimizer, type OptimizerOptions } from "./optimizer.ts";

/** The settings of SGD. */
export interface SGDSettings extends RuleSettings {
  /** How much of the last update goes on. Default 0. */
  readonly momentum: number;
  /** How much less of the gradient an update takes up, the first one excepted. Default 0. */
  readonly dampening: number;
  /** Whether a step looks ahead (Nesterov's momentum). Default false. */
  readonly nesterov: boolean;
}

/** What SGD can be given. */
export type SGDOptions = OptimizerOptions<SGDSettings>;

const rule: Rule<SGDSettings> = {
  defaults: { learningRate: 0.01, weightDecay: 0, momentum: 0, dampening: 0, nesterov: false },
  check(where, { momentum, dampening, nesterov }) {
    if (nesterov && (momentum === 0 || dampening > 0))
      throw valueError(
        where,
        "nesterov with a momentum and without dampening",
        `momentum ${momentum}, dampening ${dampening}`,
      );
  },
  moments: ({ momentum }): Record<string, number> => (momentum > 0 ? { velocity: 0 } : {}),
  update(kernels, slabs, { momentum, dampening, nesterov }, learningRate) {
    const { value, gradient, moments, size, step } = slabs;
    kernels.sgd_update(
      value,
      gradient,
      moments.velocity ?? 0,
      size,
      learningRate,
      momentum,
      step === 1 ? 1 : 1 - dampening,
      nesterov ? 1 : 0,
    );
  },
};

/**
 * Stochastic gradient descent, as torch.optim.SGD has it: value -= learningRate g, with momentum
 * u = momentum u + (1 - dampening) g, value -= learningRate u, or learningRate (g + momentum u) with `nesterov` (I. Sutskever
 * et al., "On the importance of initialization and momentum in deep learning", 2013). Default learning rate 0.01.
 * Keras has the learning rate within u: the same as long as that does not change.
 */
export class SGD extends Optimizer<SGDSettings> {
  /** Throws a RangeError for a negative number, or `nesterov` without momentum or with dampening. */
  constructor(options?: SGDOptions) {
    super("SGD", rule, options);
  }
}
