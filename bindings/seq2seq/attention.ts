import { checkChoice, checkOptions, checkShape, valueError } from "../core/check.ts";
import { checkLengths, type SequenceLength } from "../core/lengths.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, Tensor } from "../core/tensor.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { type Constants, checkConstants } from "../ops/classes.ts";
import { tanh } from "../ops/elementwise.ts";
import { linear, matmul } from "../ops/matmul.ts";
import { reshape, transpose } from "../ops/shape.ts";
import { softmax } from "../ops/softmax.ts";

/** Which of the keys count: without either all do. */
export interface MaskOptions {
  /** How many of each sequence's keys count, from the first on. */
  readonly lengths?: SequenceLength | undefined;
  /** [batch, time]: 1 where a key counts, 0 where it does not. In place of `lengths`. */
  readonly mask?: Constants | undefined;
}

/** How a query q and a key k are scored. */
export interface AttentionOptions extends MaskOptions {
  /**
   * "dot" is q · k, "general" is q · W k (both Luong et al. 2015, arXiv:1508.04025, section 3.1), "additive" is v · tanh(q + k)
   * (Bahdanau et al. 2015, arXiv:1409.0473, appendix A.1.2; q and k come projected). Default "dot".
   */
  readonly kind?: "dot" | "general" | "additive" | undefined;
  /** W [query size, key size] of "general", v [size] of "additive". */
  readonly weight?: Tensor | undefined;
}

/** What was seen, and where it was looked for. */
export interface Attended {
  /** [batch, steps, features of a value]: the values, weighed and summed. */
  readonly context: Tensor;
  /** [batch, steps, time]: they sum to 1 over the keys that count, and are 0 elsewhere. */
  readonly weights: Tensor;
}

/** A byte for each key of a batch [batch, time]: whether it counts. */
export type Counted = Uint8Array;

/**
 * Looks keys up: scores each of them, and sums up the values by the softmax of their scores.
 *
 * query [batch, steps, query size], or [batch, query size] for a single step, whose results are without that axis; keys
 * [batch, time, key size]; values [batch, time, ·]. A sequence none of whose keys counts has a context and weights of 0.
 * What does not count has to be finite all the same: 0 times NaN is NaN.
 * Throws a TypeError or RangeError where an argument does not fit.
 */
export function attention(
  query: Tensor,
  keys: Tensor,
  values: Tensor,
  options?: AttentionOptions,
): Attended {
  const where = "attention";
  const checked = checkOptions(where, options, ["kind", "weight", "lengths", "mask"]);
  const { kind = "dot" } = checked;
  checkChoice(where, "kind", kind, ["dot", "general", "additive"]);
  const { shape } = checkTensor(where, "query", query);
  const single = shape.length === 2;
  checkShape(where, "keys", checkTensor(where, "keys", keys).shape, ["batch", "time", "size"]);
  const [batch, time, size] = keys.shape as [number, number, number];
  const querySize = kind === "general" ? "query size" : size;
  checkShape(where, "query", shape, single ? [batch, querySize] : [batch, "steps", querySize]);
  checkShape(where, "values", checkTensor(where, "values", values).shape, [batch, time, "size"]);
  const weight = checkWeight(where, kind, checked.weight, shape.at(-1)!, size);
  const counted = checkCounted(where, checked, batch, time);
  return inFrame(weight ? [query, keys, values, weight] : [query, keys, values], () => {
    const rows = single ? reshape(query, [batch, 1, shape[1]!]) : query;
    const scores =
      kind === "additive"
        ? additiveScores(rows, keys, reshape(weight!, [1, size]))
        : matmul(kind === "general" ? matmul(rows, weight!) : rows, turned(keys));
    const attended = attend(scores, values, counted);
    return single ? firstStep(attended) : attended;
  });
}

function checkWeight(
  where: string,
  kind: string,
  weight: Tensor | undefined,
  querySize: number,
  keySize: number,
): Tensor | undefined {
  if (kind === "dot") {
    if (weight !== undefined)
      throw valueError(where, 'weight of "general" and "additive" only', 'one of "dot"');
    return undefined;
  }
  const expected = kind === "general" ? [querySize, keySize] : [keySize];
  checkShape(where, "weight", checkTensor(where, "weight", weight).shape, expected);
  return weight;
}

/** Which keys count; undefined where all do. */
export function checkCounted(
  where: string,
  { lengths, mask }: MaskOptions,
  batch: number,
  time: number,
): Counted | undefined {
  if (mask === undefined) {
    const list = checkLengths(where, "lengths", lengths, batch, time);
    return list && countedOf(list, time);
  }
  if (lengths !== undefined) throw valueError(where, "lengths or a mask", "both");
  const { data, shape } = checkConstants(where, "mask", mask);
  checkShape(where, "mask", shape, [batch, time]);
  for (const value of data)
    if (value !== 0 && value !== 1) throw valueError(where, "mask of zeros and ones", value);
  return Uint8Array.from(data);
}

/** The first `lengths[b]` keys of each sequence. */
export function countedOf(lengths: ArrayLike<number>, time: number): Counted {
  const counted = new Uint8Array(lengths.length * time);
  for (let b = 0; b < lengths.length; b++) counted.fill(1, b * time, b * time + lengths[b]!);
  return counted;
}

/** Keys as the second operand of the product with queries: [batch, size, time]. */
export const turned = (keys: Tensor): Tensor => transpose(keys, [0, 2, 1]);

/** v · tanh(q + k) for every query [batch, steps, size] and key [batch, time, size]; v [1, size]. */
export function additiveScores(query: Tensor, keys: Tensor, v: Tensor): Tensor {
  const [batch, steps, size] = query.shape as [number, number, number];
  const time = keys.shape[1]!;
  const sums = add(reshape(query, [batch, steps, 1, size]), reshape(keys, [batch, 1, time, size]));
  return reshape(linear(tanh(sums), v), [batch, steps, time]);
}

/** The values [batch, time, ·] weighed by the softmax of scores [batch, steps, time]. */
export function attend(scores: Tensor, values: Tensor, counted: Counted | undefined): Attended {
  const weights = counted ? maskedSoftmax(scores, counted) : softmax(scores);
  return { context: matmul(weights, values), weights };
}

/** The softmax over the keys that count: -∞ is added to the scores of the others, which makes 0 of any finite one. */
function maskedSoftmax(scores: Tensor, counted: Counted): Tensor {
  const [batch, steps, time] = scores.shape as [number, number, number];
  const bias = new Float32Array(scores.size);
  const any = new Float32Array(batch);
  for (let b = 0; b < batch; b++) {
    const own = counted.subarray(b * time, (b + 1) * time);
    if (!own.includes(1)) continue;
    any[b] = 1;
    for (let s = 0; s < steps; s++)
      for (let t = 0, at = (b * steps + s) * time; t < time; t++, at++)
        if (own[t] === 0) bias[at] = Number.NEGATIVE_INFINITY;
  }
  const weights = softmax(add(scores, new Tensor(scores.shape, bias)));
  // Where no key counts, the softmax has spread its 1 over all of them.
  return any.includes(0) ? mul(weights, new Tensor([batch, 1, 1], any)) : weights;
}

/** Results of one step without its axis. */
function firstStep({ context, weights }: Attended): Attended {
  const [batch, , size] = context.shape as [number, number, number];
  return {
    context: reshape(context, [batch, size]),
    weights: reshape(weights, [batch, weights.shape[2]!]),
  };
}
