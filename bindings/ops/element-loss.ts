import {
  checkFlag,
  checkNumber,
  checkOptions,
  formatShape,
  sameShape,
  valueError,
} from "../core/check.ts";
import { extras } from "../core/extras.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { checkReduction, type Reduction, type ReductionOptions, reduced } from "./reduction.ts";

/** A kind of loss by its number in assembly/element-loss.ts. */
interface Kind {
  readonly number: number;
  /** The kind whose backward pass has the gradient of the target; without one the target's is the prediction's, exchanged. */
  readonly target?: number;
}

const SQUARED: Kind = { number: 0 };
const ABSOLUTE: Kind = { number: 1 };
const HUBER: Kind = { number: 2 };
const BINARY: Kind = { number: 3, target: 5 };
const LOGISTIC: Kind = { number: 4, target: 6 };

function checkPair(where: string, prediction: Tensor, target: Tensor): void {
  checkTensor(where, "prediction", prediction);
  checkTensor(where, "target", target);
  if (!sameShape(prediction.shape, target.shape))
    throw valueError(
      where,
      `a target of the prediction's shape ${formatShape(prediction.shape)}`,
      formatShape(target.shape),
    );
}

/** The loss of each element. */
function elementLosses(kind: Kind, prediction: Tensor, target: Tensor, delta: number): Tensor {
  return inFrame([prediction, target], (frame) => {
    const k = extras(frame.runtime);
    const [p, t] = [frame.at(prediction), frame.at(target)];
    const n = prediction.size;
    const losses = frame.tensor(prediction.shape);
    k.element_loss_forward(frame.at(losses), p, t, delta, n, kind.number);
    frame.record([losses], [prediction, target], () => {
      const [dp, dt, dy] = [
        frame.gradient(prediction),
        frame.gradient(target),
        frame.flowed(losses),
      ];
      if (dp) k.element_loss_backward(dp, dy, p, t, delta, n, kind.number);
      if (!dt) return;
      if (kind.target) k.element_loss_backward(dt, dy, p, t, delta, n, kind.target);
      else k.element_loss_backward(dt, dy, t, p, delta, n, kind.number);
    });
    return losses;
  });
}

/** What every loss here does once its own options are read. */
function elementLoss(
  where: string,
  kind: Kind,
  prediction: Tensor,
  target: Tensor,
  reduction: Reduction | undefined,
  delta = 0,
): Tensor {
  checkPair(where, prediction, target);
  const checked = checkReduction(where, reduction);
  return inFrame([prediction, target], () =>
    reduced(elementLosses(kind, prediction, target, delta), checked),
  );
}

/** (prediction - target)²: its mean over all elements, a scalar, unless `reduction` says otherwise. Both of one shape. */
export function mse(prediction: Tensor, target: Tensor, options?: ReductionOptions): Tensor {
  const { reduction } = checkOptions("mse", options, ["reduction"]);
  return elementLoss("mse", SQUARED, prediction, target, reduction);
}

/** |prediction - target|, reduced as in `mse`; its gradient where both are equal is 0. */
export function mae(prediction: Tensor, target: Tensor, options?: ReductionOptions): Tensor {
  const { reduction } = checkOptions("mae", options, ["reduction"]);
  return elementLoss("mae", ABSOLUTE, prediction, target, reduction);
}

/** What `huber` can be given. */
export interface HuberOptions extends ReductionOptions {
  /** Where the parabola becomes a line; above 0, 1 unless given. */
  readonly delta?: number | undefined;
}

/** d² / 2 for |d| ≤ delta, delta (|d| - delta / 2) beyond, d = prediction - target; reduced as in `mse`. (Huber 1964) */
export function huber(prediction: Tensor, target: Tensor, options?: HuberOptions): Tensor {
  const where = "huber";
  const { delta = 1, reduction } = checkOptions(where, options, ["delta", "reduction"]);
  if (checkNumber(where, "delta", delta, 0) === 0) throw valueError(where, "delta above 0", delta);
  return elementLoss(where, HUBER, prediction, target, reduction, delta);
}

/** What `binaryCrossEntropy` can be given. */
export interface BinaryCrossEntropyOptions extends ReductionOptions {
  /** Whether predictions are logits x of σ(x) rather than probabilities; `false` unless given. */
  readonly fromLogits?: boolean | undefined;
}

/**
 * -t ln p - (1 - t) ln(1 - p), reduced as in `mse`. Targets are probabilities of the prediction's shape.
 *
 * Probabilities are kept within 1e-7 and 1 - 1e-7, and have no gradient beyond, as in Keras: at p = 0 and t = 1 the loss is
 * 16.1. From logits nothing is clipped, and nothing overflows: max(x, 0) - x t + ln(1 + e^-|x|), with the gradient σ(x) - t.
 */
export function binaryCrossEntropy(
  prediction: Tensor,
  target: Tensor,
  options?: BinaryCrossEntropyOptions,
): Tensor {
  const where = "binaryCrossEntropy";
  const settings = checkOptions(where, options, ["fromLogits", "reduction"]);
  const kind = checkFlag(where, "fromLogits", settings.fromLogits) ? LOGISTIC : BINARY;
  return elementLoss(where, kind, prediction, target, settings.reduction);
}
