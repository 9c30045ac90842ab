// Which word is a noun, which a verb? A bidirectional LSTM reads the sentence. See --help.
import { Adam, accuracy, cosineDecay, crossEntropy } from "gatewise";
import { batches } from "gatewise/data";
import { readTreebanks, TREEBANK_FOLDER } from "./support/conllu.ts";
import { path, whole } from "./support/options.ts";
import { run } from "./support/program.ts";
import { Tagger } from "./support/tagger.ts";
import { makeTreebanks } from "./support/treebank.ts";

const usage = {
  about: `Says of every word of a sentence what part of speech it is: a bidirectional LSTM
of 64 units sees the word, its ending and its shape, and all words around it.`,
  options: {
    data: path("DIR", TREEBANK_FOLDER),
    seed: whole(1, "seed of weights, order and sentences made here"),
    epochs: whole(8, "passes over the sentences to learn from", 1),
  },
};

await run(usage, ({ data, seed, epochs }, { line }) => {
  const { train, test } = data === undefined ? makeTreebanks(800, 300, seed) : readTreebanks(data);
  const tagger = new Tagger(train, seed);
  const training = batches(train, train, { batchSize: 16, shuffle: true, seed });
  const learningRate = cosineDecay(1e-2, { decaySteps: epochs * training.count });
  const optimizer = new Adam({ learningRate, clipNorm: 1 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let loss = 0;
    for (const { x } of training) {
      loss += optimizer.minimize(() => {
        const { logits, tags } = tagger.forward(x);
        return crossEntropy(logits, tags, { ignoreIndex: -1 }); // nothing behind a sentence's end counts
      });
    }
    const { logits, tags } = tagger.forward(test);
    const share = (100 * accuracy(logits, tags, { ignoreIndex: -1 })).toFixed(2);
    line(`epoch ${epoch}: loss ${(loss / training.count).toFixed(4)}, ${share} % of other words`);
  }
  const short = test.filter(({ words }) => words.length < 8).slice(0, 3);
  for (const sentence of short) line(`\n${tagger.show(sentence)}`);
});
