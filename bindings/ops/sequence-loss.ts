import {
  checkFlag,
  checkOptions,
  checkSize,
  formatShape,
  sameShape,
  valueError,
} from "../core/check.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, Tensor } from "../core/tensor.ts";
import { mul } from "./arithmetic.ts";
import { type Classes, type Constants, checkClasses, checkConstants } from "./classes.ts";
import { classLosses } from "./cross-entropy.ts";
import { sum } from "./reduce.ts";

/** What `sequenceLoss` can be given. */
export interface SequenceLossOptions {
  /** Divide the sum over the steps by their weights. `true` unless given, or a sum is asked for. */
  readonly averageAcrossTimesteps?: boolean | undefined;
  /** Divide the sum over the batch by its weights. `true` unless given, or a sum is asked for. */
  readonly averageAcrossBatch?: boolean | undefined;
  /** Divide the sum over the steps by the number of those with a weight. */
  readonly sumOverTimesteps?: boolean | undefined;
  /** Divide the sum over the batch by the number of those with a weight. */
  readonly sumOverBatch?: boolean | undefined;
}

/** Which axes are summed up, and whether a sum is divided by weights rather than by how many are not 0. */
interface Reach {
  readonly time: boolean;
  readonly batch: boolean;
  readonly average: boolean;
}

/**
 * The cross-entropy of sequences, step by step, times a weight for each: tf.contrib.seq2seq.sequence_loss.
 *
 * logits [batch, time, classes]; targets: class numbers [batch, time]; weights [batch, time], or the length of each sequence
 * [batch], which stands for ones up to it and zeros behind. Averaged (or summed) over time and batch the loss is a scalar, over
 * time alone [batch], over the batch alone [time], and without either [batch, time]. A weight of 0 leaves a step out,
 * whatever is there: its target may be -1. Where every weight is 0 the loss is 0.
 * Throws a RangeError for a class that is not there, and where an average and a sum are asked for at once.
 */
export function sequenceLoss(
  logits: Tensor,
  targets: Classes,
  weights: Constants,
  options?: SequenceLossOptions,
): Tensor {
  const where = "sequenceLoss";
  const reach = checkReach(where, options);
  checkTensor(where, "logits", logits);
  if (logits.shape.length !== 3)
    throw valueError(where, "logits of shape [batch, time, classes]", formatShape(logits.shape));
  const [batch, time, columns] = logits.shape as [number, number, number];
  const classes = checkClasses(where, "targets", targets, [batch, time], columns, -1);
  const given = checkWeights(where, weights, batch, time);
  for (const [i, w] of given.entries()) {
    if (w === 0) classes[i] = -1;
    else if (classes[i] === -1)
      throw valueError(where, `targets from 0 to ${columns - 1} where the weight is not 0`, -1);
  }
  const shares = new Tensor([batch, time], sharesOf(given, time, reach));
  return inFrame([logits], () => {
    const losses = mul(classLosses(logits, classes), shares);
    if (reach.time && reach.batch) return sum(losses);
    return reach.time || reach.batch ? sum(losses, reach.time ? 1 : 0) : losses;
  });
}

const optionNames = [
  "averageAcrossTimesteps",
  "averageAcrossBatch",
  "sumOverTimesteps",
  "sumOverBatch",
] as const;

function checkReach(where: string, options: SequenceLossOptions | undefined): Reach {
  const settings = checkOptions(where, options, optionNames);
  const flag = (name: keyof SequenceLossOptions, otherwise: boolean): boolean =>
    checkFlag(where, name, settings[name] ?? otherwise);
  const [sumTime, sumBatch] = [flag("sumOverTimesteps", false), flag("sumOverBatch", false)];
  const summed = sumTime || sumBatch;
  const averageTime = flag("averageAcrossTimesteps", !summed);
  const averageBatch = flag("averageAcrossBatch", !summed);
  if (summed && (averageTime || averageBatch))
    throw valueError(where, "either averages or sums", "both");
  return { time: averageTime || sumTime, batch: averageBatch || sumBatch, average: !summed };
}

/** One weight a step, out of those or out of lengths. */
function checkWeights(
  where: string,
  weights: Constants,
  batch: number,
  time: number,
): Float32Array {
  const { data, shape } = checkConstants(where, "weights", weights);
  if (sameShape(shape, [batch, time])) return data;
  if (!sameShape(shape, [batch]))
    throw valueError(
      where,
      `weights of shape ${formatShape([batch, time])}, or ${batch} lengths`,
      `shape ${formatShape(shape)}`,
    );
  for (const n of data)
    if (checkSize(where, "every length", n, 0) > time)
      throw valueError(where, `lengths of at most ${time}`, n);
  return Float32Array.from({ length: batch * time }, (_, i) =>
    i % time < data[Math.floor(i / time)]! ? 1 : 0,
  );
}

/** Each weight over what its sum is divided by; 0 where that is 0. */
function sharesOf(weights: Float32Array, time: number, { average, ...over }: Reach): Float32Array {
  if (!over.time && !over.batch) return weights;
  const groupOf = (i: number): number => {
    if (over.time && over.batch) return 0;
    return over.time ? Math.floor(i / time) : i % time;
  };
  const sizes = new Float64Array(groupOf(weights.length - 1) + 1);
  weights.forEach((w, i) => {
    sizes[groupOf(i)]! += average || w === 0 ? w : 1;
  });
  return weights.map((w, i) => (sizes[groupOf(i)] === 0 ? 0 : w / sizes[groupOf(i)]!));
}
