import { formatShape, sameShape, valueError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { reshape } from "../core/views.ts";

/** Throws a RangeError for targets that do not go with an output of such a shape. */
export type CheckTarget = (where: string, target: Tensor, output: readonly number[]) => void;

/** Targets [n] of an output [n, 1] as [n, 1], [n, time] of one [n, time, 1] likewise, as Keras 3; others as they are. */
export function alignTarget(target: Tensor, output: readonly number[]): Tensor {
  const aligned = [...target.shape, 1];
  return sameShape(aligned, output) ? reshape(target, aligned) : target;
}

/** Targets of the output's shape. */
export function checkTargetShape(where: string, target: Tensor, output: readonly number[]): void {
  if (!sameShape(target.shape, output))
    throw valueError(
      where,
      `a target of the output's shape ${formatShape(output)}`,
      formatShape(target.shape),
    );
}

/** One probability an element, each from 0 to 1. */
export function checkProbabilities(where: string, target: Tensor, output: readonly number[]): void {
  checkTargetShape(where, target, output);
  for (const p of target.data)
    if (!(p >= 0 && p <= 1)) throw valueError(where, "targets from 0 to 1", p);
}

/** One class number for each row of the output, which has one probability a class. */
export function checkLabels(where: string, target: Tensor, output: readonly number[]): void {
  const rows = output.slice(0, -1);
  const classes = output.at(-1)!;
  if (!sameShape(target.shape, rows) && !sameShape(target.shape, [...rows, 1]))
    throw valueError(
      where,
      `a target of class numbers ${formatShape(rows)} for an output of shape ${formatShape(output)}`,
      formatShape(target.shape),
    );
  for (const label of target.data)
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw valueError(where, `class numbers from 0 to ${classes - 1}`, label);
}
