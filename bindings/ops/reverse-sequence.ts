import { checkFlag, checkOptions, formatShape, kindError, valueError } from "../core/check.ts";
import { checkLengths, type SequenceLength } from "../core/lengths.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { gatherRows } from "./rows.ts";
import { reshape } from "./shape.ts";

/** How sequences lie in a tensor. */
export interface ReverseSequenceOptions {
  /** Whether x is [time, batch, ...] rather than [batch, time, ...]. Default false. */
  readonly timeMajor?: boolean | undefined;
}

/**
 * Turns every sequence of a batch around: of x [batch, time, ...] the first `lengths[b]` steps of row b come last one first,
 * those behind them stay where they are. As TensorFlow's and ONNX' operators of this name.
 * Throws a RangeError for lengths that do not fit.
 */
export function reverseSequence(
  x: Tensor,
  lengths: SequenceLength,
  options?: ReverseSequenceOptions,
): Tensor {
  const where = "reverseSequence";
  checkTensor(where, "x", x);
  const { timeMajor = false } = checkOptions(where, options, ["timeMajor"]);
  checkFlag(where, "timeMajor", timeMajor);
  if (x.shape.length < 2)
    throw valueError(where, "x of shape [batch, time, ...]", formatShape(x.shape));
  const [outer, inner, ...rest] = x.shape as [number, number, ...number[]];
  const [batch, time] = timeMajor ? [inner, outer] : [outer, inner];
  if (lengths === undefined) throw kindError(where, "lengths to be an array", lengths);
  const checked = checkLengths(where, "lengths", lengths, batch, time)!;
  const source = new Int32Array(batch * time);
  checked.forEach((length, b) => {
    for (let t = 0; t < time; t++) {
      const from = t < length ? length - 1 - t : t;
      if (timeMajor) source[t * batch + b] = from * batch + b;
      else source[b * time + t] = b * time + from;
    }
  });
  return inFrame([x], () =>
    reshape(gatherRows(reshape(x, [outer * inner, ...rest]), source), x.shape),
  );
}
