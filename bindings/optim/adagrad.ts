import type { Rule, RuleSettings } from "./group.ts";
import { Optimizer, type OptimizerOptions } from "./optimizer.ts";

/** The settings of Adagrad. */
export interface AdagradSettings extends RuleSettings {
  /** How fast the learning rate falls: it is divided by 1 + learningRateDecay · (updates before). Default 0. */
  readonly learningRateDecay: number;
  /** What the sum of squares begins with. Default 0. */
  readonly initialAccumulator: number;
  /** Keeps the division from blowing up. Default 1e-10. */
  readonly epsilon: number;
  /** Whether epsilon is added to the sum of squares instead of to its root, as in Keras. Default false. */
  readonly epsilonInRoot: boolean;
}

/** What Adagrad can be given. */
export type AdagradOptions = OptimizerOptions<AdagradSettings>;

const rule: Rule<AdagradSettings> = {
  defaults: {
    learningRate: 0.01,
    weightDecay: 0,
    learningRateDecay: 0,
    initialAccumulator: 0,
    epsilon: 1e-10,
    epsilonInRoot: false,
  },
  moments: ({ initialAccumulator }) => ({ square: initialAccumulator }),
  update(kernels, slabs, { learningRateDecay, epsilon, epsilonInRoot }, learningRate) {
    const { value, gradient, moments, size, step } = slabs;
    kernels.rmsprop_update(
      value,
      gradient,
      moments.square!,
      0,
      0,
      size,
      learningRate / (1 + (step - 1) * learningRateDecay),
      1,
      1,
      epsilonInRoot ? epsilon : 0,
      epsilonInRoot ? 0 : epsilon,
      0,
    );
  },
};

/**
 * Adagrad (J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization",
 * JMLR 2011), as torch.optim.Adagrad has it: s += g², value -= learningRate g / (√s + epsilon). Default learning rate 0.01.
 * Keras' and TensorFlow.js' Adagrad is `{ initialAccumulator: 0.1, epsilon: 1e-7, epsilonInRoot: true }`, with a learning rate
 * of 0.001 by default in Keras.
 */
export class Adagrad extends Optimizer<AdagradSettings> {
  /** Throws a RangeError for a negative number. */
  constructor(options?: AdagradOptions) {
    super("Adagrad", rule, options);
  }
}
