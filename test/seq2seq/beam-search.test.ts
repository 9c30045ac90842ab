import { type Tensor, tensor, zeros } from "gatewise";
import { beamSearch, decode, type Hypothesis, type Step } from "gatewise/seq2seq";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { naiveBeam } from "../reference/beam.ts";
import { chain, END, recurrentStep } from "./models.ts";

const [VOCABULARY, MOST] = [4, 4];

/** ln softmax in float64. */
function logarithms(logits: Float32Array): number[] {
  const total = logits.reduce((sum, v) => sum + Math.exp(v), 0);
  return Array.from(logits, (v) => v - Math.log(total));
}

/** Every sequence there is, with its score, the best first. */
function exhaustive(
  step: Step<Tensor>,
  start: number,
  state: Tensor,
  lengthPenalty: number,
): Hypothesis[] {
  const all: Hypothesis[] = [];
  const visit = (token: number, at: Tensor, tokens: number[], before: number): void => {
    const { logits, state: after } = step(Int32Array.of(token), at);
    const score = (total: number): number => total / ((5 + tokens.length + 1) / 6) ** lengthPenalty;
    logarithms(logits.data).forEach((p, next) => {
      const logProbability = before + p;
      const longer = next === END ? tokens : [...tokens, next];
      const ended = next === END;
      if (ended || longer.length === MOST)
        all.push({ tokens: longer, logProbability, score: score(logProbability), ended });
      else visit(next, after, longer, logProbability);
    });
  };
  visit(start, state, [], 0);
  return all.sort((a, b) => b.score - a.score);
}

function expectSame(got: readonly Hypothesis[], wanted: readonly Hypothesis[]): void {
  expect(got.map(({ tokens, ended }) => ({ tokens, ended }))).toEqual(
    wanted.map(({ tokens, ended }) => ({ tokens, ended })),
  );
  got.forEach(({ logProbability, score }, i) => {
    expect(logProbability).toBeCloseTo(wanted[i]!.logProbability, 4);
    expect(score).toBeCloseTo(wanted[i]!.score, 4);
  });
}

