import { expect, test } from "vitest";
import { keepThresholds, noiseTable } from "../../bindings/word2vec/sampling.ts";
import { expectClose } from "../close.ts";
import { random } from "../reference/random.ts";

const next = random(5);
const counts = [
  1,
  2,
  7,
  40,
  100_000,
  ...Array.from({ length: 500 }, () => 1 + next() ** 9 * 1e6),
].map(Math.ceil);
const total = counts.reduce((sum, count) => sum + count);

test("noise in proportion to count^¾: what all columns give to each word", () => {
  const table = noiseTable(counts);
  const shares = new Float64Array(counts.length);
  for (let c = 0; c < counts.length; c++) {
    const below = table[2 * c]! / 2 ** 32;
    shares[c]! += below / counts.length;
    shares[table[2 * c + 1]!]! += (1 - below) / counts.length;
  }
  const weights = counts.map((count) => count ** 0.75);
  const sum = weights.reduce((a, b) => a + b);
  const expected = weights.map((weight) => weight / sum);
  expectClose(shares, expected, { atol: 2 ** -32, rtol: 0 }, "share");
});

test("noise of a single word, and of words as frequent as one another", () => {
  expect([...noiseTable([3])]).toEqual([2 ** 32 - 1, 0]);
  const even = noiseTable([4, 4, 4]);
  expect([0, 1, 2].every((c) => even[2 * c]! >= 2 ** 32 - 2 ** 8 || even[2 * c + 1] === c)).toBe(
    true,
  );
});

test("what stays of a word: √(t/f) + t/f, at most all", () => {
  const t = 1e-3;
  const kept = Float64Array.from(keepThresholds(counts, t), (below) => below / 2 ** 32);
  const expected = counts.map((count) => {
    const f = count / total;
    return Math.min(Math.sqrt(t / f) + t / f, 1);
  });
  expect(expected.filter((p) => p < 1).length).toBeGreaterThan(5);
  expectClose(kept, expected, { atol: 2 ** -31, rtol: 0 }, "kept");
});

test("without subsampling every word stays", () => {
  expect(new Set(keepThresholds(counts, 0))).toEqual(new Set([2 ** 32 - 1]));
});
