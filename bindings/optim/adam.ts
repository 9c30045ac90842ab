import { checkNumber, checkOptions, valueError } from "../core/check.ts";
import { extras } from "../core/extras.ts";
import type { Runtime } from "../core/runtime.ts";
import { Optimizer, type OptimizerOptions, optimizerOptionNames, type Slabs } from "./optimizer.ts";

/** What Adam can be given. */
export interface AdamOptions extends OptimizerOptions {
  /** How slowly the mean of the gradients forgets. Default 0.9. */
  readonly beta1?: number;
  /** How slowly the mean of their squares forgets. Default 0.999. */
  readonly beta2?: number;
  /** Keeps the division from blowing up. Default 1e-8. */
  readonly epsilon?: number;
}

/** base^n for a whole n by squaring: Math.pow differs between engines in the last bits. */
function power(base: number, n: number): number {
  let result = 1;
  for (let square = base; n > 0; n = Math.floor(n / 2), square *= square)
    if (n % 2 === 1) result *= square;
  return result;
}

/**
 * Adam (Kingma & Ba 2015, arXiv:1412.6980, algorithm 1), as torch.optim.Adam has it. Default learning rate 0.001.
 */
export class Adam extends Optimizer {
  /** How slowly the mean of the gradients forgets. */
  readonly beta1: number;
  /** How slowly the mean of their squares forgets. */
  readonly beta2: number;
  /** Keeps the division from blowing up. */
  readonly epsilon: number;
  protected readonly momentCount = 2;

  /** Throws a RangeError for a negative learning rate or limit, or betas outside [0, 1). */
  constructor(options?: AdamOptions) {
    const where = "Adam";
    const names = [...optimizerOptionNames, "beta1", "beta2", "epsilon"] as const;
    const checked = checkOptions(where, options, names);
    super(where, checked.learningRate ?? 1e-3, checked);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = checked;
    for (const [name, beta] of Object.entries({ beta1, beta2 }))
      if (checkNumber(where, name, beta, 0) >= 1) throw valueError(where, `${name} below 1`, beta);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = checkNumber(where, "epsilon", epsilon, 0);
  }

  protected apply(runtime: Runtime, { value, gradient, moments, size, step }: Slabs): void {
    extras(runtime).adam_update(
      value,
      gradient,
      moments[0]!,
      moments[1]!,
      size,
      this.learningRate / (1 - power(this.beta1, step)),
      this.beta1,
      this.beta2,
      1 / Math.sqrt(1 - power(this.beta2, step)),
      this.epsilon,
    );
  }
}
