import {
  checkNumber,
  checkOptions,
  checkSize,
  formatShape,
  kindError,
  valueError,
} from "./check.ts";
import { flatten } from "./flatten.ts";
import type { Kernels } from "./kernels.ts";
import { seedWords } from "./random.ts";
import { type Frame, inFrame } from "./scope.ts";
import { mostElements, type NestedArray, type Shape, sizeOf, Tensor } from "./tensor.ts";

function checkShapeArgument(where: string, shape: unknown): Shape {
  if (!Array.isArray(shape)) throw kindError(where, "shape to be an array of sizes", shape);
  for (const n of shape) checkSize(where, "every size", n);
  if (sizeOf(shape) > mostElements)
    throw valueError(where, `a shape of at most ${mostElements} elements`, formatShape(shape));
  return [...shape];
}

/**
 * A tensor out of a number, nested arrays or a typed array; with `shape`, out of as many numbers row by row.
 * Numbers are rounded to float32. Throws a RangeError where rows differ in length or the numbers do not fill the shape.
 */
export function tensor(values: NestedArray | ArrayLike<number>, shape?: Shape): Tensor {
  const where = "tensor";
  const flat = flatten(where, values);
  const wanted = shape === undefined ? flat.shape : checkShapeArgument(where, shape);
  for (const n of flat.shape) checkSize(where, "every size", n);
  if (sizeOf(wanted) !== flat.data.length)
    throw valueError(
      where,
      `${sizeOf(wanted)} numbers for ${formatShape(wanted)}`,
      flat.data.length,
    );
  return new Tensor(wanted, flat.data);
}

/** A tensor of one value throughout. */
export function full(shape: Shape, value: number): Tensor {
  const where = "full";
  if (typeof value !== "number") throw kindError(where, "value to be a number", value);
  return filled(where, shape, value);
}

function filled(where: string, shape: Shape, value: number): Tensor {
  const wanted = checkShapeArgument(where, shape);
  return new Tensor(wanted, new Float32Array(sizeOf(wanted)).fill(value));
}

/** A tensor of zeros. */
export const zeros = (shape: Shape): Tensor => filled("zeros", shape, 0);

/** A tensor of ones. */
export const ones = (shape: Shape): Tensor => filled("ones", shape, 1);

/** Where random numbers come from: the same seed gives the same bits in every engine; without one they differ each time. */
export interface RandomOptions {
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed?: number | undefined;
}

type Fill = (kernels: Kernels, address: number, n: number, low: number, high: number) => void;

/** Has a kernel fill memory with the random numbers of a seed. */
function random<T>(
  where: string,
  shape: Shape,
  options: RandomOptions | undefined,
  fill: Fill,
  finish: (frame: Frame, address: number, shape: Shape) => T,
): T {
  const wanted = checkShapeArgument(where, shape);
  const [low, high] = seedWords(where, checkOptions(where, options, ["seed"]).seed);
  return inFrame([], (frame) => {
    const address = frame.floats(sizeOf(wanted));
    fill(frame.kernels, address, sizeOf(wanted), low, high);
    return finish(frame, address, wanted);
  });
}

const asTensor = (frame: Frame, address: number, shape: Shape): Tensor =>
  frame.tensor(shape, address);

/** @internal As `randn`, out of one of the streams of a seed. */
export function randnOf(shape: Shape, options: RandomOptions | undefined, stream: number): Tensor {
  const fill: Fill = (k, y, n, low, high) => k.random_normal(y, n, low, high, stream, 0, 1);
  return random("randn", shape, options, fill, asTensor);
}

/** Numbers of the normal distribution with mean 0 and standard deviation 1. */
export const randn = (shape: Shape, options?: RandomOptions): Tensor => randnOf(shape, options, 0);

/** The largest finite float32. */
const largestFloat = (2 - 2 ** -23) * 2 ** 127;

/** Numbers spread evenly over [low, high). */
export function randomUniform(shape: Shape, low = 0, high = 1, options?: RandomOptions): Tensor {
  const where = "randomUniform";
  checkNumber(where, "low", low, -largestFloat, largestFloat);
  if (checkNumber(where, "high", high, -largestFloat, largestFloat) <= low)
    throw valueError(where, `high above low, which is ${low}`, high);
  const fill: Fill = (k, y, n, a, b) => k.random_uniform(y, n, a, b, 0, low, high);
  return random(where, shape, options, fill, asTensor);
}

/** Whole numbers spread evenly over [low, high), row by row. */
export function randomInts(
  shape: Shape,
  low: number,
  high: number,
  options?: RandomOptions,
): Int32Array<ArrayBuffer> {
  const where = "randomInts";
  for (const [name, value] of [
    ["low", low],
    ["high", high],
  ] as const)
    if (checkNumber(where, name, value, -(2 ** 31), 2 ** 31 - 1) % 1 !== 0)
      throw valueError(where, `${name} to be a whole number`, value);
  if (high <= low) throw valueError(where, `high above low, which is ${low}`, high);
  const fill: Fill = (k, y, n, a, b) => k.random_integers(y, n, a, b, 0, low, high);
  return random(where, shape, options, fill, (frame, address, wanted) => {
    const first = address >>> 2;
    return frame.runtime.heap.i32.slice(first, first + sizeOf(wanted)) as Int32Array<ArrayBuffer>;
  });
}
