import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Word2VecOptions } from "gatewise/word2vec";
import type { Reason } from "./peer.ts";

/** Seconds that a training took: to count the words, and to train. */
export interface Seconds {
  readonly count: number;
  readonly train: number;
}

/** gensim's Word2Vec in a process of its own, with one worker, on the sentences it was started with. */
export interface Gensim {
  readonly version: string;
  /** Trains a model, in the place of the one before. */
  train(options: Required<Word2VecOptions>, learningRate: number, epochs: number): Promise<Seconds>;
  /** The words nearest to each of some, of the model trained last. */
  nearest(words: readonly string[], n: number): Promise<readonly (readonly string[])[]>;
  close(): void;
}

const pythons = ["python3", "/usr/bin/python3"];

/** Starts it, or says why it cannot. */
export async function startGensim(
  sentences: readonly (readonly string[])[],
): Promise<Gensim | Reason> {
  const python = pythons.find((p) => spawnSync(p, ["-c", "import gensim"]).status === 0);
  if (!python) return { reason: "not installed: python3 has no gensim" };
  const program = fileURLToPath(new URL("./gensim_bench.py", import.meta.url));
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const child = spawn(python, [program], { stdio: ["pipe", "pipe", "inherit"], env });
  child.stdin.on("error", () => undefined); // that it is gone shows where its answer is awaited
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await answers.next();
    if (done) throw new Error("gensim_bench.py has ended");
    return JSON.parse(value) as T;
  };
  const ask = <T>(request: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer<T>();
  };

  const { version } = await answer<{ version: string }>();
  const folder = mkdtempSync(join(tmpdir(), "gatewise-gensim-"));
  try {
    const file = join(folder, "sentences");
    writeFileSync(file, sentences.map((words) => `${words.join(" ")}\n`).join(""));
    await ask({ do: "load", file });
  } finally {
    rmSync(folder, { recursive: true });
  }
  return {
    version,
    train: (options, learningRate, epochs) =>
      ask({
        do: "train",
        options: {
          sg: options.architecture === "skipgram" ? 1 : 0,
          vector_size: options.vectorSize,
          window: options.window,
          negative: options.negative,
          min_count: options.minCount,
          sample: options.subsample,
          seed: options.seed,
          alpha: learningRate,
          epochs,
        },
      }),
    nearest: async (words, n) => {
      const request = { do: "nearest", words, n };
      return (await ask<{ nearest: string[][] }>(request)).nearest;
    },
    close: () => child.stdin.end(),
  };
}
