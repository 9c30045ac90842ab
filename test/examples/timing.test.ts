import { expect, test } from "vitest";
import { bestTimes } from "../../examples/support/timing.ts";

test("bestTimes gives each contestant's best time per step, and lets them take turns", () => {
  let now = 0;
  const turns: string[] = [];
  const contestant = (name: string, steps: number, costs: readonly number[]) => {
    let taken = 0;
    const step = (): void => {
      if (taken % steps === 0) turns.push(name);
      now += costs[Math.floor(taken++ / steps)]!;
    };
    return { step, steps };
  };
  const times = bestTimes(
    [contestant("a", 2, [5, 3, 4]), contestant("b", 3, [9, 20, 8])],
    3,
    () => now,
  );
  expect(times).toEqual([3, 8]);
  expect(turns.join("")).toBe("ababab");
});
