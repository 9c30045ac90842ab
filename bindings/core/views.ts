import { checkSize, formatShape, kindError, valueError } from "./check.ts";
import { type Frame, inFrame, openFrame } from "./scope.ts";
import { checkTensor, type Shape, sizeOf, Tensor } from "./tensor.ts";

/** Elements from one index to the next along each axis of a tensor stored row by row. */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = [];
  for (let i = shape.length - 1, stride = 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
}

/** One axis of a strided copy: how many elements, and how far apart they are on both sides. */
export interface Axis {
  readonly size: number;
  readonly to: number;
  readonly from: number;
}

/** Copies (or adds) elements laid out by strides; addresses in bytes, strides in elements. */
export function stridedCopy(
  frame: Frame,
  to: number,
  from: number,
  axes: readonly Axis[],
  add = false,
): void {
  const merged: Axis[] = [];
  for (const axis of axes) {
    const outer = merged.at(-1);
    if (axis.size === 1) continue;
    if (outer && outer.to === axis.to * axis.size && outer.from === axis.from * axis.size)
      merged[merged.length - 1] = { ...axis, size: outer.size * axis.size };
    else merged.push(axis);
  }
  if (merged.length === 0) merged.push({ size: 1, to: 1, from: 1 });
  const dims = frame.words(merged.flatMap(({ size, to: y, from: x }) => [size, y, x]));
  if (add) frame.kernels.strided_accumulate(to, from, dims, merged.length);
  else frame.kernels.strided_copy(to, from, dims, merged.length);
}

function checkIndexList(where: string, name: string, value: unknown, rank: number): void {
  if (!Array.isArray(value)) throw kindError(where, `${name} to be an array of numbers`, value);
  if (value.length !== rank)
    throw valueError(where, `${name} to have ${rank} numbers, one an axis`, value.length);
}

/**
 * The part of a tensor that begins at `begin` and has `size` elements along each axis (-1: all that are left).
 * Throws a RangeError where it does not lie inside.
 */
export function slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  const where = "slice";
  checkTensor(where, "x", x);
  checkIndexList(where, "begin", begin, x.shape.length);
  checkIndexList(where, "size", size, x.shape.length);
  const shape = size.map((n, i) => {
    const all = x.shape[i]!;
    const first = checkSize(where, "begin", begin[i], 0);
    const count = n === -1 ? all - first : checkSize(where, "size", n);
    if (count < 1 || first + count > all)
      throw valueError(
        where,
        `a part of ${formatShape(x.shape)}`,
        `begin ${formatShape(begin)} and size ${formatShape(size)}`,
      );
    return count;
  });
  return inFrame([x], (frame) => {
    const y = frame.tensor(shape);
    const strides = stridesOf(x.shape);
    const inner = stridesOf(shape);
    const skipped = 4 * begin.reduce((sum, b, i) => sum + b * strides[i]!, 0);
    const axes = shape.map((n, i) => ({ size: n, to: inner[i]!, from: strides[i]! }));
    stridedCopy(frame, frame.at(y), frame.at(x) + skipped, axes);
    frame.record([y], [x], () => {
      const back = axes.map(({ size, to, from }) => ({ size, to: from, from: to }));
      stridedCopy(frame, frame.gradient(x) + skipped, frame.flowed(y), back, true);
    });
    return y;
  });
}

/** The same elements, row by row, in another shape of the same size. One size may be -1: what is left for it. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const where = "reshape";
  checkTensor(where, "x", x);
  if (!Array.isArray(shape)) throw kindError(where, "shape to be an array of numbers", shape);
  const known = sizeOf(shape.filter((n) => n !== -1));
  const wanted = shape.map((n) => (n === -1 ? x.size / known : n));
  for (const n of wanted) checkSize(where, "every size", n);
  if (sizeOf(wanted) !== x.size)
    throw valueError(where, `a shape of ${x.size} elements`, formatShape(shape));
  if (x.host && !openFrame()) return new Tensor(wanted, x.host);
  return inFrame([x], (frame) => {
    const from = frame.at(x);
    const y = x.home ? frame.tensor(wanted) : frame.tensor(wanted, from); // a parameter's values may change
    if (x.home) stridedCopy(frame, frame.at(y), from, [{ size: x.size, to: 1, from: 1 }]);
    frame.record([y], [x], () => {
      frame.kernels.accumulate(frame.gradient(x), x.size, frame.flowed(y), x.size, 1, x.size);
    });
    return y;
  });
}
