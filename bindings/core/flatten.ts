import { describe, formatShape, kindError, valueError } from "./check.ts";
import { type NestedArray, type Shape, Tensor } from "./tensor.ts";

/** Numbers row by row and the shape they had. */
export interface Flat {
  readonly data: Float32Array;
  readonly shape: Shape;
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** Numbers out of a number, nested arrays or a typed array. Rows of different lengths are a RangeError. */
export function flatten(where: string, values: NestedArray | ArrayLike<number>): Flat {
  const shape: number[] = [];
  for (let v: unknown = values; isList(v); v = v[0]) {
    shape.push(v.length);
    if (v.length === 0) break;
  }
  const numbers: number[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (value instanceof Tensor) throw kindError(where, "numbers (stack tensors first)", value);
      if (typeof value !== "number") throw kindError(where, "numbers", value);
      numbers.push(value);
      return;
    }
    if (!isList(value) || value.length !== shape[depth])
      throw valueError(
        where,
        `rows of one length, as in ${formatShape(shape)}`,
        isList(value) ? `one of ${value.length}` : describe(value),
      );
    for (let i = 0; i < value.length; i++) visit(value[i], depth + 1);
  };
  if (ArrayBuffer.isView(values) && isList(values) && typeof values[0] !== "bigint")
    return { data: Float32Array.from(values as unknown as ArrayLike<number>), shape };
  visit(values, 0);
  return { data: Float32Array.from(numbers), shape };
}
