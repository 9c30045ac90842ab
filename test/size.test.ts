import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
// @ts-expect-error: a script without types
import { workletBuild } from "../scripts/build-options.mjs";
import { weigh } from "./weigh.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** What programs import, from which entry, and the most bytes that this may bring along: minified, then gzip -9. */
const imports = [
  ["index.ts", "*", 73_000],
  ["index.ts", "LSTM", 30_000],
  ["index.ts", "LSTMCell, dynamicRNN", 29_000],
  ["index.ts", "LSTM, Linear, Stream", 32_000],
  ["index.ts", "describeStream, restoreStream", 34_000],
  ["index.ts", "Adam, LSTM, Linear, mse", 42_000],
  ["index.ts", "layers, sequential", 62_000],
  ["audio/index.ts", "*", 3_000],
  ["data/index.ts", "*", 25_000],
  ["data/index.ts", "oneHot", 20_500],
  ["data/index.ts", "batches, padSequences, standardize, windows", 23_500],
  ["js/index.ts", "*", 12_000],
  ["seq2seq/index.ts", "*", 47_500],
  ["seq2seq/index.ts", "Seq2Seq", 47_500],
  ["text/index.ts", "*", 51_000],
  ["text/index.ts", "LanguageModel, Vocabulary", 51_000],
  ["terminal/index.ts", "*", 1_500],
  ["word2vec/index.ts", "*", 25_500],
] as const;

/** The most bytes of the file for the audio thread, which is made once and for all. */
const workletLimit = 35_000;

const lines: string[] = [];
afterAll(() => console.log(["sizes of imports, gzip:", ...lines].join("\n  ")));

// gatewise/worklet is one finished file, weighed below.
test("every other entry has a budget for all of it", () => {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  const entries = Object.values<{ default?: string }>(exports).flatMap(({ default: file }) =>
    file && !file.includes("worklet") ? [file.replace("./dist/", "").replace(/js$/, "ts")] : [],
  );
  const whole = imports.filter(([, names]) => names === "*").map(([entry]) => entry as string);
  expect(whole.sort()).toEqual(entries.sort());
});

test.each(imports)("%s: { %s } weighs less than %i bytes", async (entry, names, limit) => {
  const bytes = await weigh(entry, names);
  lines.push(`${entry} ${names}: ${bytes} of ${limit}`);
  expect(bytes).toBeGreaterThan(limit / 2); // else the bundle is not what it is taken for
  expect(bytes).toBeLessThan(limit);
});

test(`the file of gatewise/worklet weighs less than ${workletLimit} bytes`, async () => {
  const { outputFiles } = await build({ ...workletBuild, sourcemap: false, write: false });
  const bytes = gzipSync(outputFiles![0]!.contents, { level: 9 }).length;
  lines.push(`gatewise/worklet: ${bytes} of ${workletLimit}`);
  expect(bytes).toBeGreaterThan(workletLimit / 2);
  expect(bytes).toBeLessThan(workletLimit);
});
