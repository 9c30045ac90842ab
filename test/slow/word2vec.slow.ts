import { existsSync } from "node:fs";
import { Word2Vec } from "gatewise/word2vec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gensim, startGensim } from "../../bench/peers/gensim.ts";
import { sentencesOf } from "../../bench/sentences.ts";
import { sharedFolder } from "../shared.ts";
import { topicSentences, topics } from "../word2vec/support.ts";
import { median, slice } from "./slice.ts";

const file = `${sharedFolder()}/data/shakespeare/input.txt`;
const text = existsSync(file) ? sentencesOf(file) : undefined;
if (!text) console.info(`word2vec: neighbours skipped, there is no ${file}`);

const size = { vectorSize: 100, window: 5, negative: 5, minCount: 5, subsample: 1e-3 };
const [EPOCHS, RATE, MOST] = [5, 0.025, 10];
const architectures = (["skipgram", "cbow"] as const).slice(0, slice(2, 1));

/** How many of some words are among others, in the median over pairs of lists. */
const overlap = (lists: readonly (readonly string[])[], others: typeof lists): number =>
  median(lists.map((words, i) => words.filter((word) => others[i]!.includes(word)).length));

describe.skipIf(!text)("beside gensim on Shakespeare's text", () => {
  let gensim: Gensim | undefined;
  beforeAll(async () => {
    const started = await startGensim(text!);
    if ("reason" in started) console.info(`word2vec: neighbours skipped, gensim ${started.reason}`);
    else gensim = started;
  });
  afterAll(() => gensim?.close());

  test.for(architectures)(
    "%s: neighbours of twenty frequent words",
    async (architecture, { skip }) => {
      if (!gensim) return skip();
      const options = { ...size, architecture };
      const model = new Word2Vec({ ...options, seed: 1 });
      await model.fit(text!, { epochs: EPOCHS, learningRate: RATE });
      const words = model.words.slice(0, 20);
      const ours = words.map((word) => model.mostSimilar(word, MOST).map(([near]) => near));
      const theirs: (readonly (readonly string[])[])[] = [];
      for (const seed of [1, 2]) {
        await gensim.train({ ...options, seed }, RATE, EPOCHS);
        theirs.push(await gensim.nearest(words, MOST));
      }
      const shared = overlap(ours, theirs[0]!);
      const among = overlap(theirs[1]!, theirs[0]!);
      console.info(
        `word2vec, ${architecture}: ${shared} of gensim's ${MOST} nearest words in the median over 20 words; ` +
          `two seeds of gensim share ${among}`,
      );
      expect(shared).toBeGreaterThanOrEqual(3);
    },
  );
});

test.each(architectures)(
  "%s: every word is nearest to those of its topic, five seeds",
  async (architecture) => {
    for (let seed = 1; seed <= 5; seed++) {
      const model = new Word2Vec({ architecture, vectorSize: 16, window: 3, minCount: 1, seed });
      await model.fit(topicSentences(2000, seed), { epochs: 3, learningRate: 0.05 });
      for (const topic of topics)
        for (const word of topic)
          for (const [near] of model.mostSimilar(word, 4))
            expect(topic, `${word}, ${near}`).toContain(near);
    }
  },
);
