import { checkNumber, checkOptions, valueError } from "../core/check.ts";
import type { RandomOptions } from "../core/create.ts";
import { type Draw, Streams } from "../core/random.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";

/** The share of elements that is dropped: from 0 up to, but not including, 1. */
export function checkRate(where: string, name: string, rate: unknown): number {
  if (checkNumber(where, name, rate, 0, 1) === 1) throw valueError(where, `${name} below 1`, 1);
  return rate as number;
}

/**
 * Drops a share of the elements of x by the numbers of a draw, the same draw the same ones. With `counts`, x is in parts of
 * so many elements, each of which begins anew with the first number: what one part drops the next one drops as well.
 */
export function drop(x: Tensor, rate: number, draw: Draw, counts?: ArrayLike<number>): Tensor {
  if (rate === 0) return x;
  const parts = counts ?? [x.size];
  const { low, high, stream } = draw;
  return inFrame([x], (frame) => {
    const k = frame.kernels;
    const from = frame.at(x);
    const y = frame.tensor(x.shape);
    for (let part = 0, at = 0; part < parts.length; at += 4 * parts[part++]!)
      k.dropout_forward(frame.at(y) + at, from + at, parts[part]!, low, high, stream, rate);
    frame.record([y], [x], () => {
      const [dx, dy] = [frame.gradient(x), frame.flowed(y)];
      for (let part = 0, at = 0; part < parts.length; at += 4 * parts[part++]!)
        k.dropout_backward(dx + at, dy + at, parts[part]!, low, high, stream, rate);
    });
    return y;
  });
}

/**
 * Drops each element with probability `rate`, which is at least 0 and below 1, and divides the others by 1 - rate, so that
 * the mean stays (Srivastava et al. 2014, JMLR 15). It always does: the module `Dropout` does so in training only.
 * Throws a RangeError for another rate.
 */
export function dropout(x: Tensor, rate: number, options?: RandomOptions): Tensor {
  const where = "dropout";
  checkTensor(where, "x", x);
  checkRate(where, "rate", rate);
  const { seed } = checkOptions(where, options, ["seed"]);
  return drop(x, rate, new Streams(where, seed).next());
}
