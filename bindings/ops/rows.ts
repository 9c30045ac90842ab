import {
  checkOptions,
  checkSize,
  describe,
  formatShape,
  kindError,
  valueError,
} from "../core/check.ts";
import { type Frame, inFrame } from "../core/scope.ts";
import { checkTensor, type Shape, sizeOf, Tensor } from "../core/tensor.ts";

type IntegerArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Whole numbers: an integer typed array or nested arrays. */
export type Indices = IntegerArray | readonly number[] | readonly Indices[];

const isList = (value: unknown): value is readonly unknown[] | IntegerArray =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** Whole numbers within [0, count), row by row, and the shape they had. One that is `ignored` becomes -1. */
export function checkIndices(
  where: string,
  name: string,
  indices: unknown,
  count: number,
  ignored?: number,
): { readonly values: Int32Array; readonly shape: Shape } {
  if (!isList(indices))
    throw kindError(
      where,
      `${name} to be an integer array or nested arrays of whole numbers`,
      indices,
    );
  const shape: number[] = [];
  for (let v: unknown = indices; isList(v); v = v[0]) shape.push(v.length);
  const values = new Int32Array(sizeOf(shape));
  let at = 0;
  const visit = (value: unknown, depth: number): void => {
    if (depth < shape.length) {
      if (!isList(value) || value.length !== shape[depth])
        throw valueError(
          where,
          `${name} in rows of one length, as in ${formatShape(shape)}`,
          describe(value),
        );
      for (let i = 0; i < value.length; i++) visit(value[i], depth + 1);
      return;
    }
    if (typeof value !== "number") throw kindError(where, `${name} to be numbers`, value);
    if (value === ignored) {
      values[at++] = -1;
      return;
    }
    if (!Number.isInteger(value) || value < 0 || value >= count)
      throw valueError(
        where,
        `${name} to be whole numbers from 0 to ${count - 1}`,
        describe(value),
      );
    values[at++] = value;
  };
  visit(indices, 0);
  return { values, shape };
}

/** Adds the gradient of picked rows, but leaves that of one row as it is. */
function addExceptRow(
  frame: Frame,
  dx: number,
  dy: number,
  rows: number,
  count: number,
  width: number,
  row: number,
): void {
  const k = frame.kernels;
  const [at, kept] = [frame.words([row]), frame.floats(width)];
  k.gather_rows(kept, dx, at, 1, width);
  k.gather_rows_backward(dx, dy, rows, count, width);
  k.scatter_rows(dx, kept, at, 1, width);
}

/**
 * Rows of x [n, width] by number: y[r] = x[index[r]], shape [rows, width]. A row taken twice gets both gradients, the one
 * named by `constant` none.
 */
export function gatherRows(x: Tensor, index: Int32Array, constant?: number): Tensor {
  const width = sizeOf(x.shape.slice(1));
  return inFrame([x], (frame) => {
    const k = frame.kernels;
    const [from, rows] = [frame.at(x), frame.words(index)];
    const y = frame.tensor([index.length, ...x.shape.slice(1)]);
    k.gather_rows(frame.at(y), from, rows, index.length, width);
    frame.record([y], [x], () => {
      const [dx, dy] = [frame.gradient(x), frame.flowed(y)];
      if (constant === undefined) k.gather_rows_backward(dx, dy, rows, index.length, width);
      else addExceptRow(frame, dx, dy, rows, index.length, width, constant);
    });
    return y;
  });
}

/** The reverse: y[index[r]] = x[r] in `count` rows, zeros in those that are not named. No row is named twice. */
export function scatterRows(x: Tensor, index: Int32Array, count: number): Tensor {
  const width = sizeOf(x.shape.slice(1));
  return inFrame([x], (frame) => {
    const k = frame.kernels;
    const [from, rows] = [frame.at(x), frame.words(index)];
    const y = frame.tensor([count, ...x.shape.slice(1)], frame.zeros(count * width));
    k.scatter_rows(frame.at(y), from, rows, index.length, width);
    frame.record([y], [x], () => {
      k.scatter_rows_backward(frame.gradient(x), frame.flowed(y), rows, index.length, width);
    });
    return y;
  });
}

/** What a look-up can be given. */
export interface EmbeddingLookup {
  /** The number of a row that stays as it is: it gets no gradient. */
  readonly paddingIndex?: number | undefined;
}

/** The number of a row out of `count`. */
export function checkPaddingIndex(where: string, index: unknown, count: number): number {
  if (checkSize(where, "paddingIndex", index, 0) >= count)
    throw valueError(where, `paddingIndex below ${count}`, index as number);
  return index as number;
}

/**
 * Rows of `weight` [count, size] by number, for indices of any shape: shape [...indices, size]. A tensor of whole numbers
 * will do.
 * Throws a RangeError for an index that is not there.
 */
export function embedding(
  weight: Tensor,
  indices: Indices | Tensor,
  options?: EmbeddingLookup,
): Tensor {
  const where = "embedding";
  const { paddingIndex } = checkOptions(where, options, ["paddingIndex"]);
  checkTensor(where, "weight", weight);
  if (weight.shape.length !== 2)
    throw valueError(where, "weight of shape [count, size]", formatShape(weight.shape));
  const list = indices instanceof Tensor ? indices.data : indices;
  const { values, shape: nested } = checkIndices(where, "indices", list, weight.shape[0]!);
  const shape = indices instanceof Tensor ? indices.shape : nested;
  if (values.length === 0) throw valueError(where, "at least one index", "none");
  if (paddingIndex !== undefined) checkPaddingIndex(where, paddingIndex, weight.shape[0]!);
  return inFrame([weight], () =>
    gatherRows(weight, values, paddingIndex).reshape([...shape, weight.shape[1]!]),
  );
}
