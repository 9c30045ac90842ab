// Learns to write like a file: character by character, or word by word. See --help.
import { Adam, warmUp } from "gatewise";
import { LanguageModel, Vocabulary } from "gatewise/text";
import { flag, path, whole } from "./support/options.ts";
import { run } from "./support/program.ts";
import { documentation, readText, wrap } from "./support/text.ts";

const usage = {
  about: `Learns to write like a text: an LSTM reads it again and again, and says at each
character which one comes next; then it writes a text of its own.`,
  options: {
    file: path("FILE", "text to learn from, UTF-8; this project's documents if not given"),
    words: flag("read and write words rather than characters"),
    epochs: whole(20, "passes over the text", 1),
    units: whole(128, "units of the LSTM", 1),
    length: whole(600, "characters or words to write", 1),
    percent: whole(80, "temperature in percent: 0 always takes the likeliest"),
    seed: whole(1, "seed of weights and of what is drawn"),
  },
};

await run(usage, async (options, terminal) => {
  const { file, words, epochs, units, seed, length, percent } = options;
  const text = file === undefined ? documentation() : readText(file, 2000);
  const level = words ? "word" : "char";
  const vocabulary = Vocabulary.fromText(text, { level, unknown: true, minCount: words ? 2 : 1 });
  terminal.line(`${text.length.toLocaleString("en")} characters, ${vocabulary.size} tokens`);

  const model = new LanguageModel({ vocabulary, embeddingSize: 48, hiddenSize: units, seed });
  const optimizer = new Adam({ learningRate: warmUp(4e-3, { steps: 20 }), clipNorm: 5 });
  await model.fit(text, {
    ...{ optimizer, epochs, batchSize: 8, unroll: 48, validationSplit: 0.1 },
    onEpochEnd: ({ epoch, loss, valLoss }) => {
      const nats = `${loss.toFixed(3)} nats a token, ${valLoss!.toFixed(3)} on the last tenth`;
      terminal.line(`epoch ${String(epoch).padStart(3)}: ${nats}`);
    },
  });
  terminal.line();
  const sample = { length, temperature: percent / 100, seed };
  for (const line of wrap(model.generate(sample), 78)) terminal.line(line);
});
