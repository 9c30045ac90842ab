// Word vectors of a text, and a map of them.
import { Word2Vec } from "gatewise/word2vec";
import { sentencesOf } from "../../../../support/words.ts";
import type { Trainee } from "../../lib/serve.ts";
import { Turnstile } from "../../lib/turnstile.ts";
import { groupOf, plainSentences } from "./corpus.ts";
import type { Group } from "./groups.ts";
import { Projection } from "./projection.ts";

export interface MapSettings {
  /** A text of the visitor's own; empty for sentences made here. */
  readonly text: string;
  readonly window: number;
  readonly seed: number;
}

/** A word on the map; the middle of all is at 0, 0. */
export interface Spot {
  readonly word: string;
  readonly x: number;
  readonly y: number;
  readonly group: Group | undefined;
}

export interface MapWork {
  readonly settings: MapSettings;
  readonly progress: {
    /** The part of the work that is done. */
    readonly fraction: number;
    readonly sentences: number;
    readonly spots: readonly Spot[];
  };
  /** A word whose nearest ones are wanted. */
  readonly question: { readonly word: string; readonly count: number };
  readonly answer: readonly (readonly [word: string, similarity: number])[];
}

const SENTENCES = 1500;
const VECTOR = 32;
const EPOCHS = 40;
/** How many words of a text of one's own are on the map, and how many letters they have at least. */
const SHOWN = 70;
const LETTERS = 4;
const FEWEST = 5;
/** Words that come less often are left out. */
const OFTEN = 2;

/** Throws where a text has too few words for a map, in words for who pasted it. */
function checkText(sentences: readonly (readonly string[])[]): void {
  const counts = new Map<string, number>();
  for (const word of sentences.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  const shown = [...counts].filter(([word, count]) => word.length >= LETTERS && count >= OFTEN);
  if (shown.length < FEWEST)
    throw new Error(
      `The text is too short for a map: it has ${shown.length} words of ${LETTERS} letters or more that come twice or more often, and ${FEWEST} are needed.`,
    );
}

export function create({ text, window, seed }: MapSettings): Trainee<MapWork> {
  const sentences = text ? sentencesOf(text) : plainSentences(SENTENCES, seed);
  if (text) checkText(sentences);
  const model = new Word2Vec({
    ...{ architecture: "skipgram", vectorSize: VECTOR, window, seed },
    ...{ minCount: OFTEN, subsample: text ? 1e-3 : 1e-2 },
  });
  let fraction = 0;
  let words: string[] = [];
  let projection: Projection | undefined;
  const training = new Turnstile((pass) =>
    model.fit(sentences, {
      ...{ epochs: EPOCHS, learningRate: 0.05 },
      onProgress: (progress) => {
        fraction = progress.fraction;
        return pass();
      },
    }),
  );

  function choose(): void {
    const wanted = (word: string): boolean => (text ? word.length >= LETTERS : groupOf.has(word));
    words = model.words.filter(wanted);
    if (text) words = words.slice(0, SHOWN);
    projection = new Projection(words.length, VECTOR);
  }

  return {
    async step() {
      await training.next();
      if (!projection) choose();
    },
    done: () => training.ended,
    progress() {
      const places = projection?.project(words.map((word) => model.vector(word))) ?? [];
      const spots = words.map((word, i) => {
        const [x, y] = places[i]!;
        return { word, x, y, group: text ? undefined : groupOf.get(word) };
      });
      return { fraction, sentences: sentences.length, spots };
    },
    answer: ({ word, count }) => (model.words.includes(word) ? model.mostSimilar(word, count) : []),
  };
}
