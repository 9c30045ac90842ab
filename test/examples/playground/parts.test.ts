import { describe, expect, test } from "vitest";
import { Losses } from "../../../examples/playground/src/lib/losses.ts";
import { Turnstile } from "../../../examples/playground/src/lib/turnstile.ts";
import { inWords, texts } from "../../../examples/playground/src/panels/text/texts.ts";
import {
  groupOf,
  plainSentences,
  taggedSentences,
} from "../../../examples/playground/src/panels/words/corpus.ts";
import { groups, list } from "../../../examples/playground/src/panels/words/groups.ts";
import { Projection } from "../../../examples/playground/src/panels/words/projection.ts";
import { generator } from "../../../examples/support/generator.ts";
import { placeNames } from "../../../examples/support/names.ts";
import { TAGS } from "../../../examples/support/treebank.ts";

describe("Turnstile", () => {
  test("lets work go on a step at a time, to its end", async () => {
    const done: number[] = [];
    const turnstile = new Turnstile(async (pass) => {
      for (let n = 1; n <= 3; n++) {
        done.push(n);
        await pass();
      }
    });
    expect(done).toEqual([]);
    await turnstile.next();
    expect(done).toEqual([1]);
    await turnstile.next();
    await turnstile.next();
    expect(done).toEqual([1, 2, 3]);
    expect(turnstile.ended).toBe(false);
    await turnstile.next();
    expect(turnstile.ended).toBe(true);
    await turnstile.next();
    expect(done).toEqual([1, 2, 3]);
  });

  test("rejects with what goes wrong, at the first step or later", async () => {
    const at = (step: number) =>
      new Turnstile(async (pass) => {
        for (let n = 1; n < step; n++) await pass();
        throw new Error(`step ${step}`);
      });
    await expect(at(1).next()).rejects.toThrow("step 1");
    const later = at(2);
    await later.next();
    await expect(later.next()).rejects.toThrow("step 2");
  });
});

test("Losses: what is no number is left out, of many every second is dropped", () => {
  const losses = new Losses();
  for (let step = 1; step <= 5000; step++)
    losses.add(step, step % 10 === 0 ? Number.NaN : 1 / step);
  const drawn: ArrayLike<number | null>[] = [];
  let text = "";
  losses.draw({
    element: undefined as never,
    draw: (...all) => drawn.push(...all),
    describe: (said) => {
      text = said;
    },
  });
  const [steps, values] = drawn as [number[], number[]];
  expect(steps.length).toBe(values.length);
  expect(steps.length).toBeGreaterThan(200);
  expect(steps.length).toBeLessThanOrEqual(600);
  expect(steps[0]).toBe(1);
  expect(steps.at(-1)).toBeGreaterThan(4900);
  const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
  expect(Math.max(...gaps), "evenly").toBeLessThanOrEqual(Math.min(...gaps) + 2); // those around what is no number
  expect(values.every((value, i) => value === 1 / steps[i]!)).toBe(true);
  expect(text).toMatch(/^from 1\.0 to 0\.00020$/);
});

