import { checkFlag, checkOptions, formatShape, valueError } from "../core/check.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { add, div, mul, sub } from "../ops/arithmetic.ts";
import { flatNumbers, type Numbers } from "./values.ts";

/** What is given a mean and a standard deviation of its own. */
export interface StandardizeOptions {
  /** Whether each feature (along the last axis) is; otherwise all numbers share one. Default true. */
  readonly perFeature?: boolean | undefined;
}

/** Standardised numbers, and the way there and back for others of their kind. */
export interface Standardized {
  /** (x - mean) / std */
  readonly values: Tensor;
  /** [features]; a scalar for [time] or without `perFeature`. */
  readonly mean: Tensor;
  /** Of the shape of `mean`; 1 where all numbers are the same. */
  readonly std: Tensor;
  /** The same on other numbers, such as a test's: (x - mean) / std, x [..., features]. */
  apply(x: Numbers): Tensor;
  /** The reverse: y · std + mean, y [..., features]. */
  inverse(y: Numbers): Tensor;
}

/** A number is known to this part of itself: deviations below it are those of sums, not of the data. */
const FLOAT32_ROUNDING = 2 ** -24;

/**
 * Means and standard deviations of columns: over all rows, divided by n, summed up in float64. `shape` is [columns], or []
 * for all numbers alike.
 */
function moments(data: Float32Array, shape: Shape): { mean: Tensor; std: Tensor } {
  const [columns = 1] = shape;
  const rows = data.length / columns;
  const mean = new Float64Array(columns);
  const std = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) mean[i % columns]! += data[i]! / rows;
  for (let i = 0; i < data.length; i++) {
    const deviation = data[i]! - mean[i % columns]!;
    std[i % columns]! += deviation * deviation;
  }
  for (let c = 0; c < columns; c++) {
    const deviation = Math.sqrt(std[c]! / rows);
    std[c] = deviation < FLOAT32_ROUNDING * Math.abs(mean[c]!) || deviation === 0 ? 1 : deviation;
  }
  return {
    mean: new Tensor(shape, Float32Array.from(mean)),
    std: new Tensor(shape, Float32Array.from(std)),
  };
}

/**
 * Shifts and scales numbers to a mean of 0 and a standard deviation of 1, feature by feature: fit it on the training
 * data, `apply` it to the rest, and take predictions back with `inverse` (both have gradients; mean and standard
 * deviation are constants).
 *
 * x [..., features], or [time] for a series of one feature. Throws a RangeError for no numbers.
 */
export function standardize(x: Numbers, options?: StandardizeOptions): Standardized {
  const where = "standardize";
  const { perFeature = true } = checkOptions(where, options, ["perFeature"]);
  checkFlag(where, "perFeature", perFeature);
  const { data, shape } = flatNumbers(where, x);
  if (data.length === 0) throw valueError(where, "at least one number", "none");
  const features = perFeature && shape.length > 1 ? shape.slice(-1) : [];
  const { mean, std } = moments(data, features);

  const toTensor = (method: string, name: string, values: Numbers): Tensor => {
    const flat = values instanceof Tensor ? values : flatNumbers(method, values);
    if (features.length > 0 && flat.shape.at(-1) !== features[0])
      throw valueError(
        method,
        `${name} of shape ${formatShape(["...", ...features])}`,
        formatShape(flat.shape),
      );
    return flat instanceof Tensor ? flat : new Tensor(flat.shape, flat.data);
  };
  const apply = (z: Numbers): Tensor => div(sub(toTensor("Standardized.apply", "x", z), mean), std);
  const inverse = (y: Numbers): Tensor =>
    add(mul(toTensor("Standardized.inverse", "y", y), std), mean);
  return { values: apply(x), mean, std, apply, inverse };
}
