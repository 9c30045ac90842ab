import { checkNumber, checkOptions, checkSize, kindError, valueError } from "../core/check.ts";
import { checkSignal, Pauses } from "../models/pause.ts";
import type { Trainer } from "./trainer.ts";
import { checkSentence, countWord, type Sentences } from "./words.ts";

/** How far training is. */
export interface Word2VecProgress {
  /** The part of all words of all epochs that is done, 1 at the end. */
  readonly fraction: number;
  /** The epoch at work, from 0. */
  readonly epoch: number;
  /** Words done, in all epochs together; those that are not in the vocabulary do not count. */
  readonly words: number;
  /** Since training began, once the words had been counted. */
  readonly wordsPerSecond: number;
  /** The learning rate of the words just done. */
  readonly learningRate: number;
}

/** How `fit` is to train. */
export interface Word2VecFitOptions {
  /** How often the sentences are gone through. Default 5. */
  readonly epochs?: number | undefined;
  /** At the beginning; falls in a straight line. Default 0.025. */
  readonly learningRate?: number | undefined;
  /** At the end. Default 1e-4, or `learningRate` where that is less. */
  readonly minLearningRate?: number | undefined;
  /** Called every few milliseconds. A promise is waited for; what it throws ends training. */
  readonly onProgress?: ((progress: Word2VecProgress) => unknown) | undefined;
  /** Ends training once it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What `fit` was asked to do, checked. */
export interface Plan extends Word2VecFitOptions {
  readonly sentences: Sentences;
  readonly epochs: number;
  readonly learningRate: number;
  readonly minLearningRate: number;
}

export function checkFitOptions(
  where: string,
  sentences: Sentences,
  options: Word2VecFitOptions | undefined,
): Plan {
  const {
    epochs = 5,
    learningRate = 0.025,
    minLearningRate = Math.min(1e-4, learningRate),
    onProgress,
    signal,
  } = checkOptions(where, options, [
    "epochs",
    "learningRate",
    "minLearningRate",
    "onProgress",
    "signal",
  ]);
  checkSize(where, "epochs", epochs);
  checkNumber(where, "learningRate", learningRate, 0);
  checkNumber(where, "minLearningRate", minLearningRate, 0);
  if (minLearningRate > learningRate)
    throw valueError(where, "minLearningRate to be no more than learningRate", minLearningRate);
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw kindError(where, "onProgress to be a function", onProgress);
  checkSignal(where, signal);
  return { sentences, epochs, learningRate, minLearningRate, onProgress, signal };
}

/** Words from one look at the clock to the next while they are counted: less than a millisecond. */
const wordsAtATime = 4096;

async function count(where: string, { sentences, signal }: Plan): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const pauses = new Pauses(signal);
  let n = 0;
  signal?.throwIfAborted();
  for (const sentence of sentences)
    for (const word of checkSentence(where, sentence)) {
      countWord(where, counts, word);
      if (++n % wordsAtATime === 0) await pauses.pause();
    }
  return counts;
}

/** Trains as planned. `begin` is told how often each word occurs; it gives what trains, and how many of the words it knows. */
export async function train(
  where: string,
  plan: Plan,
  begin: (counts: ReadonlyMap<string, number>) => { trainer: Trainer; words: number },
): Promise<void> {
  const { sentences, epochs, learningRate, minLearningRate, onProgress, signal } = plan;
  const { trainer, words } = begin(await count(where, plan));
  const all = epochs * words;
  const pauses = new Pauses(signal);
  const start = performance.now();
  let done = 0;
  trainer.clear();

  const step = async (epoch: number): Promise<void> => {
    const rate = learningRate - (learningRate - minLearningRate) * Math.min(done / all, 1);
    done += trainer.train(rate);
    await onProgress?.({
      fraction: Math.min(done / all, 1),
      epoch,
      words: done,
      wordsPerSecond: (1000 * done) / (performance.now() - start),
      learningRate: rate,
    });
    await pauses.pause();
  };

  for (let epoch = 0; epoch < epochs; epoch++) {
    let came = false;
    for (const given of sentences) {
      came = true;
      const sentence = checkSentence(where, given);
      for (let at = 0; at < sentence.length; ) {
        at = trainer.take(sentence, at);
        if (at < sentence.length) await step(epoch);
      }
    }
    if (!came)
      throw valueError(
        where,
        "sentences that can be gone through more than once",
        `none in epoch ${epoch}`,
      );
    await step(epoch);
  }
}
