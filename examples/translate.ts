// English to French: an encoder reads, a decoder with attention writes. See --help.
import { Adam, cosineDecay } from "gatewise";
import { batches } from "gatewise/data";
import { Seq2Seq } from "gatewise/seq2seq";
import { path, whole } from "./support/options.ts";
import { makePairs } from "./support/pairs.ts";
import { run } from "./support/program.ts";
import { PAIRS_FOLDER, readPairs } from "./support/small-vocab.ts";
import { drawAttention, inParts, Languages, score } from "./support/translation.ts";

const usage = {
  about: `Learns to translate English to French: a GRU reads the sentence both ways,
another one writes, looking at the words it needs. Shows what it writes.`,
  options: {
    data: path("DIR", PAIRS_FOLDER),
    seed: whole(1, "seed of weights, order and sentences made here"),
    epochs: whole(12, "passes over the sentences", 1),
    beam: whole(4, "hypotheses that beam search follows", 1),
  },
};

await run(usage, ({ data, seed, epochs, beam }, terminal) => {
  const pairs = data === undefined ? makePairs(2000, 1000, seed) : readPairs(data, 1000);
  const languages = new Languages(pairs);
  const [known, held] = [languages.encode(pairs.train), languages.encode(pairs.test)];

  const model = new Seq2Seq({ ...languages.tokens, bidirectional: true, dropout: 0.1, seed });
  const training = batches(known.x, known.y, { batchSize: 32, shuffle: true, seed });
  const learningRate = cosineDecay(3e-3, { decaySteps: epochs * training.count });
  const optimizer = new Adam({ learningRate, clipNorm: 1 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let loss = 0;
    for (const { x, y } of training) loss += optimizer.minimize(() => model.loss(x, y));
    terminal.line(`epoch ${epoch}: loss ${(loss / training.count).toFixed(4)}`);
  }

  for (const beamWidth of [1, beam]) {
    const written = inParts(held.x, 100, (part) => model.decode(part, { beamWidth }));
    terminal.line(`beam ${beamWidth}, words of ${held.x.length} others: ${score(written, held.y)}`);
  }
  for (let n = 0; n < 3; n++) {
    const source = held.x[n]!;
    const [tokens] = model.decode([source], { beamWidth: beam });
    const [from, to] = [pairs.test[n]!.english, languages.french.decode(tokens!)];
    terminal.line(`\n${from.join(" ")}\n${to.join(" ")}\n`);
    const [weights] = model.attention([source], [tokens!]).toArray();
    drawAttention(terminal, from, to, weights);
  }
});
