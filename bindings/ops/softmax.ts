import { valueError } from "../core/check.ts";
import { type Extras, extras } from "../core/extras.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { checkAxis } from "./reduce.ts";
import { transpose } from "./shape.ts";

/** An axis of a tensor that has one, by its number. */
export function checkRowAxis(where: string, name: string, x: Tensor, axis: number): number {
  checkTensor(where, name, x);
  if (x.shape.length === 0) throw valueError(where, "a tensor with an axis", "a scalar");
  return checkAxis(where, axis, x.shape.length);
}

/** The axes of x with `axis` behind all others. */
export function moveLast(x: Tensor, axis: number): Tensor {
  const rest = [...x.shape.keys()].filter((i) => i !== axis);
  return axis === rest.length ? x : transpose(x, [...rest, axis]);
}

/** The reverse: the last axis in the place of `axis`. */
function moveBack(x: Tensor, axis: number): Tensor {
  const last = x.shape.length - 1;
  const order = [...x.shape.keys()].slice(0, last);
  order.splice(axis, 0, last);
  return axis === last ? x : transpose(x, order);
}

type Forward = (k: Extras, y: number, x: number, rows: number, columns: number) => void;
/** `s` is what the backward kernel wants to see again: the output or the input. */
type Backward = (
  k: Extras,
  dx: number,
  dy: number,
  s: number,
  rows: number,
  columns: number,
) => void;

/** A function of each row along the last axis, in the shape it has. */
export function rowwise(
  x: Tensor,
  forward: Forward,
  saved: "input" | "output",
  backward: Backward,
): Tensor {
  const columns = x.shape.at(-1)!;
  const rows = x.size / columns;
  return inFrame([x], (frame) => {
    const k = extras(frame.runtime);
    const from = frame.at(x);
    const y = frame.tensor(x.shape);
    forward(k, frame.at(y), from, rows, columns);
    frame.record([y], [x], () => {
      const s = saved === "input" ? from : frame.at(y);
      backward(k, frame.gradient(x), frame.flowed(y), s, rows, columns);
    });
    return y;
  });
}

/** The same along any axis: turned to the last and back. */
function alongAxis(where: string, x: Tensor, axis: number, f: (rows: Tensor) => Tensor): Tensor {
  const at = checkRowAxis(where, "x", x, axis);
  return inFrame([x], () => moveBack(f(moveLast(x, at)), at));
}

const softmaxRows = (x: Tensor): Tensor =>
  rowwise(
    x,
    (k, y, from, rows, columns) => k.softmax_forward(y, from, rows, columns),
    "output",
    (k, dx, dy, y, rows, columns) => k.softmax_backward(dx, dy, y, rows, columns),
  );

/** ln softmax along the last axis. */
export const logSoftmaxRows = (x: Tensor): Tensor =>
  rowwise(
    x,
    (k, y, from, rows, columns) => k.log_softmax_forward(y, from, rows, columns),
    "output",
    (k, dx, dy, y, rows, columns) => k.log_softmax_backward(dx, dy, y, rows, columns),
  );

/** e^x / Σ e^x along an axis. A NaN makes all that share its sum NaN. */
export const softmax = (x: Tensor, axis = -1): Tensor => alongAxis("softmax", x, axis, softmaxRows);

/** x - ln Σ e^x along an axis: the logarithm of `softmax`, without its underflow. */
export const logSoftmax = (x: Tensor, axis = -1): Tensor =>
  alongAxis("logSoftmax", x, axis, logSoftmaxRows);
