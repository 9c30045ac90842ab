// Digits read row by row: the network, and what it is trained on.
import { gunzip, readIdx } from "gatewise/data";
import { type Digits, drawDigits, SIDE } from "../../../../support/digits.ts";
import { type IdxFile, toDigits } from "../../../../support/mnist.ts";
import { batch } from "../../../../support/rows.ts";
import type { Trainee } from "../../lib/serve.ts";
import { DigitReader, type ReaderSettings, type Reading } from "./reader.ts";

/** A file that was dropped on the page. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

export interface DigitsWork {
  readonly settings: ReaderSettings;
  readonly progress: {
    /** Mean of the batches since the last report; NaN where there were none. */
    readonly loss: number;
    /** How many digits are held out, and the share of them that is read rightly after the last row. */
    readonly held: number;
    readonly accuracy: number;
    /** What is made of the picture that was handed over last. */
    readonly reading: Reading | undefined;
  };
  readonly question:
    | { readonly type: "read"; readonly picture: Float32Array }
    | { readonly type: "sample" }
    | { readonly type: "files"; readonly files: readonly DroppedFile[] };
  readonly answer: DigitsAnswer;
}

export type DigitsAnswer =
  | { readonly type: "reading"; readonly reading: Reading }
  /** 28 x 28 from 0 (paper) to 1 (ink). */
  | { readonly type: "sample"; readonly picture: Float32Array; readonly label: number }
  | { readonly type: "digits"; readonly train: number; readonly test: number };

const BATCH = 50;
/** Training pauses after so many steps; who likes goes on. */
const STEPS = 2000;
/** How many digits are held out to be tested on. */
const TESTED = 300;
/** Milliseconds from one test to the next. */
const BETWEEN_TESTS = 400;

/** Digits to learn from, handed out in batches, and digits to be tested on. */
interface Source {
  next(): Digits;
  readonly test: Digits;
}

const AREA = SIDE * SIDE;

const take = ({ images, labels }: Digits, from: number, count: number): Digits => ({
  count,
  images: images.subarray(AREA * from, AREA * (from + count)),
  labels: labels.subarray(from, from + count),
});

/** How many digits are drawn before they come again: drawing one takes as long as learning from five. */
const DRAWN = 3000;

/** Digits drawn as they are needed. */
function drawnSource(seed: number): Source {
  const images = new Uint8Array(DRAWN * AREA);
  const labels = new Uint8Array(DRAWN);
  const all: Digits = { count: DRAWN, images, labels };
  let [drawn, from] = [0, 0];
  return {
    test: drawDigits(TESTED, { seed, first: DRAWN }),
    next() {
      if (from === drawn) {
        const fresh = drawDigits(BATCH, { seed, first: drawn });
        images.set(fresh.images, drawn * AREA);
        labels.set(fresh.labels, drawn);
        drawn += BATCH;
      }
      const digits = take(all, from, BATCH);
      from = (from + BATCH) % DRAWN;
      return digits;
    },
  };
}

/** The digits of files, again and again; without ones of their own for testing their last. */
function fileSource(train: Digits, test: Digits): Source {
  let from = -BATCH;
  return {
    test,
    next() {
      from = from + 2 * BATCH > train.count ? 0 : from + BATCH;
      return take(train, from, Math.min(BATCH, train.count));
    },
  };
}

/** MNIST's files by what is in them: pictures go with the labels of which there are as many. The larger part is learned from. */
async function openFiles(files: readonly DroppedFile[]): Promise<{ train: Digits; test: Digits }> {
  const opened = await Promise.all(
    files.map(async ({ name, bytes }): Promise<IdxFile> => {
      try {
        return { name, ...readIdx(await gunzip(bytes)) };
      } catch {
        throw new Error(`${name} is not an MNIST file (IDX, plain or gzip).`);
      }
    }),
  );
  const labels = opened.filter(({ shape }) => shape.length === 1);
  const parts = opened
    .filter(({ shape }) => shape.length > 1)
    .map((images) => {
      const own = labels.find(({ shape }) => shape[0] === images.shape[0]) ?? labels[0];
      if (!own) throw new Error(`${images.name}: expected a file of labels with it, got none`);
      return toDigits(images, own);
    })
    .sort((a, b) => b.count - a.count);
  const [train, test] = parts;
  if (!train) throw new Error(`${files[0]!.name}: expected a file of pictures with it, got none`);
  if (test) return { train, test: take(test, 0, Math.min(TESTED, test.count)) };
  const held = Math.min(TESTED, Math.floor(train.count / 2));
  return {
    train: take(train, 0, train.count - held),
    test: take(train, train.count - held, held),
  };
}

/** Stays when the network is made anew. */
let source: Source | undefined;
let picture: Float32Array | undefined;

export function create(settings: ReaderSettings): Trainee<DigitsWork> {
  source ??= drawnSource(settings.seed);
  const reader = new DigitReader(settings);
  let losses: number[] = [];
  let [accuracy, tested] = [0, Number.NEGATIVE_INFINITY];
  let [steps, samples] = [0, 0];

  return {
    step() {
      const digits = source!.next();
      losses.push(reader.step(batch(digits, 0, digits.count)));
      steps++;
    },
    done: () => steps % STEPS === 0,
    progress() {
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      losses = [];
      if (performance.now() - tested > BETWEEN_TESTS || steps % STEPS === 0) {
        accuracy = reader.accuracy(source!.test);
        tested = performance.now();
      }
      return { loss, held: source!.test.count, accuracy, reading: picture && reader.read(picture) };
    },
    adjust({ learningRate }) {
      reader.learningRate = learningRate;
    },
    async answer(question) {
      switch (question.type) {
        case "read":
          picture = question.picture;
          return { type: "reading", reading: reader.read(picture) };
        case "sample": {
          const { images, labels, count } = source!.test;
          const n = samples++ % count;
          const bytes = images.subarray(AREA * n, AREA * (n + 1));
          const sample = Float32Array.from(bytes, (byte) => byte / 255);
          return { type: "sample", picture: sample, label: labels[n]! };
        }
        case "files": {
          const { train, test } = await openFiles(question.files);
          source = fileSource(train, test);
          tested = Number.NEGATIVE_INFINITY;
          return { type: "digits", train: train.count, test: test.count };
        }
      }
    },
  };
}
