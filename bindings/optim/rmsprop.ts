import { valueError } from "../core/check.ts";
import type { Rule, RuleSettings } from "./group.ts";
import { Optimizer, type OptimizerOptions } from "./optimizer.ts";

/** The settings of RMSprop. */
export interface RMSpropSettings extends RuleSettings {
  /** How slowly the mean of the squares forgets: Keras' rho, TensorFlow.js' decay. Default 0.99. */
  readonly alpha: number;
  /** Keeps the division from blowing up. Default 1e-8. */
  readonly epsilon: number;
  /** Whether epsilon is added to the mean of squares instead of to its root, as in Keras. Default false. */
  readonly epsilonInRoot: boolean;
  /** How much of the last update goes on. Default 0. */
  readonly momentum: number;
  /** Whether to divide by the root of the variance, the mean of the gradients taken off. Default false. */
  readonly centered: boolean;
}

/** What RMSprop can be given. */
export type RMSpropOptions = OptimizerOptions<RMSpropSettings>;

const rule: Rule<RMSpropSettings> = {
  defaults: {
    learningRate: 0.01,
    weightDecay: 0,
    alpha: 0.99,
    epsilon: 1e-8,
    epsilonInRoot: false,
    momentum: 0,
    centered: false,
  },
  check(where, { alpha }) {
    if (alpha >= 1) throw valueError(where, "alpha below 1", alpha);
  },
  moments: ({ momentum, centered }) => ({
    square: 0,
    ...(centered && { mean: 0 }),
    ...(momentum > 0 && { velocity: 0 }),
  }),
  update(kernels, slabs, { alpha, epsilon, epsilonInRoot, momentum }, learningRate) {
    const { value, gradient, moments, size } = slabs;
    kernels.rmsprop_update(
      value,
      gradient,
      moments.square!,
      moments.mean ?? 0,
      moments.velocity ?? 0,
      size,
      learningRate,
      alpha,
      1 - alpha,
      epsilonInRoot ? epsilon : 0,
      epsilonInRoot ? 0 : epsilon,
      momentum,
    );
  },
};

/**
 * RMSprop (T. Tieleman, G. Hinton, "Lecture 6.5", 2012; centred: A. Graves, arXiv:1308.0850), as torch.optim.RMSprop has it:
 * s = alpha s + (1 - alpha) g², value -= learningRate g / (√s + epsilon). Default learning rate 0.01.
 * Keras' RMSprop is `{ learningRate: 0.001, alpha: 0.9, epsilon: 1e-7, epsilonInRoot: true }`; it has the learning rate within
 * the velocity, which is the same as long as that does not change.
 */
export class RMSprop extends Optimizer<RMSpropSettings> {
  /** Throws a RangeError for a negative number, or an alpha outside [0, 1). */
  constructor(options?: RMSpropOptions) {
    super("RMSprop", rule, options);
  }
}
