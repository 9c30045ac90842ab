import { checkChoice } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { scaledTotal } from "./reduce.ts";

/** What becomes of the losses of single elements or rows: their mean, their sum, or themselves. */
export type Reduction = "mean" | "sum" | "none";

/** What every loss can be given. */
export interface ReductionOptions {
  /** `"mean"` unless given. */
  readonly reduction?: Reduction | undefined;
}

export const checkReduction = (where: string, reduction: unknown = "mean"): Reduction =>
  checkChoice(where, "reduction", reduction, ["mean", "sum", "none"]);

/** Reduces losses. `weight` is what the mean divides by: how many there are, or their weights' sum; with 0 the mean is NaN. */
export function reduced(
  losses: Tensor,
  reduction: Reduction,
  weight: number = losses.size,
): Tensor {
  if (reduction === "none") return losses;
  return scaledTotal(losses, reduction === "mean" ? 1 / weight : 1);
}
