import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../examples/support/errors.ts";
import { drawUtterances, readVowels } from "../../examples/support/vowels.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewise-vowels-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const step = (value: number): string => Array.from({ length: 12 }, (_, f) => value + f).join(" ");
const ones = "1.00 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0  ";

/** Utterance n has 1 + n mod 3 steps that begin with n, n + 0.5, ... */
const file = (count: number, between: string, end: string): string =>
  Array.from({ length: count }, (_, n) =>
    Array.from({ length: 1 + (n % 3) }, (_, t) => step(n + t / 2)).join(end),
  ).join(between) + between;

describe("readVowels", () => {
  test.each([
    ["empty lines", "\n\n", "\n"],
    ["lines of ones", ` \r\n${ones}\r\n`, " \r\n"],
    ["both", `\r\n${ones}\r\n\r\n`, "\r\n"],
  ])("utterances divided by %s", (_, between, end) => {
    writeFileSync(join(folder, "ae.train"), file(270, between, end));
    writeFileSync(join(folder, "ae.test"), file(370, between, end));
    const { train, test: held } = readVowels(folder);
    expect([train.sequences.length, held.sequences.length]).toEqual([270, 370]);
    expect(train.sequences.slice(0, 4).map(({ length }) => length)).toEqual([1, 2, 3, 1]);
    expect([...train.sequences[101]![1]!]).toEqual(Array.from({ length: 12 }, (_, f) => 101.5 + f));
    expect([0, 29, 30, 269].map((n) => train.speakers[n])).toEqual([0, 0, 1, 8]);
    expect([30, 31, 65, 66, 369].map((n) => held.speakers[n])).toEqual([0, 1, 1, 2, 8]);
  });

  test.each([
    [file(269, "\n\n", "\n"), /ae\.train: expected 270 utterances, got 269$/],
    [`${step(3)}\n1 2 3\n`, /ae\.train: expected 12 numbers in line 2, got "1 2 3"$/],
    [`${step(3).replace("5", "five")}`, /in line 1, got "3 4 five 6/],
  ])("names what is wrong (%#)", (text, message) => {
    writeFileSync(join(folder, "ae.train"), text);
    expect(() => readVowels(folder)).toThrow(UserError);
    expect(() => readVowels(folder)).toThrow(message);
  });

  test("names what is not there", () => {
    expect(() => readVowels(join(folder, "no"))).toThrow(/ae\.train: cannot be read \(ENOENT\)$/);
  });
});

test("drawUtterances: the same for the same seed, wherever drawing starts", () => {
  const { sequences, speakers } = drawUtterances(60, { seed: 4 });
  const later = drawUtterances(5, { seed: 4, first: 50 });
  expect(later.sequences).toEqual(sequences.slice(50, 55));
  expect(later.speakers).toEqual(speakers.slice(50, 55));
  expect(drawUtterances(60, { seed: 5 }).sequences).not.toEqual(sequences);
  expect(new Set(speakers).size).toBe(9);
  const lengths = sequences.map(({ length }) => length);
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(7);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(29);
  expect(new Set(lengths).size).toBeGreaterThan(10);
});
