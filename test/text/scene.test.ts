import { Adam } from "gatewise";
import { LanguageModel, Vocabulary } from "gatewise/text";
import { expect, test } from "vitest";
import { random } from "../reference/random.ts";

const names = ["ANNA", "BEN", "CLARA", "THE OLD MAN"];
const sentences = [
  (thing: string) => `Where is the ${thing}?`,
  (thing: string) => `I have seen the ${thing}, my friend.`,
  (thing: string) => `No! "The ${thing}" (so they call it) isn't well-known.`,
  (thing: string) => `Give me the ${thing}; it is mine.`,
];
const things = ["lake", "letter", "key", "horse", "king's crown"];

/** A scene, made for the test: lines of `NAME: words`, nobody speaking twice in a row. */
function scene(lines: number): string {
  const next = random(1);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  let last = "";
  return Array.from({ length: lines }, () => {
    last = pick(names.filter((name) => name !== last));
    return `${last}: ${pick(sentences)(pick(things))}\n`;
  }).join("");
}

test("a model of words keeps the form of a scene", async () => {
  const text = scene(400);
  const vocabulary = Vocabulary.fromText(text, { level: "word" });
  expect(vocabulary.decode(vocabulary.encode(text))).toBe(text);
  const model = new LanguageModel({ vocabulary, embeddingSize: 16, hiddenSize: 48, seed: 1 });
  const before = model.perplexity(text);
  const optimizer = new Adam({ learningRate: 1e-2, clipNorm: 5 });
  await model.fit(text, { optimizer, epochs: 8, batchSize: 8, unroll: 32 });
  expect(before).toBeGreaterThan(30);
  expect(model.perplexity(text)).toBeLessThan(2);

  const generated = model.generate({ length: 1000, temperature: 0.8, seed: 3 });
  const lines = generated.split("\n").slice(0, -1); // the last one may be on its way
  expect(lines.length).toBeGreaterThan(50);
  const spoken = sentences.flatMap((sentence) => things.map(sentence));
  for (const line of lines) {
    const [, name, words] = /^(.*?): (.*)$/.exec(line) ?? [];
    expect(names, line).toContain(name);
    expect(spoken, line).toContain(words);
  }
  const one = model.generate({ prompt: "BEN: ", stop: "\n", temperature: 0.5, seed: 1 });
  expect(spoken).toContain(one);
});
