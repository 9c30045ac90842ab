import { checkNumber, checkOptions, checkSize, kindError, valueError } from "../core/check.ts";
import { checkSignal, Pauses } from "../models/pause.ts";
import type { Trainer } from "./trainer.ts";
import { checkSentence, countWords, type Sentences } from "./vocabulary.ts";

/** How far training is. */
export interface Progress {
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
export interface FitOptions {
  /** How often the sentences are gone through. Default 5. */
  readonly epochs?: number;
  /** At the beginning; falls in a straight line. Default 0.025. */
  readonly learningRate?: number;
  /** At the end. Default 1e-4, or `learningRate` where that is less. */
  readonly minLearningRate?: number;
  /** Called every few milliseconds. A promise is waited for; what it throws ends training. */
  readonly onProgress?: (progress: Progress) => unknown;
  /** Ends training once it is aborted. */
  readonly signal?: AbortSignal;
}

export interface Plan extends Required<Omit<FitOptions, "onProgress" | "signal">> {
  readonly sentences: Sentences;
  readonly onProgress: FitOptions["onProgress"];
  readonly signal: AbortSignal | undefined;
}

export function checkFitOptions(
  where: string,
  sentences: Sentences,
  options: FitOptions | undefined,
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

/** Sentences from one look at the clock to the next while words are counted. */
const sentencesAtATime = 256;

async function count(where: string, { sentences, signal }: Plan): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const pauses = new Pauses(signal);
  let n = 0;
  signal?.throwIfAborted();
  for (const sentence of sentences) {
    countWords(where, counts, checkSentence(where, sentence));
    if (++n % sentencesAtATime === 0) await pauses.pause();
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
    for (const given of sentences) {
      const sentence = checkSentence(where, given);
      for (let at = 0; at < sentence.length; ) {
        at = trainer.take(sentence, at);
        if (at < sentence.length) await step(epoch);
      }
    }
    await step(epoch);
  }
}
