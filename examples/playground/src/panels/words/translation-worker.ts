// A translation from a made English into a made French, learned by an encoder and a decoder with attention.
import { Adam } from "gatewise";
import { batches } from "gatewise/data";
import { Seq2Seq } from "gatewise/seq2seq";
import { makePairs } from "../../../../support/pairs.ts";
import { Languages } from "../../../../support/translation.ts";
import { UNKNOWN } from "../../../../support/words.ts";
import type { Trainee } from "../../lib/serve.ts";

export interface TranslationSettings {
  readonly units: number;
  readonly attention: "luong" | "bahdanau";
  readonly learningRate: number;
  readonly seed: number;
}

/** A translation, and where each of its words, the end last, looks: [target words][source words], rows that sum to 1. */
export interface Translation {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly weights: readonly (readonly number[])[];
  /** Words of the source that the network has never seen. */
  readonly unknown: readonly string[];
}

export interface TranslationWork {
  readonly settings: TranslationSettings;
  readonly progress: {
    /** Mean of the batches since the last report; NaN where there were none. */
    readonly loss: number;
    readonly translation: Translation | undefined;
  };
  readonly question:
    | { readonly type: "translate"; readonly source: readonly string[] }
    | { readonly type: "example" }
    | { readonly type: "words" };
  readonly answer:
    | { readonly type: "translation"; readonly translation: Translation }
    /** A sentence that was not learned from, and what it is in French. */
    | {
        readonly type: "example";
        readonly english: readonly string[];
        readonly french: readonly string[];
      }
    | { readonly type: "words"; readonly words: readonly string[] };
}

const PAIRS = { learned: 1500, held: 50, seed: 1 };
const BATCH = 32;
/** Training pauses after so many steps: little more is to be gained. */
const STEPS = 320;
/** A network that has learned little yet may never come to an end. */
const LONGEST = 16;

const pairs = makePairs(PAIRS.learned, PAIRS.held, PAIRS.seed);
const languages = new Languages(pairs);
const known = languages.encode(pairs.train);
const englishWords = [...new Set(pairs.train.flatMap(({ english }) => english))].sort();

/** Batches epoch after epoch. */
function* endless({ x, y }: typeof known, seed: number): Generator<typeof known> {
  const shuffled = batches(x, y, { batchSize: BATCH, shuffle: true, seed });
  for (;;) yield* shuffled;
}

/** Stays when the network is made anew. */
let asked: readonly string[] | undefined;
let examples = 0;

export function create(settings: TranslationSettings): Trainee<TranslationWork> {
  const { units: hiddenSize, attention, learningRate, seed } = settings;
  const model = new Seq2Seq({
    ...languages.tokens,
    hiddenSize,
    attention,
    bidirectional: true,
    seed,
  });
  const optimizer = new Adam({ learningRate, clipNorm: 1 });
  const training = endless(known, seed);
  let losses: number[] = [];
  let steps = 0;

  function translate(source: readonly string[]): Translation {
    const numbers = languages.english.encode(source);
    const unknown = source.filter((_, i) => numbers[i] === UNKNOWN);
    const [tokens] = model.decode([numbers], { maxLength: LONGEST });
    const [weights] = model.attention([numbers], [tokens!]).toArray() as number[][][];
    return { source, target: languages.french.decode(tokens!), weights: weights!, unknown };
  }

  return {
    step() {
      const { x, y } = training.next().value!;
      losses.push(optimizer.minimize(() => model.loss(x, y)));
      steps++;
    },
    done: () => steps % STEPS === 0,
    progress() {
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      losses = [];
      return { loss, translation: asked && translate(asked) };
    },
    adjust(changed) {
      optimizer.learningRate = changed.learningRate;
    },
    answer(question) {
      switch (question.type) {
        case "translate":
          asked = question.source;
          return { type: "translation", translation: translate(asked) };
        case "example":
          return { type: "example", ...pairs.test[examples++ % pairs.test.length]! };
        case "words":
          return {
            type: "words",
            words: englishWords,
          };
      }
    },
  };
}
