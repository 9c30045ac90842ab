import { describe, expect, it } from "vitest";
import { type TrainingField, trainingFields } from "../../bindings/word2vec/table.ts";
import { expectClose } from "../close.ts";
import { random, uniform } from "../reference/random.ts";
import { type Call, trainWordVectors } from "../reference/word-vectors.ts";
import { kernelSets, type Slot, TestHeap } from "./harness.ts";

const SEED = [0x9abc_def0, 0xfedc_ba98] as const;
const STREAM = 0x4000_0003;
const WORDS = 7;

const up = (n: number, to: number): number => Math.ceil(n / to) * to;

interface Case {
  readonly size: number;
  readonly window: number;
  readonly negative: number;
  readonly cbow: boolean;
}

/** Sentences of every length about a vector's, none at all among them; few words, so that rows meet in one step. */
function callOf({ size, window, negative, cbow }: Case): Call {
  const next = random(size + 100 * window + negative);
  const whole = (below: number): number => Math.floor(next() * below);
  const rows = (seed: number): Float64Array[] =>
    Array.from({ length: WORDS }, (_, word) => uniform(size, 1000 * seed + word));
  return {
    input: rows(1),
    output: rows(2),
    sentences: [9, 0, 1, 17, 2, 5].map((n) => Array.from({ length: n }, () => whole(WORDS))),
    keep: Array.from({ length: WORDS }, (_, word) => (word % 3 ? 2 ** 32 - 1 : 2 ** 31)),
    noise: Array.from({ length: WORDS }, () => [whole(2 ** 32), whole(WORDS)] as const),
    window,
    negative,
    cbow,
    rate: 0.25,
    seed: SEED,
    stream: STREAM,
  };
}

const flat = (rows: readonly Float64Array[]): number[] => rows.flatMap((row) => [...row]);

/** The call's arrays in the kernels' memory: addresses by the table's names, and the slots of what changes. */
function place(heap: TestHeap, call: Call) {
  const words = call.sentences.flatMap((sentence) => [...sentence, -1]);
  const size = call.input[0]!.length;
  const rows = up(call.negative + 1, 6);
  const work = (n: number): number => heap.output(new Float32Array(up(n, 4))).at;
  const [input, output] = [heap.output(flat(call.input)), heap.output(flat(call.output))];
  const table: Record<TrainingField, number> = {
    input: input.at,
    output: output.at,
    vocabulary: WORDS,
    size,
    window: call.window,
    negative: call.negative,
    cbow: call.cbow ? 1 : 0,
    seedLow: SEED[0],
    seedHigh: SEED[1],
    keep: heap.integers(call.keep).at,
    noise: heap.integers(call.noise.flat()).at,
    words: heap.integers(words).at,
    kept: work(words.length),
    random: work(words.length),
    draws: work(2 * call.window * call.negative),
    rows: work(rows),
    slopes: work(rows),
    mean: work(size),
    error: work(size),
    stream: 0,
    block: 0,
  };
  const at = heap.output(new Float32Array(trainingFields.length));
  return { input, output, at, table, n: words.length };
}

/** Writes the table as whole numbers: floats would not hold them. */
function write(heap: TestHeap, slot: Slot, table: Record<TrainingField, number>): void {
  const words = Int32Array.from(trainingFields, (field) => table[field]);
  heap.write(slot, new Float32Array(words.buffer));
}

const cases: Case[] = [false, true].flatMap((cbow) => [
  ...[4, 8, 12, 20, 100].map((size) => ({ size, window: 3, negative: 5, cbow })),
  ...[1, 2, 6, 12, 13].map((negative) => ({ size: 8, window: 2, negative, cbow })),
  { size: 4, window: 1, negative: 5, cbow },
  { size: 4, window: 40, negative: 3, cbow },
]);

describe.each(kernelSets)("word_vectors_train [$name]", (set) => {
  it.each(cases)("size $size, window $window, $negative of noise, CBOW $cbow", (one) => {
    const call = callOf(one);
    const heap = new TestHeap(set);
    const { input, output, at, table, n } = place(heap, call);
    write(heap, at, table);
    heap.kernels.word_vectors_train(at.at, n, call.rate, STREAM);
    const { left, steps } = trainWordVectors(call);
    expect(left).toBeLessThan(34); // some words were left out
    expect(steps).toBeGreaterThan(15);
    const tolerance = { atol: 2e-6, rtol: 2e-5 };
    expectClose(heap.floats(input), flat(call.input), tolerance, "input");
    expectClose(heap.floats(output), flat(call.output), tolerance, "output");
    heap.check();
  });

  it("does nothing with no words, and with sentences of one", () => {
    const call = { ...callOf(cases[0]!), sentences: [[], [3], [5]] };
    const heap = new TestHeap(set);
    const { input, output, at, table, n } = place(heap, call);
    write(heap, at, table);
    heap.kernels.word_vectors_train(at.at, 0, 1, STREAM);
    heap.kernels.word_vectors_train(at.at, n, 1, STREAM);
    expect([...heap.floats(input)]).toEqual(flat(call.input));
    expect([...heap.floats(output)]).toEqual(flat(call.output));
  });
});
