import { checkNumber, checkOptions, valueError } from "../core/check.ts";
import { randomUniform } from "../core/create.ts";
import { deriveSeed, seedWords } from "../core/random.ts";
import { scope } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { log, neg } from "../ops/elementwise.ts";
import { argmax } from "../ops/reduce.ts";
import { seeded } from "./attention-layers.ts";
import { checkDecoding, checkedStep, type Ending, type StartTokens, type Step } from "./step.ts";

/** How to decode token by token. */
export interface DecodeOptions extends Ending {
  /** 0 takes the likeliest token, 1 draws by the probabilities; more evens them out, less sharpens them. Default 0. */
  readonly temperature?: number | undefined;
  /** For what is drawn: the same seed gives the same sequences in every engine. */
  readonly seed?: number | undefined;
}

/**
 * Lets a decoder go on by itself from the first tokens, one a sequence: the likeliest token each time, or one drawn by the
 * temperature, until every sequence has ended. Returns the tokens after the first one, up to the end token and without it.
 * Throws a TypeError or RangeError where an argument or what `step` returns does not fit.
 */
export function decode<S>(
  step: Step<S>,
  start: StartTokens,
  state: S,
  options: DecodeOptions,
): number[][] {
  const where = "decode";
  const names = ["endToken", "maxLength", "temperature", "seed"] as const;
  const checked = checkOptions(where, options, names);
  checkDecoding(where, step, start, checked);
  const { endToken, maxLength, temperature = 0, seed } = checked;
  checkNumber(where, "temperature", temperature, 0);
  seedWords(where, seed);
  const sequences = Array.from(start, (): number[] => []);
  const going = new Set(sequences.keys());
  let [tokens, current] = [Int32Array.from(start), state];
  for (let n = 0; n < maxLength && going.size > 0; n++) {
    const taken = scope(() => {
      const { logits, state: next } = checkedStep(where, step, tokens, current, endToken);
      const likeliest = argmax(perturbed(logits, temperature, deriveSeed(seed, n)));
      checkTaken(where, logits, likeliest, going);
      return { state: next, tokens: likeliest };
    });
    ({ tokens, state: current } = taken);
    for (const row of going) {
      if (tokens[row] === endToken) going.delete(row);
      else sequences[row]!.push(tokens[row]!);
    }
  }
  return sequences;
}

/** Makes sure that of the rows that go on every logit [rows, vocabulary] is a number, and that of the token taken finite. */
function checkTaken(
  where: string,
  { data, shape }: Tensor,
  taken: Int32Array,
  going: Iterable<number>,
): void {
  const vocabulary = shape[1]!;
  for (const row of going) {
    const own = data.subarray(row * vocabulary, (row + 1) * vocabulary);
    if (own.includes(Number.NaN) || !Number.isFinite(own[taken[row]!]))
      throw valueError(where, "logits that leave a token possible", "none (NaN or infinite)");
  }
}

/** The least number of (0, 1) to draw: its logarithm is finite. */
const LEAST = 2 ** -32;

/** Logits whose largest is a draw from softmax(logits / temperature): Gumbel's noise is added (Maddison et al. 2014, arXiv:1411.0030). */
function perturbed(logits: Tensor, temperature: number, seed: number | undefined): Tensor {
  if (temperature === 0) return logits;
  const noise = neg(log(neg(log(randomUniform(logits.shape, LEAST, 1, seeded(seed))))));
  return add(logits, mul(noise, temperature));
}
