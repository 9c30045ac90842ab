import { formatShape, kindError, sameShape, valueError } from "../core/check.ts";
import { type Flat, flatten } from "../core/flatten.ts";
import { openFrame } from "../core/scope.ts";
import { type NestedArray, type Shape, sizeOf, Tensor } from "../core/tensor.ts";
import { checkIndices, type Indices } from "./rows.ts";

/** Class numbers: whole numbers in arrays, or in a tensor. */
export type Classes = Indices | Tensor;

/** Numbers that have no gradient: a tensor, or numbers in arrays. */
export type Constants = Tensor | NestedArray | Float32Array | Int32Array;

/**
 * Class numbers, one for each row of `shape`: in that shape, flat, or with a last axis of size 1. Those that equal
 * `ignored` become -1. Throws a RangeError for a class that is not below `count`.
 */
export function checkClasses(
  where: string,
  name: string,
  target: unknown,
  shape: Shape,
  count: number,
  ignored?: number,
): Int32Array {
  const list = target instanceof Tensor ? Array.from(target.data) : target;
  const { values, shape: own } = checkIndices(where, name, list, count, ignored);
  const got = target instanceof Tensor ? target.shape : own;
  const flat = got.length === 1 && values.length === sizeOf(shape);
  if (!flat && !sameShape(got, shape) && !sameShape(got, [...shape, 1]))
    throw valueError(
      where,
      `${name} of shape ${formatShape(shape)}, one a row`,
      `shape ${formatShape(got)}`,
    );
  return values;
}

/** A class number that marks rows to be left out: any whole number, or none. */
export function checkIgnoreIndex(where: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number") throw kindError(where, "ignoreIndex to be a number", value);
  if (!Number.isInteger(value)) throw valueError(where, "ignoreIndex to be a whole number", value);
  return value;
}

/** The numbers of a constant. Throws a TypeError for a tensor whose gradient is wanted: it would not get one. */
export function checkConstants(where: string, name: string, value: Constants): Flat {
  if (!(value instanceof Tensor)) return checkFinite(where, name, flatten(where, value));
  const tape = openFrame()?.tape;
  if (tape && (value.home || value.tape === tape))
    throw new TypeError(
      `${where}: expected constant ${name}, got a tensor whose gradient is wanted; detach it`,
    );
  return checkFinite(where, name, { data: value.data, shape: value.shape });
}

function checkFinite(where: string, name: string, flat: Flat): Flat {
  const wrong = flat.data.find((v) => !Number.isFinite(v));
  if (wrong !== undefined) throw valueError(where, `${name} to be finite numbers`, wrong);
  return flat;
}
