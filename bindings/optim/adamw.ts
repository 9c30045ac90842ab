import { type AdamOptions, type AdamSettings, adamRule } from "./adam.ts";
import { Optimizer } from "./optimizer.ts";

const rule = /* @__PURE__ */ adamRule(0.01, true);

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2), as torch.optim.AdamW has it:
 * value *= 1 - learningRate · weightDecay before each step, past the gradient and its moments. Default learning rate 0.001,
 * weight decay 0.01. Keras' AdamW is `{ weightDecay: 0.004, epsilon: 1e-7, epsilonHat: true }`.
 */
export class AdamW extends Optimizer<AdamSettings> {
  /** Throws a RangeError for a negative number, or betas outside [0, 1). */
  constructor(options?: AdamOptions) {
    super("AdamW", rule, options);
  }
}
