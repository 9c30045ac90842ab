import { checkSize, formatShape, kindError, sameShape, valueError } from "../core/check.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, sizeOf, type Tensor } from "../core/tensor.ts";
import { reshape, slice, stridedCopy, stridesOf } from "../core/views.ts";
import { checkAxis } from "./reduce.ts";

export { reshape, slice };

function checkTensors(where: string, xs: unknown): readonly [Tensor, ...Tensor[]] {
  if (!Array.isArray(xs)) throw kindError(where, "an array of tensors", xs);
  if (xs.length === 0) throw valueError(where, "at least one tensor", "none");
  for (const x of xs) checkTensor(where, "every element", x);
  return xs as unknown as readonly [Tensor, ...Tensor[]];
}

/** Tensors one behind the other along an axis; the other sizes are the same in all. */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  const where = "concat";
  const [first] = checkTensors(where, xs);
  const at = checkAxis(where, axis, first.shape.length);
  for (const x of xs) {
    const fits =
      x.shape.length === first.shape.length &&
      x.shape.every((n, i) => i === at || n === first.shape[i]);
    if (!fits)
      throw valueError(
        where,
        `shapes that differ along axis ${at} only`,
        `${formatShape(first.shape)} and ${formatShape(x.shape)}`,
      );
  }
  const total = xs.reduce((n, x) => n + x.shape[at]!, 0);
  const shape = first.shape.map((n, i) => (i === at ? total : n));
  const outer = sizeOf(shape.slice(0, at));
  const inner = sizeOf(shape.slice(at + 1));
  return inFrame(xs, (frame) => {
    const sources = xs.map((x) => frame.at(x));
    const y = frame.tensor(shape);
    let offset = 0;
    const parts = xs.map((x, i) => {
      const width = x.shape[at]! * inner;
      const part = { x, from: sources[i]!, width, offset: 4 * offset };
      offset += width;
      return part;
    });
    const row = total * inner;
    for (const { from, width, offset: skipped } of parts) {
      stridedCopy(frame, frame.at(y) + skipped, from, [
        { size: outer, to: row, from: width },
        { size: width, to: 1, from: 1 },
      ]);
    }
    frame.record([y], xs, () => {
      for (const { x, width, offset: skipped } of parts) {
        const dx = frame.gradient(x);
        if (!dx) continue;
        const axes = [
          { size: outer, to: width, from: row },
          { size: width, to: 1, from: 1 },
        ];
        stridedCopy(frame, dx, frame.flowed(y) + skipped, axes, true);
      }
    });
    return y;
  });
}

/** Tensors of one shape side by side along a new axis. */
export function stack(xs: readonly Tensor[], axis = 0): Tensor {
  const where = "stack";
  const [first] = checkTensors(where, xs);
  for (const x of xs)
    if (!sameShape(x.shape, first.shape))
      throw valueError(
        where,
        "tensors of one shape",
        `${formatShape(first.shape)} and ${formatShape(x.shape)}`,
      );
  const at = checkAxis(where, axis, first.shape.length + 1);
  const shape = [...first.shape.slice(0, at), 1, ...first.shape.slice(at)];
  if (xs.length === 1) return reshape(first, shape);
  return inFrame(xs, () =>
    concat(
      xs.map((x) => reshape(x, shape)),
      at,
    ),
  );
}

/** The axes in another order: `axes[i]` is the axis of x that becomes axis i. Without it the order is turned around. */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  const where = "transpose";
  checkTensor(where, "x", x);
  const rank = x.shape.length;
  const order = axes ?? x.shape.map((_, i) => rank - 1 - i);
  if (!Array.isArray(order)) throw kindError(where, "axes to be an array of numbers", order);
  for (const axis of order) checkSize(where, "every axis", axis, 0);
  if (order.length !== rank || new Set(order).size !== rank || order.some((a) => a >= rank))
    throw valueError(where, `each of ${rank} axes once`, formatShape(order));
  return inFrame([x], (frame) => {
    const from = frame.at(x);
    const y = frame.tensor(order.map((axis) => x.shape[axis]!));
    const [inner, outer] = [stridesOf(x.shape), stridesOf(y.shape)];
    const layout = order.map((axis, i) => ({
      size: y.shape[i]!,
      to: outer[i]!,
      from: inner[axis]!,
    }));
    stridedCopy(frame, frame.at(y), from, layout);
    frame.record([y], [x], () => {
      const back = layout.map(({ size, to, from: source }) => ({ size, to: source, from: to }));
      stridedCopy(frame, frame.gradient(x), frame.flowed(y), back, true);
    });
    return y;
  });
}
