// Parts of speech: a bidirectional LSTM over sentences that were made up with their tags.
import { Adam, argmax, crossEntropy, scope, softmax } from "gatewise";
import { batches } from "gatewise/data";
import { Tagger } from "../../../../support/tagger.ts";
import { type Sentence, TAGS } from "../../../../support/treebank.ts";
import type { Trainee } from "../../lib/serve.ts";
import { taggedSentences } from "./corpus.ts";

export interface TaggingSettings {
  readonly learningRate: number;
  readonly seed: number;
}

/** A word, what it seems to be, and how surely. */
export interface Tagged {
  readonly word: string;
  readonly tag: string;
  readonly probability: number;
}

export interface TaggingWork {
  readonly settings: TaggingSettings;
  readonly progress: {
    /** Mean of the batches since the last report; NaN where there were none. */
    readonly loss: number;
    /** Share of the words of other sentences that are tagged rightly. */
    readonly accuracy: number;
    readonly sentence: readonly Tagged[];
  };
  /** The words that are to be tagged from now on. */
  readonly question: readonly string[];
  readonly answer: readonly Tagged[];
}

const SENTENCES = { learned: 2000, held: 150 };
const BATCH = 16;
/** Training pauses after so many steps: little more is to be gained. */
const STEPS = 375;
/** Milliseconds from one test to the next. */
const BETWEEN_TESTS = 250;

/** Batches epoch after epoch. */
function* endless(sentences: Sentence[], seed: number): Generator<Sentence[]> {
  const shuffled = batches(sentences, sentences, { batchSize: BATCH, shuffle: true, seed });
  for (;;) for (const { x } of shuffled) yield x;
}

/** Stays when the network is made anew. */
let words: readonly string[] = [];

export function create({ learningRate, seed }: TaggingSettings): Trainee<TaggingWork> {
  const learned = taggedSentences(SENTENCES.learned, seed);
  const held = taggedSentences(SENTENCES.held, seed + 1);
  const tagger = new Tagger(learned, seed);
  const optimizer = new Adam({ learningRate, clipNorm: 1 });
  const training = endless(learned, seed);
  let losses: number[] = [];
  let steps = 0;
  let [accuracy, tested] = [0, Number.NEGATIVE_INFINITY];

  function test(): number {
    const { logits, tags } = scope(() => tagger.forward(held));
    const guesses = argmax(logits);
    const right = tags.flat().map((tag, i) => (tag < 0 ? undefined : guesses[i] === tag));
    const counted = right.filter((is) => is !== undefined);
    return counted.filter(Boolean).length / counted.length;
  }

  function tag(): Tagged[] {
    if (words.length === 0) return [];
    const { data } = scope(() => softmax(tagger.forward([{ words, tags: [] }]).logits));
    return words.map((word, t) => {
      const row = data.subarray(t * TAGS.length, (t + 1) * TAGS.length);
      const probability = Math.max(...row);
      return { word, tag: TAGS[row.indexOf(probability)]!, probability };
    });
  }

  return {
    step() {
      const batch = training.next().value!;
      losses.push(
        optimizer.minimize(() => {
          const { logits, tags } = tagger.forward(batch);
          return crossEntropy(logits, tags, { ignoreIndex: -1 });
        }),
      );
      steps++;
    },
    done: () => steps % STEPS === 0,
    progress() {
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      losses = [];
      if (performance.now() - tested > BETWEEN_TESTS || steps % STEPS === 0) {
        accuracy = test();
        tested = performance.now();
      }
      return { loss, accuracy, sentence: tag() };
    },
    adjust(changed) {
      optimizer.learningRate = changed.learningRate;
    },
    answer(question) {
      words = question;
      return tag();
    },
  };
}
