import { existsSync, readFileSync } from "node:fs";
import { Adam } from "gatewise";
import { LanguageModel, Vocabulary } from "gatewise/text";
import { expect, test } from "vitest";
import { sharedFolder } from "../shared.ts";
import { slice } from "./slice.ts";

const path = `${sharedFolder()}/data/shakespeare/input.txt`;
if (!existsSync(path)) console.info(`shakespeare: skipped, there is no ${path}`);

const optimizerOf = () => new Adam({ learningRate: 4e-3, clipNorm: 5 });

// PyTorch with the same sizes, optimizer and rates (scripts/torch_language_model.py) reaches 1.508 nats.
test.skipIf(!existsSync(path))("tiny Shakespeare by characters, LSTM(256)", async () => {
  const text = readFileSync(path, "utf8").slice(0, slice(2_000_000, 120_000));
  const vocabulary = Vocabulary.fromText(text);
  const model = new LanguageModel({ vocabulary, embeddingSize: 64, hiddenSize: 256, seed: 1 });
  const optimizer = optimizerOf();
  const seconds: number[] = [];
  let start = performance.now();
  const { loss, valLoss } = await model.fit(text, {
    optimizer,
    epochs: slice(5, 1),
    validationSplit: 0.1,
    onEpochEnd: ({ epoch }) => {
      seconds.push((performance.now() - start) / 1000);
      start = performance.now();
      if (epoch >= 2) optimizer.learningRate /= 2;
    },
  });
  const each = (values: readonly number[], digits: number): string =>
    values.map((value) => value.toFixed(digits)).join(", ");
  console.info(
    `Shakespeare: nats ${each(loss, 3)}; held out ${each(valLoss, 3)}; ${each(seconds, 0)} s an epoch\n` +
      model.generate({ prompt: "ROMEO:\n", length: 200, temperature: 0.7, seed: 1 }),
  );
  expect(Math.min(...valLoss)).toBeLessThanOrEqual(slice(1.53, 2.4));
});
