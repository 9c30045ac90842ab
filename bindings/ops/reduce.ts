import {
  checkFlag,
  checkOptions,
  checkSize,
  formatShape,
  kindError,
  valueError,
} from "../core/check.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Shape, sizeOf, type Tensor } from "../core/tensor.ts";

/** A tensor seen as [outer, n, inner] around one axis, and what remains without it. */
interface AroundAxis {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
  readonly rest: Shape;
}

/** An axis by its number; negative ones count from the last. */
export function checkAxis(where: string, axis: unknown, rank: number): number {
  if (typeof axis !== "number") throw kindError(where, "axis to be a number", axis);
  const counted = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || counted < 0 || counted >= rank)
    throw valueError(where, `axis of a tensor with ${rank} dimensions`, axis);
  return counted;
}

/** What a reduction can be given. */
export interface ReduceOptions {
  /** Whether the axis stays, with size 1, so that the result can be broadcast against x; without one all stay. Default false. */
  readonly keepDims?: boolean | undefined;
}

function around(
  where: string,
  x: Tensor,
  axis: number | undefined,
  options?: ReduceOptions,
): AroundAxis {
  checkTensor(where, "x", x);
  const keepDims = checkFlag(
    where,
    "keepDims",
    checkOptions(where, options, ["keepDims"]).keepDims,
  );
  if (axis === undefined)
    return { outer: 1, n: x.size, inner: 1, rest: keepDims ? x.shape.map(() => 1) : [] };
  const at = checkAxis(where, axis, x.shape.length);
  return {
    outer: sizeOf(x.shape.slice(0, at)),
    n: checkSize(where, `size ${at} of ${formatShape(x.shape)}`, x.shape[at]),
    inner: sizeOf(x.shape.slice(at + 1)),
    rest: x.shape.flatMap((n, i) => (i !== at ? [n] : keepDims ? [1] : [])),
  };
}

function scaledSum(x: Tensor, { outer, n, inner, rest }: AroundAxis, scale: number): Tensor {
  return inFrame([x], (frame) => {
    const k = frame.kernels;
    const from = frame.at(x);
    const y = frame.tensor(rest);
    k.sum_axis_forward(frame.at(y), from, scale, outer, n, inner);
    frame.record([y], [x], () => {
      k.sum_axis_backward(frame.gradient(x), frame.flowed(y), scale, outer, n, inner);
    });
    return y;
  });
}

/** The sum of all elements times a number. */
export const scaledTotal = (x: Tensor, scale: number): Tensor =>
  scaledSum(x, around("scaledTotal", x, undefined), scale);

/** The sum along the last axis times a number. */
export const scaledRowSums = (x: Tensor, scale: number): Tensor =>
  scaledSum(x, around("scaledRowSums", x, -1), scale);

/** The sum along an axis, or of all elements. */
export const sum = (x: Tensor, axis?: number, options?: ReduceOptions): Tensor =>
  scaledSum(x, around("sum", x, axis, options), 1);

/** The mean along an axis, or of all elements. */
export function mean(x: Tensor, axis?: number, options?: ReduceOptions): Tensor {
  const view = around("mean", x, axis, options);
  return scaledSum(x, view, 1 / view.n);
}

/** The largest along an axis, or of all elements. Its gradient goes to the first of equals; NaN wins. */
export function max(x: Tensor, axis?: number, options?: ReduceOptions): Tensor {
  const { outer, n, inner, rest } = around("max", x, axis, options);
  return inFrame([x], (frame) => {
    const k = frame.kernels;
    const from = frame.at(x);
    const y = frame.tensor(rest);
    const index = frame.floats(y.size);
    k.max_axis_forward(frame.at(y), index, from, outer, n, inner);
    frame.record([y], [x], () => {
      k.max_axis_backward(frame.gradient(x), frame.flowed(y), index, outer, n, inner);
    });
    return y;
  });
}

/**
 * Where the largest element is along an axis: its number there, of all places outside that axis, row by row. The first of
 * equals; NaN wins.
 */
export function argmax(x: Tensor, axis = -1): Int32Array<ArrayBuffer> {
  const { outer, n, inner } = around("argmax", x, axis);
  return inFrame([x], (frame) => {
    const from = frame.at(x);
    const [y, index] = [frame.floats(outer * inner), frame.floats(outer * inner)];
    frame.kernels.max_axis_forward(y, index, from, outer, n, inner);
    const first = index >>> 2;
    return frame.runtime.heap.i32.slice(first, first + outer * inner) as Int32Array<ArrayBuffer>;
  });
}
