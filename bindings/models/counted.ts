import { formatShape, valueError } from "../core/check.ts";
import { checkTensor, sizeOf, Tensor } from "../core/tensor.ts";
import type { Tally } from "../metrics.ts";
import { mul } from "../ops/arithmetic.ts";
import { sum } from "../ops/reduce.ts";
import type { Flow } from "./layer.ts";
import type { ModelLoss } from "./losses.ts";
import type { Mask } from "./mask.ts";

/** What a loss or metric says of the steps that count, 0 for the others; and how many numbers count. */
export function countedValues(
  where: string,
  { name, compute }: ModelLoss,
  target: Tensor,
  { x, mask }: Flow,
): { values: Tensor; count: number } {
  const values = checkTensor(where, `what ${name || "the loss"} returns`, compute(target, x));
  const { shape, size } = values;
  if (!mask || shape.length === 0) return { values, count: size };
  const steps = mask.steps.reduce((n, step) => n + step, 0);
  const count = (size / mask.steps.length) * steps;
  return { values: mul(values, stepWeights(where, mask, shape)), count };
}

/** What a loss comes to as a metric. One that is a mean already counts for each sample. */
export function tallyOf(where: string, loss: ModelLoss, target: Tensor, flow: Flow): Tally {
  const { values, count } = countedValues(where, loss, target, flow);
  const weight = values.shape.length === 0 ? flow.x.shape[0]! : 1;
  return { total: sum(values).item() * weight, count: count * weight };
}

/** 1 where a step counts, 0 elsewhere, for numbers of shape [batch, time, ...]. */
function stepWeights(where: string, mask: Mask, shape: readonly number[]): Tensor {
  const [batch, time, ...rest] = shape;
  if (batch !== mask.batch || time !== mask.time)
    throw valueError(
      where,
      `a loss for each step, [${mask.batch}, ${mask.time}, ...], as steps are masked`,
      `shape ${formatShape(shape)}`,
    );
  const inner = sizeOf(rest);
  const weights = new Float32Array(mask.steps.length * inner);
  mask.steps.forEach((step, i) => {
    if (step) weights.fill(1, i * inner, (i + 1) * inner);
  });
  return new Tensor(shape, weights);
}
