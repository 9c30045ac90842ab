import { checkShape, checkSize, kindError, valueError } from "../core/check.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";

/**
 * One step of a decoder: the latest token of each row and the state in, logits [rows, vocabulary] of the next token and the
 * next state out. A state is tensors [rows, ...] in arrays and plain objects.
 */
export type Step<S> = (
  tokens: Int32Array,
  state: S,
) => { readonly logits: Tensor; readonly state: S };

/** The first token of each sequence. */
export type StartTokens = readonly number[] | Int32Array;

/** What decoding always needs to know. */
export interface Ending {
  /** The token that ends a sequence. */
  readonly endToken: number;
  /** The most tokens of a sequence; one that has not ended by then is cut off. */
  readonly maxLength: number;
}

/** Makes sure that what every way of decoding is given fits. */
export function checkDecoding(
  where: string,
  step: unknown,
  start: StartTokens,
  { endToken, maxLength }: Ending,
): void {
  if (typeof step !== "function") throw kindError(where, "step to be a function", step);
  if (!Array.isArray(start) && !(start instanceof Int32Array))
    throw kindError(where, "start to be an array of tokens, one a sequence", start);
  if (start.length === 0) throw valueError(where, "at least one sequence", "none");
  for (const token of start) checkSize(where, "every token of start", token, 0);
  checkSize(where, "endToken", endToken, 0);
  checkSize(where, "maxLength", maxLength);
}

/** Runs a step and makes sure that its logits fit. */
export function checkedStep<S>(
  where: string,
  step: Step<S>,
  tokens: Int32Array,
  state: S,
  endToken: number,
): { logits: Tensor; state: S } {
  const result: unknown = step(tokens, state);
  if (typeof result !== "object" || result === null || !("logits" in result))
    throw kindError(where, "step to return { logits, state }", result);
  const { logits, state: next } = result as { logits: Tensor; state: S };
  checkShape(where, "logits", checkTensor(where, "logits", logits).shape, [
    tokens.length,
    "vocabulary",
  ]);
  if (endToken >= logits.shape[1]!)
    throw valueError(where, `endToken below ${logits.shape[1]}, the vocabulary`, endToken);
  return { logits, state: next };
}
