import { checkNumber, valueError } from "../core/check.ts";
import type { Kernels } from "../core/kernels.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";

type Forward = (k: Kernels, y: number, x: number, n: number) => void;
/** `s` is what the backward kernel wants to see again: the output or the input. */
type Backward = (k: Kernels, dx: number, dy: number, s: number, n: number) => void;

/** A function applied to every element. */
function elementwise(
  where: string,
  x: Tensor,
  forward: Forward,
  saved: "input" | "output",
  backward: Backward,
): Tensor {
  checkTensor(where, "x", x);
  return inFrame([x], (frame) => {
    const k = frame.kernels;
    const from = frame.at(x);
    const y = frame.tensor(x.shape);
    forward(k, frame.at(y), from, x.size);
    frame.record([y], [x], () => {
      const s = saved === "input" ? from : frame.at(y);
      backward(k, frame.gradient(x), frame.flowed(y), s, x.size);
    });
    return y;
  });
}

/** -x of every element. */
export const neg = (x: Tensor): Tensor =>
  elementwise(
    "neg",
    x,
    (k, y, a, n) => k.neg_forward(y, a, n),
    "input",
    (k, dx, dy, _, n) => k.accumulate(dx, n, dy, n, -1, n),
  );

/** |x| of every element; its gradient at 0 is 0. */
export const abs = (x: Tensor): Tensor =>
  elementwise(
    "abs",
    x,
    (k, y, a, n) => k.abs_forward(y, a, n),
    "input",
    (k, dx, dy, s, n) => k.abs_backward(dx, dy, s, n),
  );

/** √x of every element. */
export const sqrt = (x: Tensor): Tensor =>
  elementwise(
    "sqrt",
    x,
    (k, y, a, n) => k.sqrt_forward(y, a, n),
    "output",
    (k, dx, dy, s, n) => k.sqrt_backward(dx, dy, s, n),
  );

/** e^x of every element. */
export const exp = (x: Tensor): Tensor =>
  elementwise(
    "exp",
    x,
    (k, y, a, n) => k.exp_forward(y, a, n),
    "output",
    (k, dx, dy, s, n) => k.exp_backward(dx, dy, s, n),
  );

/** The natural logarithm of every element. */
export const log = (x: Tensor): Tensor =>
  elementwise(
    "log",
    x,
    (k, y, a, n) => k.log_forward(y, a, n),
    "input",
    (k, dx, dy, s, n) => k.log_backward(dx, dy, s, n),
  );

/** The hyperbolic tangent of every element. */
export const tanh = (x: Tensor): Tensor =>
  elementwise(
    "tanh",
    x,
    (k, y, a, n) => k.tanh_forward(y, a, n),
    "output",
    (k, dx, dy, s, n) => k.tanh_backward(dx, dy, s, n),
  );

/** 1 / (1 + e^-x) of every element. */
export const sigmoid = (x: Tensor): Tensor =>
  elementwise(
    "sigmoid",
    x,
    (k, y, a, n) => k.sigmoid_forward(y, a, n),
    "output",
    (k, dx, dy, s, n) => k.sigmoid_backward(dx, dy, s, n),
  );

/** max(x, 0) of every element; its gradient at 0 is 0. */
export const relu = (x: Tensor): Tensor =>
  elementwise(
    "relu",
    x,
    (k, y, a, n) => k.relu_forward(y, a, n),
    "output",
    (k, dx, dy, s, n) => k.relu_backward(dx, dy, s, n),
  );

/** Every element cut to [low, high]; outside its gradient is 0. Throws a RangeError where low is above high. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  const where = "clip";
  checkNumber(where, "low", low);
  if (checkNumber(where, "high", high) < low)
    throw valueError(where, `high of at least low, which is ${low}`, high);
  return elementwise(
    where,
    x,
    (k, y, a, n) => k.clip_forward(y, a, n, low, high),
    "input",
    (k, dx, dy, s, n) => k.clip_backward(dx, dy, s, n, low, high),
  );
}
