// A network that learns to write like a text.
import { Adam } from "gatewise";
import { LanguageModel, Vocabulary } from "gatewise/text";
import type { Trainee } from "../../lib/serve.ts";
import { Turnstile } from "../../lib/turnstile.ts";

export interface TextSettings {
  readonly text: string;
  readonly level: "char" | "word";
  readonly cell: "rnn" | "lstm" | "gru";
  readonly units: number;
  readonly learningRate: number;
  readonly temperature: number;
  readonly seed: number;
}

export interface TextWork {
  readonly settings: TextSettings;
  readonly progress: {
    /** Mean of the batches since the last report, in nats a token; NaN where there were none. */
    readonly loss: number;
    readonly epoch: number;
    readonly tokens: number;
    /** What it writes by now; undefined where it has written only just before. */
    readonly sample: string | undefined;
  };
  readonly question: { readonly prompt: string; readonly length: number };
  readonly answer: string;
}

/** Characters that a text needs to learn anything from. */
const LEAST = 100;
/** Training pauses after so many steps. */
const ROUND = 2000;
/** Tokens of a sample. */
const SAMPLE = { char: 140, word: 30 };
/** From one sample to the next there are so many times more steps: at first much changes, later little. */
const BETWEEN_SAMPLES = 1.6;
/** The most places of the text that are read side by side, and how many tokens of each at a time. */
const PLACES = 16;
const UNROLL = 40;

/** Short texts are read in fewer places, so that each has some steps. */
const placesOf = (tokens: number): number =>
  Math.max(1, Math.min(PLACES, Math.floor(tokens / (4 * UNROLL))));

export function create(settings: TextSettings): Trainee<TextWork> {
  const { text, level, cell, units: hiddenSize, learningRate, seed } = settings;
  if (text.length < LEAST)
    throw new Error(
      `A text to learn from has ${LEAST} characters at least; this one has ${text.length}.`,
    );
  const vocabulary = Vocabulary.fromText(text, { level, unknown: true });
  const tokens = vocabulary.encode(text).length;
  const model = new LanguageModel({ vocabulary, cell, embeddingSize: 32, hiddenSize, seed });
  const optimizer = new Adam({ learningRate, clipNorm: 1 });
  let { temperature } = settings;
  let losses: number[] = [];
  let [epoch, drawn] = [1, 0];
  let [steps, nextSample] = [0, 0];

  const write = (prompt: string, length: number): string =>
    model.generate({ prompt, length, temperature, seed: seed + drawn++ });

  const training = new Turnstile((pass) =>
    model.fit(text, {
      optimizer,
      epochs: Number.MAX_SAFE_INTEGER, // until nobody goes on
      batchSize: placesOf(tokens),
      unroll: UNROLL,
      onBatchEnd: (batch) => {
        losses.push(batch.loss);
        steps++;
        epoch = batch.epoch;
        return pass();
      },
    }),
  );

  const atEnd = (): boolean => steps > 0 && steps % ROUND === 0;
  return {
    step: () => training.next(),
    done: atEnd,
    progress() {
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      losses = [];
      const due = steps >= nextSample || atEnd();
      if (due) nextSample = Math.max(10, BETWEEN_SAMPLES * steps);
      const sample = due ? write("", SAMPLE[level]) : undefined;
      return { loss, epoch, tokens, sample };
    },
    adjust(changed) {
      optimizer.learningRate = changed.learningRate;
      temperature = changed.temperature;
    },
    answer: ({ prompt, length }) => write(prompt, length),
  };
}
