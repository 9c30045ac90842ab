// Who is speaking? Utterances of any length, 12 features a step, nine speakers. See --help.
import { Adam, accuracy, concat, crossEntropy, GRU, Linear, slice, type Tensor } from "gatewise";
import { batches, padSequences, standardize } from "gatewise/data";
import { initializeAsKeras } from "./support/keras.ts";
import { path, whole } from "./support/options.ts";
import { run } from "./support/program.ts";
import { drawUtterances, FEATURES, readVowels, SPEAKERS, VOWELS_FOLDER } from "./support/vowels.ts";

const UNITS = 64;
const usage = {
  about: `Tells nine speakers apart by a vowel that each of them says: a GRU reads every
utterance to its end, both ways, however long it is.`,
  options: {
    data: path("DIR", VOWELS_FOLDER),
    seed: whole(1, "seed of weights, order and utterances drawn here"),
    epochs: whole(20, "passes over the utterances to learn from", 1),
  },
};

await run(usage, ({ data, seed, epochs }, { line }) => {
  const { train, test } =
    data === undefined
      ? { train: drawUtterances(270, { seed }), test: drawUtterances(370, { seed, first: 270 }) }
      : readVowels(data);
  const scale = standardize(train.sequences.flat()); // [steps of all utterances, features]

  const gru = new GRU(FEATURES, UNITS, { bidirectional: true });
  const head = new Linear(2 * UNITS, SPEAKERS);
  initializeAsKeras([gru, head], seed);
  /** Utterances become one batch, padded to the longest; what is past an utterance's end is not computed. */
  const logits = (sequences: readonly Float32Array[][]): Tensor => {
    const { x, lengths } = padSequences(sequences);
    const { state } = gru.forward(scale.apply(x), undefined, { lengths });
    const [forwards, backwards] = [0, 1].map((way) =>
      slice(state, [way, 0, 0], [1, -1, -1]).reshape([sequences.length, UNITS]),
    ) as [Tensor, Tensor];
    return head.forward(concat([forwards, backwards], 1));
  };

  const optimizer = new Adam({ learningRate: 3e-3, clipNorm: 1 });
  const training = batches(train.sequences, train.speakers, { batchSize: 30, shuffle: true, seed });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let loss = 0;
    for (const { x, y } of training) loss += optimizer.minimize(() => crossEntropy(logits(x), y));
    if (epoch % 10 !== 0 && epoch !== epochs) continue;
    const share = accuracy(logits(test.sequences), test.speakers);
    const mean = (loss / training.count).toFixed(4);
    line(`epoch ${epoch}: loss ${mean}, ${(100 * share).toFixed(1)} % of the test's speakers`);
  }
});
