// Which words of a text are used alike? Vectors of them, in clusters, on a map. See --help.
import { Word2Vec } from "gatewise/word2vec";
import { kmeans } from "ml-kmeans";
import { PCA } from "ml-pca";
import { UserError } from "./support/errors.ts";
import { writeFile } from "./support/files.ts";
import { map } from "./support/map.ts";
import { path, whole } from "./support/options.ts";
import { run } from "./support/program.ts";
import { readSentences } from "./support/sentences.ts";

const LETTERS = 4; // shorter ones say little about what a text is about
const usage = {
  about: `Trains word vectors on a text, clusters those of its most frequent words and
draws them: words that occur in the same company are near one another.`,
  options: {
    text: path("FILE", "the text; the project's own documentation if not given"),
    svg: path("FILE", "where the map goes (default word-map.svg)"),
    words: whole(120, "how many words, of four letters or more", 5),
    clusters: whole(5, "how many clusters", 1),
    epochs: whole(40, "passes over the text", 1),
    seed: whole(1, "seed of the vectors and of the clusters"),
  },
};

/** A vector of length 1: clusters are to be of directions. */
function direction(vector: Float32Array): number[] {
  const length = Math.hypot(...vector);
  return Array.from(vector, (x) => x / length);
}

await run(usage, async (options, { line }) => {
  const { text, svg = "word-map.svg", epochs, seed } = options;
  const sentences = readSentences(text);
  const model = new Word2Vec({ architecture: "skipgram", vectorSize: 50, minCount: 2, seed });
  await model.fit(sentences, { epochs, learningRate: 0.05 });

  const words = model.words.filter((word) => word.length >= LETTERS).slice(0, options.words);
  if (words.length <= options.clusters)
    throw new UserError(`--text: expected more than ${options.clusters} words, each twice or more`);
  const vectors = words.map((word) => direction(model.vector(word)));
  const { clusters, centroids } = kmeans(vectors, options.clusters, { seed });
  centroids.forEach((centroid, cluster) => {
    const near = model.mostSimilar(centroid, model.words.length).map(([word]) => word);
    const members = near.filter((word) => clusters[words.indexOf(word)] === cluster);
    line(`${cluster + 1}  ${members.slice(0, 7).join(" ")}`.slice(0, 80));
  });

  const flat = new PCA(vectors).predict(vectors, { nComponents: 2 }).to2DArray();
  const places = words.map((name, i) => {
    return { name, x: flat[i]![0]!, y: flat[i]![1]!, group: clusters[i]! };
  });
  writeFile(svg, map("Words by the company they keep", places));
  line(`${words.length} words of ${sentences.length} sentences: ${svg}`);
});
