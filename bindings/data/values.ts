import { formatShape, kindError, valueError } from "../core/check.ts";
import { type Flat, flatten } from "../core/flatten.ts";
import { mostElements, type Shape, sizeOf, Tensor } from "../core/tensor.ts";

/** Numbers as data comes: a tensor, a typed array, or arrays nested around numbers or typed arrays. */
export type Numbers = Tensor | NestedNumbers;

type NestedNumbers = number | ArrayLike<number> | readonly NestedNumbers[];

/** The numbers row by row and their shape. Not to be written to: they may be a tensor's own. */
export const flatNumbers = (where: string, values: Numbers): Flat =>
  values instanceof Tensor
    ? { data: values.data, shape: values.shape }
    : flatten(where, values as ArrayLike<number>);

/** Steps over time: [T] is a series of one feature, [T, features] one of several. */
export interface Series {
  /** [time, features] */
  readonly data: Float32Array;
  readonly time: number;
  readonly features: number;
}

/** Numbers as a series. Throws a RangeError for another rank. */
export function flatSeries(where: string, name: string, values: Numbers): Series {
  const { data, shape } = flatNumbers(where, values);
  const [time, features = 1] = shape;
  if (time === undefined || shape.length > 2)
    throw valueError(where, `${name} of shape [time] or [time, features]`, formatShape(shape));
  return { data, time, features };
}

/** A tensor of zeros, to be filled through `data` before anybody else sees it. */
export function blank(where: string, shape: Shape): Tensor {
  if (sizeOf(shape) > mostElements)
    throw valueError(where, `a result of at most ${mostElements} elements`, formatShape(shape));
  return new Tensor(shape, new Float32Array(sizeOf(shape)));
}

/** A file's bytes as one array. */
export function checkBytes(where: string, bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  throw kindError(where, "bytes to be a Uint8Array or an ArrayBuffer", bytes);
}

/** Whether bytes begin as a gzip file does (RFC 1952, section 2.3.1). */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
