// English to French: an encoder reads, a decoder with attention writes. See --help.
import { Adam, cosineDecay } from "gatewise";
import { batches } from "gatewise/data";
import { Seq2Seq } from "gatewise/seq2seq";
import { path, whole } from "./support/options.ts";
import { run } from "./support/program.ts";
import {
  drawAttention,
  inParts,
  makePairs,
  PAIRS_FOLDER,
  readPairs,
  shareOfTokens,
} from "./support/translation.ts";
import { END, PAD, START, WordIndex } from "./support/words.ts";

const usage = {
  about: `Learns to translate English to French: a GRU reads the sentence both ways,
another one writes, looking at the words it needs. Shows what it writes.`,
  options: {
    data: path("DIR", PAIRS_FOLDER),
    seed: whole(1, "seed of weights, order and sentences made here"),
    epochs: whole(8, "passes over the sentences", 1),
    beam: whole(4, "hypotheses that beam search follows", 1),
  },
};

await run(usage, ({ data, seed, epochs, beam }, terminal) => {
  const { train, test } = data === undefined ? makePairs(4000, 200, seed) : readPairs(data, 1000);
  const english = new WordIndex(train.map((pair) => pair.english));
  const french = new WordIndex(train.map((pair) => pair.french));
  const encode = (pairs: typeof train) => ({
    x: pairs.map((pair) => english.encode(pair.english)),
    y: pairs.map((pair) => french.encode(pair.french)),
  });
  const [known, held] = [encode(train), encode(test)];

  const tokens = { padToken: PAD, startToken: START, endToken: END };
  const sizes = { sourceVocabulary: english.size, targetVocabulary: french.size };
  const model = new Seq2Seq({ ...tokens, ...sizes, bidirectional: true, dropout: 0.1, seed });
  const training = batches(known.x, known.y, { batchSize: 64, shuffle: true, seed });
  const learningRate = cosineDecay(3e-3, { decaySteps: epochs * training.count });
  const optimizer = new Adam({ learningRate, clipNorm: 1 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let loss = 0;
    for (const { x, y } of training) loss += optimizer.minimize(() => model.loss(x, y));
    terminal.line(`epoch ${epoch}: loss ${(loss / training.count).toFixed(4)}`);
  }
  for (const beamWidth of [1, beam]) {
    const written = inParts(held.x, 100, (part) => model.decode(part, { beamWidth }));
    const share = (100 * shareOfTokens(written, held.y)).toFixed(2);
    terminal.line(`beam ${beamWidth}: ${share} % of the words of ${test.length} others are right`);
  }
  const sample = held.x.slice(0, 3);
  const written = model.decode(sample, { beamWidth: beam });
  for (const [n, tokens] of written.entries()) {
    const [from, to] = [test[n]!.english, french.decode(tokens)];
    terminal.line(`\n${from.join(" ")}\n${to.join(" ")}\n`);
    const [weights] = model.attention([sample[n]!], [tokens]).toArray();
    drawAttention(terminal, from, to, weights);
  }
});
