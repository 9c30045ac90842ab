import { type Tensor, tensor, zeros } from "gatewise";
import { decode, type Step } from "gatewise/seq2seq";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { chain, END, recurrentStep } from "./models.ts";

describeKernelSets("decode", () => {
  test("takes the likeliest token, row by row, up to the end", () => {
    // From 1 to 2 to 3 to the end; from 4 to 5 and round to 4.
    const step = chain([0, 2, 3, END, 5, 4]);
    const options = { endToken: END, maxLength: 6 };
    expect(decode(step, [1, 4, 3, 2], undefined, options)).toEqual([
      [2, 3],
      [5, 4, 5, 4, 5, 4],
      [],
      [3],
    ]);
    expect(decode(step, Int32Array.of(4), undefined, { ...options, maxLength: 1 })).toEqual([[5]]);
  });

  test("hands the state on, in arrays and objects as well", () => {
    const step: Step<{ count: readonly [Tensor] }> = (tokens, { count: [count] }) => {
      const next = count.data.map((n) => n + 1);
      const logits = Array.from(next, (n) => [n === 3 ? 1 : 0, 0.5]);
      return {
        logits: tensor(logits),
        state: { count: [tensor([...next].map((n) => [n])).reshape([tokens.length, 1])] },
      };
    };
    const state = { count: [tensor([[0], [1]])] as const };
    expect(decode(step, [1, 1], state, { endToken: 0, maxLength: 9 })).toEqual([[1, 1], [1]]);
  });

  test("is a loop over the cell and its argmax", () => {
    const { step, cell } = recurrentStep(6, 7, 3);
    const got = decode(step, [1, 2, 3], cell.zeroState(3), { endToken: END, maxLength: 8 });
    for (const [row, start] of [1, 2, 3].entries()) {
      let [token, state, wanted] = [start, cell.zeroState(1), [] as number[]];
      for (let n = 0; n < 8; n++) {
        const next = step(Int32Array.of(token), state);
        const { data } = next.logits;
        token = data.indexOf(Math.max(...data));
        state = next.state;
        if (token === END) break;
        wanted = [...wanted, token];
      }
      expect(got[row]).toEqual(wanted);
    }
  });

  test("a temperature draws by the probabilities: as often, the same for the same seed", () => {
    const probabilities = [0.1, 0.2, 0.3, 0.4];
    const step: Step<undefined> = (tokens, state) => {
      const logits = Array.from(tokens, () => probabilities.map((p) => Math.log(p)));
      return { logits: tensor(logits), state };
    };
    const draws = (temperature: number, seed: number): number[] => {
      const start = new Array<number>(50).fill(1);
      const options = { endToken: 0, maxLength: 200, temperature, seed };
      return decode(step, start, undefined, options).flat();
    };
    const [drawn, sharp] = [draws(1, 5), draws(0.25, 5)];
    expect(draws(1, 5)).toEqual(drawn);
    expect(draws(1, 6)).not.toEqual(drawn);
    const share = (list: number[], token: number): number =>
      list.filter((t) => t === token).length / list.length;
    // Tokens before the end are drawn from the other three; some 450 of them: a standard deviation of 0.024.
    for (const token of [1, 2, 3])
      expect(Math.abs(share(drawn, token) - probabilities[token]! / 0.9)).toBeLessThan(0.08);
    expect(share(sharp, 3)).toBeGreaterThan(share(drawn, 3) + 0.1);
    expect(Math.abs(share(sharp, 3) - 0.4 ** 4 / (0.2 ** 4 + 0.3 ** 4 + 0.4 ** 4))).toBeLessThan(
      0.04,
    );
  });

  test("every step draws anew", () => {
    const step: Step<undefined> = (tokens, state) => ({
      logits: tensor(Array.from(tokens, () => [-99, 1, 1])),
      state,
    });
    const options = { endToken: 0, maxLength: 100, temperature: 1, seed: 2 };
    const drawn = decode(step, [1, 1], undefined, options);
    for (const row of drawn) {
      const turns = row.filter((token, n) => n > 0 && token !== row[n - 1]).length;
      expect(Math.abs(turns - 49.5)).toBeLessThan(20); // a standard deviation of 5
    }
    expect(drawn[0]).not.toEqual(drawn[1]);
  });

  test("refuses logits that leave no token possible, of the rows that go on", () => {
    const { NaN: not, NEGATIVE_INFINITY: never } = Number;
    const rows = (...logits: number[][]) => {
      const step: Step<undefined> = (_, state) => ({ logits: tensor(logits), state });
      return (temperature: number) => () =>
        decode(step, Array(logits.length).fill(1), undefined, {
          ...{ endToken: 0, maxLength: 2, temperature, seed: 1 },
        });
    };
    for (const temperature of [0, 1]) {
      expectErrors(
        [
          rows([not, not]),
          rows([1, not]),
          rows([never, never]),
          rows([0, -never]),
          rows([0, 1], [not, 1]),
        ].map((way) => [
          "logits",
          RangeError,
          way(temperature),
          /^decode: .*a token possible, got none/,
        ]),
      );
      expect(rows([never, 0], [0, never])(temperature)()).toEqual([[1, 1], []]);
    }
    // A row that has ended may say what it likes.
    let n = 0;
    const step: Step<undefined> = (_, state) => ({
      logits: tensor(
        n++ === 0
          ? [
              [9, 0, 0],
              [0, 9, 0],
            ]
          : [
              [not, 0, 0],
              [0, 9, 0],
            ],
      ),
      state,
    });
    expect(decode(step, [1, 1], undefined, { endToken: 0, maxLength: 2 })).toEqual([[], [1, 1]]);
  });

  test("refuses what does not fit", () => {
    const step = chain([1, 0]);
    const options = { endToken: 0, maxLength: 3 };
    const state = undefined;
    expectErrors([
      ["step", TypeError, () => decode(wrong(1), [1], state, options), /^decode: expected step/],
      ["start", TypeError, () => decode(step, wrong(1), state, options), /start to be an array/],
      ["nobody", RangeError, () => decode(step, [], state, options), /at least one sequence/],
      ["token", RangeError, () => decode(step, [-1], state, options), /every token of start/],
      ["options", TypeError, () => decode(step, [1], state, wrong(undefined)), /endToken/],
      ["end", RangeError, () => decode(step, [1], state, { ...options, endToken: 2 }), /below 2/],
      ["length", RangeError, () => decode(step, [1], state, { ...options, maxLength: 0 })],
      ["cold", RangeError, () => decode(step, [1], state, { ...options, temperature: -1 })],
      ["seed", RangeError, () => decode(step, [1], state, { ...options, seed: 0.5 }), /seed/],
      ["option", TypeError, () => decode(step, [1], state, wrong({ ...options, beam: 1 })), /beam/],
      [
        "result",
        TypeError,
        () => decode(() => wrong(zeros([1, 2])), [1], state, options),
        /logits/,
      ],
      [
        "shape",
        RangeError,
        () => decode(() => ({ logits: zeros([2]), state }), [1], state, options),
        /logits of shape \[1, vocabulary\], got \[2\]/,
      ],
    ]);
  });
});
