import { argmax, concat, Dropout, Embedding, Linear, LSTM, Module, type Tensor } from "gatewise";
import { batchOf, indexViews, type Sentence, TAGS } from "./treebank.ts";

/** Features of the vectors of a word, its ending and its shape. */
const SIZES = [64, 32, 16];
const UNITS = 64;
/** The share of features that is dropped in training, before the LSTM and after it. */
const DROPPED = 0.3;

/** Vectors of what is seen of a word, a bidirectional LSTM over the sentence, a linear layer: the logits of tags. */
export class Tagger extends Module {
  readonly embeddings: readonly Embedding[];
  readonly lstm: LSTM;
  readonly head: Linear;
  readonly #indexes: ReturnType<typeof indexViews>;
  readonly #dropout: Dropout;

  /** It will know the words of these sentences. */
  constructor(sentences: readonly Sentence[], seed: number) {
    super();
    this.#indexes = indexViews(sentences);
    this.embeddings = this.#indexes.map(
      ({ size }, i) => new Embedding(size, SIZES[i]!, { seed: seed + i }),
    );
    const size = SIZES.reduce((a, b) => a + b);
    this.lstm = new LSTM(size, UNITS, { bidirectional: true, seed });
    this.head = new Linear(2 * UNITS, TAGS.length, { seed });
    this.#dropout = new Dropout(DROPPED, { seed });
  }

  /** Logits [batch, time, tags], and what is right [batch, time], -1 behind the end of a sentence. */
  forward(sentences: readonly Sentence[]): { logits: Tensor; tags: number[][] } {
    const { seen, lengths, tags } = batchOf(sentences, this.#indexes);
    const vectors = this.embeddings.map((embedding, i) => embedding.forward(seen[i]!));
    const x = this.#dropout.forward(concat(vectors, 2));
    const { output } = this.lstm.forward(x, undefined, { lengths });
    return { logits: this.head.forward(this.#dropout.forward(output)), tags };
  }

  /** A sentence with its tags, "the/DET cat/NOUN". */
  show(sentence: Sentence): string {
    const tags = argmax(this.forward([sentence]).logits);
    return sentence.words.map((word, t) => `${word}/${TAGS[tags[t]!]}`).join(" ");
  }
}
