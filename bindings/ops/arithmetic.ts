import { formatShape, kindError, valueError } from "../core/check.ts";
import type { Kernels } from "../core/kernels.ts";
import { type Frame, inFrame } from "../core/scope.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { stridedCopy, stridesOf } from "../core/views.ts";

/** A tensor, or a number that stands for a scalar. */
export type Operand = Tensor | number;

function toTensor(where: string, name: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value !== "number")
    throw kindError(where, `${name} to be a tensor or a number`, value);
  return new Tensor([], Float32Array.of(value));
}

/** Whether the kernels repeat x over a shape themselves: a scalar, or what the shape ends with. */
function repeats(x: Tensor, shape: Shape): boolean {
  const skipped = shape.length - x.shape.length;
  return x.size === 1 || x.shape.every((n, i) => n === shape[skipped + i]);
}

/** The shape that both have when sizes of 1, and axes missing in front, are those of the other one, as in numpy. */
function commonShape(where: string, a: Tensor, b: Tensor): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  const sizeAt = ({ shape }: Tensor, i: number): number => shape[shape.length - rank + i] ?? 1;
  return Array.from({ length: rank }, (_, i) => {
    const [n, m] = [sizeAt(a, i), sizeAt(b, i)];
    if (n !== m && n !== 1 && m !== 1)
      throw valueError(
        where,
        "sizes that are the same or 1, from the last axis on",
        `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      );
    return n === 1 ? m : n;
  });
}

/** A tensor with its sizes of 1 repeated to those of `shape`. */
function expand(x: Tensor, shape: Shape): Tensor {
  return inFrame([x], (frame) => {
    const from = frame.at(x);
    const y = frame.tensor(shape);
    const [inner, outer] = [stridesOf(x.shape), stridesOf(shape)];
    const skipped = shape.length - x.shape.length;
    const axes = shape.map((size, i) => {
      const repeated = (x.shape[i - skipped] ?? 1) === 1;
      return { size, to: outer[i]!, from: repeated ? 0 : inner[i - skipped]! };
    });
    stridedCopy(frame, frame.at(y), from, axes);
    frame.record([y], [x], () => {
      const back = axes.map(({ size, to, from: source }) => ({ size, to: source, from: to }));
      stridedCopy(frame, frame.gradient(x), frame.flowed(y), back, true);
    });
    return y;
  });
}

interface Pair {
  readonly frame: Frame;
  readonly a: Tensor;
  readonly b: Tensor;
  readonly y: Tensor;
  /** dL/dy. */
  readonly dy: number;
  readonly n: number;
}

type Forward = (
  k: Kernels,
  y: number,
  a: number,
  na: number,
  b: number,
  nb: number,
  n: number,
) => void;

/** A function of pairs of elements. `toA` and `toB` add to the gradient at the address they are given. */
function binary(
  where: string,
  first: Operand,
  second: Operand,
  forward: Forward,
  toA: (pair: Pair, da: number) => void,
  toB: (pair: Pair, db: number) => void,
): Tensor {
  const [left, right] = [toTensor(where, "a", first), toTensor(where, "b", second)];
  const shape = commonShape(where, left, right);
  return inFrame([left, right], (frame) => {
    const expanded = (x: Tensor): Tensor => (repeats(x, shape) ? x : expand(x, shape));
    const [a, b] = [expanded(left), expanded(right)];
    const [pa, pb] = [frame.at(a), frame.at(b)];
    const y = frame.tensor(shape);
    forward(frame.kernels, frame.at(y), pa, a.size, pb, b.size, y.size);
    frame.record([y], [a, b], () => {
      const pair = { frame, a, b, y, dy: frame.flowed(y), n: y.size };
      const [da, db] = [frame.gradient(a), frame.gradient(b)];
      if (da) toA(pair, da);
      if (db) toB(pair, db);
    });
    return y;
  });
}

const addTo = (scale: number, x: (p: Pair) => Tensor) => (p: Pair, d: number) =>
  p.frame.kernels.accumulate(d, x(p).size, p.dy, p.n, scale, p.n);
const first = (p: Pair): Tensor => p.a;
const second = (p: Pair): Tensor => p.b;

/** a + b, with broadcasting: a scalar goes with everything, sizes of 1 and axes missing in front are those of the other one. */
export const add = (a: Operand, b: Operand): Tensor =>
  binary(
    "add",
    a,
    b,
    (k, y, pa, na, pb, nb, n) => k.add_forward(y, pa, na, pb, nb, n),
    addTo(1, first),
    addTo(1, second),
  );

/** a - b, with broadcasting: see `add`. */
export const sub = (a: Operand, b: Operand): Tensor =>
  binary(
    "sub",
    a,
    b,
    (k, y, pa, na, pb, nb, n) => k.sub_forward(y, pa, na, pb, nb, n),
    addTo(1, first),
    addTo(-1, second),
  );

/** a · b, element by element, with broadcasting: see `add`. */
export const mul = (a: Operand, b: Operand): Tensor =>
  binary(
    "mul",
    a,
    b,
    (k, y, pa, na, pb, nb, n) => k.mul_forward(y, pa, na, pb, nb, n),
    (p, da) => productTo(p, da, p.a.size, p.b),
    (p, db) => productTo(p, db, p.b.size, p.a),
  );

function productTo({ frame, dy, n }: Pair, d: number, nd: number, other: Tensor): void {
  frame.kernels.mul_accumulate(d, nd, dy, n, frame.at(other), other.size, 1, n);
}

/** a / b, element by element, with broadcasting: see `add`. */
export const div = (a: Operand, b: Operand): Tensor =>
  binary(
    "div",
    a,
    b,
    (k, y, pa, na, pb, nb, n) => k.div_forward(y, pa, na, pb, nb, n),
    (p, da) => {
      p.frame.kernels.accumulate(da, p.a.size, overB(p), p.n, 1, p.n);
    },
    (p, db) => {
      // d(a/b)/db = -(a/b) / b
      p.frame.kernels.mul_accumulate(db, p.b.size, overB(p), p.n, p.frame.at(p.y), p.n, -1, p.n);
    },
  );

/** dL/dy / b. */
function overB({ frame, b, dy, n }: Pair): number {
  const quotient = frame.floats(n);
  frame.kernels.div_forward(quotient, dy, n, frame.at(b), b.size, n);
  return quotient;
}
