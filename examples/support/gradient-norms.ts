import { add, type Cell, randn, sum, Tensor, valueAndGrad, zeros } from "gatewise";
import type { Contender } from "./contenders.ts";

/** Sequences at once. */
const BATCH = 16;

export interface GradientNormsOptions {
  readonly inputs: number;
  readonly units: number;
  /** Of the input. */
  readonly seed: number;
  readonly steps: number;
}

/** How much of what a loss at the end has to say reaches every step: the norm of dL/dh at each, the last one first. */
export function gradientNorms(cell: Contender, options: GradientNormsOptions): number[] {
  const { inputs, units, seed, steps } = options;
  // Zeros added to every h change nothing; what the loss has to say to h, it says to them.
  const each = Array.from({ length: steps }, (_, t) => [t, zeros([BATCH, units])]);
  const nudges: Record<number, Tensor> = Object.fromEntries(each);
  const { gradients } = valueAndGrad(() => {
    let state: unknown = cell.zeroState(BATCH);
    let h!: Tensor;
    for (let t = 0; t < steps; t++) {
      const x = randn([BATCH, inputs], { seed: seed + t });
      [h, state] = (cell as Cell<unknown>).call(x, state);
      h = add(h, nudges[t]!);
      state = state instanceof Tensor ? h : { ...(state as object), h }; // an LSTM has its c besides
    }
    return sum(h);
  }, nudges);
  const backwards = Object.values(gradients).reverse();
  return backwards.map(({ data }) => Math.hypot(...data));
}
