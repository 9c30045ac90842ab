import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { runProgram } from "../examples/program.ts";
import { sharedFolder } from "../shared.ts";
import { slice } from "./slice.ts";

const pairs = `${sharedFolder()}/data/small_vocab`;
const treebank = `${sharedFolder()}/data/ud-english-ewt`;
for (const path of [pairs, treebank])
  if (!existsSync(path)) console.info(`language: skipped, there is no ${path}`);

/** The figures of one kind that a program prints. */
function figures(pattern: RegExp, name: string, ...args: string[]): number[] {
  const { stdout, stderr } = runProgram(name, ...args);
  expect(stderr).toBe("");
  const found = [...stdout.matchAll(pattern)].map(([, figure]) => Number(figure));
  console.info(`${name} ${args.slice(2).join(" ")}: ${found.join(", ")}`);
  return found;
}

const seeds = ["1", "2", "3"].slice(0, slice(3, 1));

// PyTorch, with vectors of words, suffixes and shapes and an LSTM of 64 units: 90.1 in 8 epochs.
test.skipIf(!existsSync(treebank)).each(seeds)(
  "tagger, seed %s: 89 % of the test treebank",
  (seed) => {
    const args = ["--data", treebank, "--seed", seed];
    const shares = figures(/, (\d+\.\d\d) % of other words/g, "tagger", ...args);
    expect(shares.length).toBe(8);
    expect(shares.at(-1)).toBeGreaterThanOrEqual(89);
  },
);

// French of this corpus was translated by a machine, at random among its ways to say a thing: a word more or less puts all that
// follow it out of their places, which is why both shares are printed.
test.skipIf(!existsSync(pairs))(
  "translation: 95 % of the words of 1,000 held-out sentences",
  { timeout: 2 * 60 * 60_000 },
  () => {
    const args = ["--data", pairs, "--epochs", String(slice(12, 1))];
    const pattern = /^beam \d+, words of 1000 others: (\d+\.\d\d) % in their places/gm;
    const [greedy, beam] = figures(pattern, "translate", ...args) as [number, number];
    expect(greedy).toBeGreaterThanOrEqual(slice(95, 70));
    expect(beam).toBeGreaterThanOrEqual(slice(95, 70));
  },
);
