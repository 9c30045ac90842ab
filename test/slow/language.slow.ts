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

/** Shares of the words of 1,000 held-out sentences that are right, by greedy decoding and by beam 4. */
const translated = (...args: string[]) =>
  figures(
    /^beam \d+, words of 1000 others: (\d+\.\d\d) % in their places/gm,
    "translate",
    ...args,
  ) as [greedy: number, beam: number];

test("translation of the made grammar: 97 % of the words by beam search, 95 % without", () => {
  const [greedy, beam] = translated("--seed", "2", "--epochs", String(slice(12, 3)));
  expect(greedy).toBeGreaterThanOrEqual(95);
  expect(beam).toBeGreaterThanOrEqual(97);
});

// French of this corpus was made by a machine that chose at random among its ways to say a thing ("ils prévoient de", "ils ont
// l'intention de"), and a word more or less puts all that follow out of their places. A model of 256 units ends where this one of 128
// does (95.2 and 94.3 % against 95.4 and 95.1 %), beam search below greedy decoding: 97 % are not in it.
test.skipIf(!existsSync(pairs))(
  "translation of small_vocab: 94 % of the words",
  { timeout: 2 * 60 * 60_000 },
  () => {
    const args = ["--data", pairs, "--epochs", String(slice(12, 1))];
    for (const share of translated(...args)) expect(share).toBeGreaterThanOrEqual(slice(94, 70));
  },
);