describe("Projection", () => {
  /** Directions around two centres at right angles, turn by turn. */
  const vectors = (seed: number): Float32Array[] => {
    const random = generator(seed);
    return Array.from({ length: 30 }, (_, n) =>
      Float32Array.from({ length: 7 }, (_, i) => (i === n % 2 ? 4 : 0) + 0.3 * (random() - 0.5)),
    );
  };

  test("finds the axis between two groups, and keeps sides when vectors move", () => {
    const projection = new Projection(30, 7);
    const places = projection.project(vectors(1));
    const side = (n: number): number => Math.sign(places[n]![0]);
    for (let n = 0; n < 30; n++) expect(side(n)).toBe(side(n % 2));
    expect(side(0)).not.toBe(side(1));
    const first = places.map(([x]) => x * x).reduce((a, b) => a + b);
    const second = places.map(([, y]) => y * y).reduce((a, b) => a + b);
    expect(first).toBeGreaterThan(20 * second);
    const moved = projection.project(vectors(2));
    expect(moved.map(([x]) => Math.sign(x))).toEqual(places.map(([x]) => Math.sign(x)));
  });

  test("places are the components of the singular value decomposition", () => {
    const all = vectors(3);
    const rows = all.map((v) => {
      const length = Math.hypot(...v);
      return Array.from(v, (x) => x / length);
    });
    const mean = rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);
    const total = rows.flat().reduce((sum, x, k) => sum + (x - mean[k % 7]!) ** 2, 0);
    const projection = new Projection(30, 7);
    let places = projection.project(all);
    for (let n = 0; n < 20; n++) places = projection.project(all);
    const across = places.reduce((sum, [x, y]) => sum + x * y, 0);
    expect(Math.abs(across)).toBeLessThan(1e-9); // principal components are uncorrelated
    const shown = places.reduce((sum, [x, y]) => sum + x * x + y * y, 0);
    expect(shown).toBeLessThan(total);
    expect(shown).toBeGreaterThan(0.9 * total);
  });
});

describe("texts", () => {
  test.each([
    [0, "zero"],
    [13, "thirteen"],
    [40, "forty"],
    [99, "ninety-nine"],
    [100, "one hundred"],
    [615, "six hundred and fifteen"],
    [872, "eight hundred and seventy-two"],
  ])("%i in words", (n, words) => expect(inWords(n)).toBe(words));

  test("the rhyme ends with all of it; a third of the numbers is left to be guessed", () => {
    const rhyme = texts.house.make();
    expect(
      rhyme.startsWith(
        "This is the house that Jack built.\n\nThis is the malt\nThat lay in the house",
      ),
    ).toBe(true);
    expect(rhyme.endsWith("That ate the malt\nThat lay in the house that Jack built.\n")).toBe(
      true,
    );
    const lines = texts.numbers.make().trimEnd().split("\n");
    expect(lines.length).toBe(667);
    expect(lines.some((line) => line.startsWith(texts.numbers.prompt))).toBe(false);
    expect(new Set(lines).size).toBe(667);
  });
});

describe("made sentences", () => {
  test("every word has a tag; a word's place decides what 'can' is", () => {
    const sentences = taggedSentences(2000, 1);
    const tagsOf = new Map<string, Set<string>>();
    for (const { words, tags } of sentences) {
      expect(words.length).toBe(tags.length);
      words.forEach((word, i) => {
        const tag = TAGS[tags[i]!]!;
        expect(tag).toBeDefined();
        tagsOf.set(word, (tagsOf.get(word) ?? new Set()).add(tag));
      });
    }
    expect([...tagsOf.get("can")!].sort()).toEqual(["AUX", "NOUN"]);
    expect([...tagsOf.get("light")!].sort()).toEqual(["ADJ", "NOUN", "VERB"]);
    expect(tagsOf.get("?")).toEqual(new Set(["PUNCT"]));
    expect(taggedSentences(3, 1)).toEqual(sentences.slice(0, 3));
    expect(taggedSentences(3, 2)).not.toEqual(sentences.slice(0, 3));
  });

  test("nouns of every group occur, and no names of groups", () => {
    const words = new Set(plainSentences(1500, 1).flat());
    for (const noun of Object.values(groups).flatMap(list)) expect(words).toContain(noun);
    expect(words).not.toContain("animals");
    expect(groupOf.get("violin")).toBe("music");
  });
});

test("placeNames: to the right, else to the left, else nowhere", () => {
  const dot = (name: string, x: number, y: number) => ({ name, x, y });
  const dots = [
    dot("right", 50, 20),
    dot("left", 46, 20),
    dot("away", 48, 22),
    dot("edge", 195, 60),
  ];
  const paper = { width: 200, dot: 2, text: 10 };
  expect(placeNames(dots, paper)).toEqual([
    { x: 55, anchor: "start" },
    { x: 41, anchor: "end" },
    undefined,
    { x: 190, anchor: "end" },
  ]);
});
