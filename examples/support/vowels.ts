import { join } from "node:path";
import { UserError } from "./errors.ts";
import { readTextFile } from "./files.ts";
import { generator } from "./generator.ts";

export const SPEAKERS = 9;
export const FEATURES = 12;

/** Utterances, each 7 to 29 steps of 12 features, and who spoke them: 0 to 8. */
export interface Utterances {
  readonly sequences: readonly Float32Array[][];
  readonly speakers: Uint8Array;
}

/** How many utterances of each speaker, one speaker after the other, the files have. */
const counts = {
  "ae.train": [30, 30, 30, 30, 30, 30, 30, 30, 30],
  "ae.test": [31, 35, 88, 44, 29, 24, 40, 50, 29],
};

/** What `--data DIR` is for. */
export const VOWELS_FOLDER = `folder with ae.train and ae.test, the Japanese Vowels data
(archive.ics.uci.edu/dataset/128); drawn here if not given`;

/**
 * Reads the Japanese Vowels data (Kudo, Toyama and Shimbo 1999): a step a line; an empty line, a line of ones or both end an
 * utterance. Throws a UserError that names the file where anything is amiss.
 */
export const readVowels = (directory: string): { train: Utterances; test: Utterances } => ({
  train: readUtterances(directory, "ae.train"),
  test: readUtterances(directory, "ae.test"),
});

function readUtterances(directory: string, name: keyof typeof counts): Utterances {
  const path = join(directory, name);
  const text = readTextFile(path);
  const sequences: Float32Array[][] = [[]];
  for (const [n, line] of text.split(/\r?\n/).entries()) {
    const step = Float32Array.from(line.trim().split(/\s+/), Number);
    if (line.trim() === "" || step.every((value) => value === 1)) {
      if (sequences.at(-1)!.length > 0) sequences.push([]);
    } else if (step.length !== FEATURES || step.some(Number.isNaN)) {
      const got = JSON.stringify(line.slice(0, 40));
      throw new UserError(`${path}: expected ${FEATURES} numbers in line ${n + 1}, got ${got}`);
    } else {
      sequences.at(-1)!.push(step);
    }
  }
  if (sequences.at(-1)!.length === 0) sequences.pop();
  const speakers = counts[name].flatMap((count, speaker) => Array<number>(count).fill(speaker));
  if (sequences.length !== speakers.length) {
    throw new UserError(`${path}: expected ${speakers.length} utterances, got ${sequences.length}`);
  }
  return { sequences, speakers: Uint8Array.from(speakers) };
}

/**
 * Utterances made up: each speaker has features of their own that rise and fall over the utterance, long or short, with a
 * noise that hides them in any single step. Utterance n of a seed is the same whatever else is drawn: `first` picks where to start.
 */
export function drawUtterances(
  count: number,
  { seed, first = 0 }: { seed: number; first?: number },
): Utterances {
  const voice = generator(seed, -1);
  const voices = Array.from({ length: SPEAKERS * FEATURES }, () => [voice() - 0.5, voice() - 0.5]);
  const speakers = new Uint8Array(count);
  const sequences = Array.from({ length: count }, (_, n) => {
    const random = generator(seed, first + n);
    const speaker = Math.floor(SPEAKERS * random());
    speakers[n] = speaker;
    const steps = 7 + Math.floor(23 * random());
    return Array.from({ length: steps }, (_, t) =>
      Float32Array.from({ length: FEATURES }, (_, f) => {
        const [level, slope] = voices[speaker * FEATURES + f] as [number, number];
        return level + 2 * slope * (t / (steps - 1) - 0.5) + 3 * (random() + random() - 1);
      }),
    );
  });
  return { sequences, speakers };
}