describeKernelSets("beamSearch", () => {
  test.each([0, 0.6, 1, 1.7])(
    "wide enough it finds what there is, lengthPenalty %d",
    (lengthPenalty) => {
      const { step, cell } = recurrentStep(VOCABULARY, 5, 3);
      const beamWidth = 3 * VOCABULARY ** MOST; // nothing is ever left out
      const options = { endToken: END, maxLength: MOST, beamWidth, lengthPenalty };
      const found = beamSearch(step, [1, 2, 3], cell.zeroState(3), options);
      for (const [row, start] of [1, 2, 3].entries()) {
        const wanted = exhaustive(step, start, cell.zeroState(1), lengthPenalty);
        expect(wanted.length).toBe(1 + 3 + 9 + 27 + 81); // those that end after 0 to 3 tokens, and those that do not
        expectSame(found[row]!, wanted);
      }
    },
  );

  test.each([1, 2, 3, 5])("width %d: what sorting all successors finds", (beamWidth) => {
    let [several, cut] = [0, 0];
    for (let seed = 1; seed <= 12; seed++) {
      const { step, cell } = recurrentStep(5, 4, 10 * seed);
      const next = (start: number) => (tokens: readonly number[]) => {
        let state = cell.zeroState(1);
        let logits: Float32Array = new Float32Array();
        for (const token of [start, ...tokens]) {
          const one = step(Int32Array.of(token), state);
          state = one.state;
          logits = one.logits.data;
        }
        return logarithms(logits);
      };
      const options = { endToken: END, maxLength: 5, beamWidth, lengthPenalty: 3 };
      const got = beamSearch(step, [1, 2], cell.zeroState(2), options);
      for (const [row, start] of [1, 2].entries()) {
        const rules = { width: beamWidth, longest: 5, penalty: 3 };
        const wanted = naiveBeam(next(start), END, rules);
        const plain = ({ tokens, ended }: { tokens: readonly number[]; ended: boolean }) =>
          `${tokens} ${ended}`;
        expect(got[row]!.map(plain)).toEqual(wanted.map(plain));
        if (wanted.length > 1) several++;
        if (wanted.some(({ ended }) => !ended)) cut++;
      }
    }
    if (beamWidth > 1) expect(several).toBeGreaterThan(10);
    expect(cut).toBeGreaterThan(2);
  });

  test("of equals the first goes first, as in greedy decoding", () => {
    const logits = [0, 2, 2, 2];
    const step: Step<undefined> = (tokens, state) => ({
      logits: tensor(Array.from(tokens, () => logits)),
      state,
    });
    const options = { endToken: END, maxLength: 1 };
    expect(decode(step, [1], undefined, options)).toEqual([[1]]);
    const [found] = beamSearch(step, [1], undefined, { ...options, beamWidth: 2 });
    expect(found!.map(({ tokens }) => tokens)).toEqual([[1], [2]]);
  });

  test("the length counts by its penalty", () => {
    const { step, cell } = recurrentStep(VOCABULARY, 5, 3);
    const lengths = [0, 3].map((lengthPenalty) => {
      const options = { endToken: END, maxLength: MOST, beamWidth: 200, lengthPenalty };
      const [found] = beamSearch(step, [1], cell.zeroState(1), options);
      return found![0]!.tokens.length;
    });
    expect(lengths[0]).toBeLessThan(lengths[1]!);
  });

  test("a beam of 1 is greedy decoding", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const { step, cell } = recurrentStep(9, 6, 10 * seed);
      const start = [1, 2, 3, 4, 5];
      const options = { endToken: END, maxLength: 12 };
      const greedy = decode(step, start, cell.zeroState(5), options);
      const found = beamSearch(step, start, cell.zeroState(5), { ...options, beamWidth: 1 });
      expect(found.map(([best]) => best!.tokens)).toEqual(greedy);
      expect(found.every(({ length }) => length === 1)).toBe(true);
    }
  });

  test("a wider beam finds what is likelier, and a batch is its sequences one by one", () => {
    let better = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const { step, cell } = recurrentStep(9, 6, 10 * seed);
      const options = { endToken: END, maxLength: 6, lengthPenalty: 0 };
      const start = [1, 2, 3];
      const search = (beamWidth: number, rows: readonly number[]) =>
        beamSearch(step, rows, cell.zeroState(rows.length), { ...options, beamWidth });
      const [narrow, wide] = [search(1, start), search(5, start)];
      narrow.forEach(([one], i) => {
        const [many] = wide[i]!;
        expect(many!.score).toBeGreaterThanOrEqual(one!.score - 1e-6);
        if (many!.score > one!.score + 1e-6) better++;
      });
      start.forEach((token, i) => {
        expectSame(wide[i]!, search(5, [token])[0]!);
      });
    }
    expect(better).toBeGreaterThan(5);
  });

  test("what a greedy step forecloses: the likelier sequence begins with the less likely token", () => {
    // 1: 0.6, then anything at 1/3 each; 2: 0.4, then the end for sure.
    const table = [
      [0.25, 0.25, 0.25, 0.25],
      [0.3, 0.35, 0.35, 0],
      [1, 0, 0, 0],
      [0, 0.6, 0.4, 0],
    ];
    const step: Step<undefined> = (tokens, state) => ({
      logits: tensor(Array.from(tokens, (t) => table[t]!.map((p) => Math.log(p)))),
      state,
    });
    const options = { endToken: END, maxLength: 5 };
    expect(decode(step, [3], undefined, options)[0]![0]).toBe(1);
    const [found] = beamSearch(step, [3], undefined, {
      ...options,
      beamWidth: 2,
      lengthPenalty: 0,
    });
    expect(found![0]!.tokens).toEqual([2]);
    expect(found![0]!.logProbability).toBeCloseTo(Math.log(0.4), 5);
    expect(found![0]!.ended).toBe(true);
  });

  test("beams wider than the vocabulary: as many hypotheses as there are", () => {
    const step = chain([1, END]);
    const options = { endToken: END, maxLength: 3, beamWidth: 9 };
    const [found] = beamSearch(step, [1], undefined, options);
    expect(found!.map(({ tokens }) => tokens)).toEqual([[], [1], [1, 1], [1, 1, 1]]);
    expect(found!.map(({ ended }) => ended)).toEqual([true, true, true, false]);
  });

  test("a token of probability 0 is in no hypothesis", () => {
    const step: Step<undefined> = (tokens, state) => ({
      logits: tensor(Array.from(tokens, () => [1, 2, Number.NEGATIVE_INFINITY])),
      state,
    });
    const options = { endToken: END, maxLength: 3, beamWidth: 20 };
    const [found] = beamSearch(step, [1], undefined, options);
    expect(found!.length).toBe(4);
    expect(found!.flatMap(({ tokens }) => tokens)).not.toContain(2);
  });

  test("refuses what does not fit", () => {
    const step = chain([1, END]);
    const options = { endToken: END, maxLength: 3 };
    const state = undefined;
    const nan: Step<undefined> = (tokens) => ({
      logits: tensor(new Float32Array(2 * tokens.length).fill(Number.NaN), [tokens.length, 2]),
      state,
    });
    expectErrors([
      ["step", TypeError, () => beamSearch(wrong(1), [1], state, options), /^beamSearch: expected/],
      ["start", RangeError, () => beamSearch(step, [], state, options)],
      ["end", RangeError, () => beamSearch(step, [1], state, { ...options, endToken: 9 })],
      ["width", RangeError, () => beamSearch(step, [1], state, { ...options, beamWidth: 0 })],
      [
        "width",
        TypeError,
        () => beamSearch(step, [1], state, { ...options, beamWidth: wrong("4") }),
      ],
      [
        "penalty",
        RangeError,
        () => beamSearch(step, [1], state, { ...options, lengthPenalty: -1 }),
      ],
      ["option", TypeError, () => beamSearch(step, [1], state, wrong({ ...options, width: 1 }))],
      ["nothing", RangeError, () => beamSearch(nan, [1], state, options), /NaN/],
      [
        "rows",
        RangeError,
        () => beamSearch(() => ({ logits: zeros([3, 2]), state }), [1], state, options),
        /\[1, vocabulary\], got \[3, 2\]/,
      ],
    ]);
  });
});
