import { checkSize, valueError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkIndices, type Indices } from "../ops/rows.ts";
import { blank } from "./values.ts";

/** The largest class number that a kernel could be given. */
const largestClass = 2 ** 31 - 1;

/**
 * Rows of zeros with a 1 at each class: Keras' `to_categorical`. Classes of any shape, result [...classes, count]; without
 * `count` there are as many as the largest class needs.
 * Throws a RangeError for a class that is not from 0 to count - 1, a TypeError for what is no number.
 */
export function oneHot(classes: Indices, count?: number): Tensor {
  const where = "oneHot";
  if (count !== undefined) checkSize(where, "count", count);
  const { values, shape } = checkIndices(where, "classes", classes, count ?? largestClass);
  if (values.length === 0) throw valueError(where, "at least one class", "none");
  const columns = count ?? 1 + values.reduce((largest, n) => Math.max(largest, n));
  const rows = blank(where, [...shape, columns]);
  values.forEach((column, row) => {
    rows.data[row * columns + column] = 1;
  });
  return rows;
}
