import { reorderState } from "../cells/cell.ts";
import { checkNumber, checkOptions, checkSize, valueError } from "../core/check.ts";
import { power } from "../core/elementary.ts";
import { scope } from "../core/scope.ts";
import { logSoftmax } from "../ops/softmax.ts";
import { checkDecoding, checkedStep, type Ending, type StartTokens, type Step } from "./step.ts";

/** How to search. */
export interface BeamSearchOptions extends Ending {
  /** How many hypotheses are followed for each sequence; it may exceed the vocabulary. Default 4. */
  readonly beamWidth?: number | undefined;
  /** The exponent of the length that the score is divided by; 0 prefers short sequences. Default 0.6. */
  readonly lengthPenalty?: number | undefined;
}

/** A sequence that was found. */
export interface Hypothesis {
  /** Without the first and the end token. */
  readonly tokens: number[];
  /** ln of the sequence's probability, that of its end token in it. */
  readonly logProbability: number;
  /** What hypotheses are ordered by: logProbability over ((5 + length) / 6)^lengthPenalty, its end token counted. */
  readonly score: number;
  /** Whether it came to its end token; if not, it was cut off at `maxLength`. */
  readonly ended: boolean;
}

/** A sequence by its last token and what came before. */
interface Trail {
  readonly token: number;
  readonly before: Trail | undefined;
}

/** A hypothesis that is still followed. */
interface Live {
  readonly trail: Trail | undefined;
  /** ln of its probability; -∞ for a place in the beam that nothing holds. */
  readonly total: number;
  /** Which hypothesis of the step before it goes on from. */
  readonly parent: number;
}

/** The search for one sequence. */
interface Search {
  live: readonly Live[];
  readonly found: Hypothesis[];
}

const nothing: Live = { trail: undefined, total: Number.NEGATIVE_INFINITY, parent: 0 };

/**
 * Searches for the likeliest sequences from the first tokens on, one a sequence of the batch: all at once, `beamWidth`
 * hypotheses each, until that many of a sequence have ended or `maxLength` is reached. Lists of hypotheses come back, the best
 * first: at most `beamWidth`, fewer where there are not as many. Their order is that of the score of Wu et al. 2016 (arXiv:1609.08144, eq. 14).
 *
 * `step` sees a row a sequence at first, then `beamWidth` rows, those of one sequence side by side; states are put in order
 * in between. A beam of 1 is greedy decoding. Throws a TypeError or RangeError where an argument or what `step` returns does
 * not fit.
 */
export function beamSearch<S>(
  step: Step<S>,
  start: StartTokens,
  state: S,
  options: BeamSearchOptions,
): Hypothesis[][] {
  const where = "beamSearch";
  const names = ["endToken", "maxLength", "beamWidth", "lengthPenalty"] as const;
  const checked = checkOptions(where, options, names);
  checkDecoding(where, step, start, checked);
  const { endToken, maxLength, beamWidth = 4, lengthPenalty = 0.6 } = checked;
  checkSize(where, "beamWidth", beamWidth);
  checkNumber(where, "lengthPenalty", lengthPenalty, 0);
  const first: Live = { ...nothing, total: 0 };
  const searches = Array.from(start, (): Search => ({ live: [first], found: [] }));
  let [tokens, current] = [Int32Array.from(start), state];
  for (let n = 1; n <= maxLength && searches.some(isOpen); n++) {
    const { scores, next } = scope(() => {
      const { logits, state: after } = checkedStep(where, step, tokens, current, endToken);
      return { scores: logSoftmax(logits), next: after };
    });
    const [rows, vocabulary] = scores.shape as [number, number];
    const width = rows / start.length;
    const { data } = scores;
    const penalty = power((5 + n) / 6, lengthPenalty);
    const parents: number[] = [];
    searches.forEach((search, b) => {
      const own = data.subarray(b * width * vocabulary, (b + 1) * width * vocabulary);
      advance(search, own, vocabulary, { endToken, beamWidth, penalty });
      if (n === maxLength) cutOff(search, beamWidth, penalty);
      for (const { parent } of search.live) parents.push(b * width + parent);
    });
    tokens = Int32Array.from(
      searches.flatMap(({ live }) => live.map((l) => l.trail?.token ?? endToken)),
    );
    if (n < maxLength) current = reorderState(next, Int32Array.from(parents));
  }
  return searches.map(({ found }) => {
    if (found.length === 0)
      throw valueError(where, "logits that leave a token possible", "none (NaN or -Infinity)");
    return found.sort((a, b) => b.score - a.score).slice(0, beamWidth);
  });
}

const isOpen = ({ live }: Search): boolean =>
  live.some(({ total }) => total > Number.NEGATIVE_INFINITY);

interface Rules {
  readonly endToken: number;
  readonly beamWidth: number;
  /** What the score of a hypothesis that ends now is divided by. */
  readonly penalty: number;
}

/** One step of a search, by the log-probabilities [live, vocabulary] of the next token. */
function advance(
  search: Search,
  scores: Float32Array,
  vocabulary: number,
  { endToken, beamWidth, penalty }: Rules,
): void {
  const { live, found } = search;
  const next: Live[] = [];
  // At most one of a hypothesis' successors ends: twice the width is enough to fill the beam.
  bestOf(search, scores, vocabulary, 2 * beamWidth).forEach(({ total, at }, rank) => {
    const [parent, token] = [Math.floor(at / vocabulary), at % vocabulary];
    const { trail } = live[parent]!;
    if (token !== endToken) {
      if (next.length < beamWidth) next.push({ trail: { token, before: trail }, total, parent });
    } else if (rank < beamWidth) found.push(hypothesis(trail, total, penalty, true));
  });
  const done = found.length >= beamWidth;
  search.live = Array.from({ length: beamWidth }, (_, i) =>
    done ? nothing : (next[i] ?? nothing),
  );
}

/** The likeliest successors of what is live, the first of equals first: where they stand among the scores. */
function bestOf(
  { live }: Search,
  scores: Float32Array,
  vocabulary: number,
  most: number,
): { total: number; at: number }[] {
  const best: { total: number; at: number }[] = [];
  let least = Number.NEGATIVE_INFINITY; // what a successor must exceed
  live.forEach(({ total: before }, parent) => {
    if (before === Number.NEGATIVE_INFINITY) return;
    for (let at = parent * vocabulary; at < (parent + 1) * vocabulary; at++) {
      const total = before + scores[at]!;
      if (!(total > least)) continue;
      let place = best.length;
      while (place > 0 && best[place - 1]!.total < total) place--;
      best.splice(place, 0, { total, at });
      if (best.length > most) best.pop();
      if (best.length === most) least = best.at(-1)!.total;
    }
  });
  return best;
}

/** What is live at the last step becomes hypotheses without an end, where there is room. */
function cutOff({ live, found }: Search, beamWidth: number, penalty: number): void {
  for (const { trail, total } of live)
    if (found.length < beamWidth && total > Number.NEGATIVE_INFINITY)
      found.push(hypothesis(trail, total, penalty, false));
}

function hypothesis(
  trail: Trail | undefined,
  total: number,
  penalty: number,
  ended: boolean,
): Hypothesis {
  const tokens: number[] = [];
  for (let link = trail; link; link = link.before) tokens.push(link.token);
  return { tokens: tokens.reverse(), logProbability: total, score: total / penalty, ended };
}
