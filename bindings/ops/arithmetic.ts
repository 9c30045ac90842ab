import { formatShape, kindError, valueError } from "../core/check.ts";
import type { Kernels } from "../core/kernels.ts";
import { type Frame, inFrame } from "../core/scope.ts";
import { type Shape, Tensor } from "../core/tensor.ts";

/** A tensor, or a number that stands for a scalar. */
export type Operand = Tensor | number;

function toTensor(where: string, name: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value !== "number")
    throw kindError(where, `${name} to be a tensor or a number`, value);
  return new Tensor([], Float32Array.of(value));
}

/** A scalar goes with everything; a row, or any shape that the other one ends with, is repeated over the batch. */
function broadcast(where: string, a: Tensor, b: Tensor): Shape {
  const aFirst = a.size > b.size || (a.size === b.size && a.shape.length >= b.shape.length);
  const [large, small] = aFirst ? [a, b] : [b, a];
  const skipped = large.shape.length - small.shape.length;
  const ends = skipped >= 0 && small.shape.every((n, i) => n === large.shape[skipped + i]);
  if (small.size > 1 && !ends)
    throw valueError(
      where,
      "shapes of which one ends with the other, or a scalar",
      `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  return large.shape;
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
  const a = toTensor(where, "a", first);
  const b = toTensor(where, "b", second);
  const shape = broadcast(where, a, b);
  return inFrame([a, b], (frame) => {
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

/** a + b, with broadcasting. */
export const add = (a: Operand, b: Operand): Tensor =>
  binary(
    "add",
    a,
    b,
    (k, y, pa, na, pb, nb, n) => k.add_forward(y, pa, na, pb, nb, n),
    addTo(1, first),
    addTo(1, second),
  );

/** a - b, with broadcasting. */
export const sub = (a: Operand, b: Operand): Tensor =>
  binary(
    "sub",
    a,
    b,
    (k, y, pa, na, pb, nb, n) => k.sub_forward(y, pa, na, pb, nb, n),
    addTo(1, first),
    addTo(-1, second),
  );

/** a · b, element by element, with broadcasting. */
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

/** a / b, element by element, with broadcasting. */
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
