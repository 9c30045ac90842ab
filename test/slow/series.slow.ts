import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { runProgram } from "../examples/program.ts";
import { sharedFolder } from "../shared.ts";
import { slice } from "./slice.ts";

const vowels = `${sharedFolder()}/data/japanese-vowels`;
const passengers = `${sharedFolder()}/data/timeseries/airline-passengers.csv`;
for (const path of [vowels, passengers])
  if (!existsSync(path)) console.info(`series: skipped, there is no ${path}`);

const seeds = [1, 2, 3, 4, 5].slice(0, slice(5, 1));

/** The figures that a program prints for a seed. */
function figures(name: string, data: string, seed: number, pattern: RegExp): number[] {
  const { stdout, stderr } = runProgram(name, "--data", data, "--seed", String(seed));
  expect(stderr).toBe("");
  const found = [...stdout.matchAll(pattern)].map(([, figure]) => Number(figure));
  console.info(`${name}, seed ${seed}: ${found.join(", ")}`);
  return found;
}

test.skipIf(!existsSync(vowels))("Japanese vowels: 95 % of the test utterances, each seed", () => {
  for (const seed of seeds) {
    const accuracies = figures("japanese-vowels", vowels, seed, /, (\d+\.\d) % of the test's/g);
    expect(accuracies.at(-1)).toBeGreaterThanOrEqual(95);
  }
});

test.skipIf(!existsSync(passengers))("airline: two thirds of the naive error, each seed", () => {
  for (const seed of seeds) {
    const [naive, ...networks] = figures("airline", passengers, seed, /off by (\d+\.\d)/g);
    expect(naive).toBe(42);
    expect(networks.length).toBe(2);
    for (const error of networks) expect(error).toBeLessThan((2 / 3) * naive!);
  }
});
