import { checkOptions, checkSize, valueError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { blank, flatSeries, type Numbers } from "./values.ts";

/** How a series is cut. */
export interface WindowsOptions {
  /** Steps of each input. */
  readonly size: number;
  /** Steps from the beginning of one window to that of the next. Default 1. */
  readonly step?: number | undefined;
  /** Steps from the last of an input to the first of its target. Default 1: the very next one. */
  readonly horizon?: number | undefined;
  /** Steps of each target. Without it a target is one step, without an axis of time. */
  readonly targetSize?: number | undefined;
}

/**
 * Cuts a series into windows to forecast from: what was seen, and what came `horizon` steps later.
 *
 * series [time] (one feature) or [time, features] → inputs [N, size, features], targets [N, features], or with
 * `targetSize` [N, targetSize, features]. Steps at the end that do not fill a window are left out.
 * Throws a RangeError for a series that is too short for one.
 */
export function windows(
  series: Numbers,
  options: WindowsOptions,
): { inputs: Tensor; targets: Tensor } {
  const where = "windows";
  const names = ["size", "step", "horizon", "targetSize"] as const;
  const { size, step = 1, horizon = 1, targetSize } = checkOptions(where, options, names);
  for (const [name, value] of Object.entries({ size, step, horizon }))
    checkSize(where, name, value);
  const ahead = targetSize === undefined ? 1 : checkSize(where, "targetSize", targetSize);
  const { data, time, features } = flatSeries(where, "series", series);
  const needed = size + horizon - 1 + ahead;
  if (time < needed) throw valueError(where, `a series of at least ${needed} steps`, time);
  const count = Math.floor((time - needed) / step) + 1;

  const inputs = blank(where, [count, size, features]);
  const targets = blank(
    where,
    targetSize === undefined ? [count, features] : [count, targetSize, features],
  );
  const copy = (to: Tensor, n: number, first: number, steps: number): void =>
    to.data.set(data.subarray(first * features, (first + steps) * features), n * steps * features);
  for (let n = 0; n < count; n++) {
    copy(inputs, n, n * step, size);
    copy(targets, n, n * step + size + horizon - 1, ahead);
  }
  return { inputs, targets };
}
