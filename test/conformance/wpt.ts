import { sigmoid, type Tensor, tanh } from "gatewise";
import { expect } from "vitest";
import { expectClose, expectWithinUlp } from "../close.ts";
import { type Adapter, type Case, numbersOf, tensorOf } from "./suite.ts";
import { runWebnn } from "./webnn.ts";

/** The W3C's tests of WebNN count in units in the last place, or absolutely. */
interface WptTolerance {
  readonly metric: "ULP" | "ATOL";
  readonly value: number;
}

const elementwise: Record<string, (x: Tensor) => Tensor> = { sigmoid, tanh };

function run(given: Case): ArrayLike<number>[] {
  const f = elementwise[given.op];
  if (!f) return runWebnn(given);
  return [f(tensorOf(Object.values(given.inputs)[0]!)).data];
}

export const wptRecurrent: Adapter = {
  skip: () => undefined,
  run(given) {
    const { metric, value } = given.tolerance as unknown as WptTolerance;
    const wanted = Object.entries(given.outputs);
    const results = run(given);
    expect(results.length).toBe(wanted.length);
    wanted.forEach(([name, golden], k) => {
      const numbers = numbersOf(golden);
      if (metric === "ULP") expectWithinUlp(results[k]!, numbers, value, name);
      else expectClose(results[k]!, numbers, { atol: value, rtol: 0 }, name);
    });
  },
};
