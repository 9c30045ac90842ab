import { valueError } from "../core/check.ts";
import { power } from "../core/elementary.ts";
import type { Rule, RuleSettings } from "./group.ts";
import { Optimizer, type OptimizerOptions } from "./optimizer.ts";

/** The settings of Adam. */
export interface AdamSettings extends RuleSettings {
  /** How slowly the mean of the gradients forgets. Default 0.9. */
  readonly beta1: number;
  /** How slowly the mean of their squares forgets. Default 0.999. */
  readonly beta2: number;
  /** Keeps the division from blowing up. Default 1e-8. */
  readonly epsilon: number;
  /** Whether epsilon is the paper's ε̂, added before the mean of the squares is corrected, as in Keras. Default false. */
  readonly epsilonHat: boolean;
  /** Whether to divide by the largest mean of squares so far (S. J. Reddi et al., AMSGrad, 2018). Default false. */
  readonly amsgrad: boolean;
}

/** What Adam can be given. */
export type AdamOptions = OptimizerOptions<AdamSettings>;

/** @internal With weight decay in the gradient, or decoupled from it. */
export const adamRule = (weightDecay: number, decoupled: boolean): Rule<AdamSettings> => ({
  defaults: {
    learningRate: 1e-3,
    weightDecay,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    epsilonHat: false,
    amsgrad: false,
  },
  decoupled,
  check(where, { beta1, beta2 }) {
    for (const [name, beta] of Object.entries({ beta1, beta2 }))
      if (beta >= 1) throw valueError(where, `${name} below 1`, beta);
  },
  moments: ({ amsgrad }): Record<string, number> =>
    amsgrad ? { mean: 0, square: 0, largest: 0 } : { mean: 0, square: 0 },
  update(kernels, slabs, { beta1, beta2, epsilon, epsilonHat }, learningRate) {
    const { value, gradient, moments, size, step } = slabs;
    const correction = 1 / Math.sqrt(1 - power(beta2, step));
    kernels.adam_update(
      value,
      gradient,
      moments.mean!,
      moments.square!,
      moments.largest ?? 0,
      size,
      learningRate / (1 - power(beta1, step)),
      beta1,
      beta2,
      correction,
      epsilonHat ? epsilon * correction : epsilon,
    );
  },
});

const rule = /* @__PURE__ */ adamRule(0, false);

/**
 * Adam (Kingma & Ba 2015, arXiv:1412.6980, algorithm 1), as torch.optim.Adam has it. Default learning rate 0.001.
 * Keras' Adam is `{ epsilon: 1e-7, epsilonHat: true }`, TensorFlow.js' `{ epsilon: 1e-7 }`.
 */
export class Adam extends Optimizer<AdamSettings> {
  /** Throws a RangeError for a negative number, or betas outside [0, 1). */
  constructor(options?: AdamOptions) {
    super("Adam", rule, options);
  }
}
