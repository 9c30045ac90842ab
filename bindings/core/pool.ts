import { valueError } from "./check.ts";
import { bindKernels, type KernelInstance, type Kernels } from "./kernels.ts";
import { withSharedMemory } from "./shared-memory.ts";

/** Words of the memory by which threads talk to one another. */
const word = { ticket: 0, done: 1, failed: 2, kernel: 3, table: 4, stage: 5, ready: 6 } as const;

/** How often a thread looks before it goes to sleep: some 0.1 ms, what the main thread does between two layers. */
const spins = 30_000;

/** Milliseconds that a stage is given, and a second more for each of its billions of operations. */
const usualPatience = 10_000;

/** The kernels that threads share, by their place in this list. */
const shared = ["rnn", "gru", "lstm"].flatMap((cell) => [
  `_${cell}_forward_stage`,
  `_${cell}_backward_stage`,
]);

type Stage = (table: number, stage: number, part: number, parts: number) => void;

/**
 * What a thread runs. It is given the module, the memory, the words above and its part, and does that part of every stage
 * it is told of. Names of CommonJS (`module`, `exports`) are taken there in Deno. A page's Worker could run the same once
 * there is need of it.
 */
const program = `
const { workerData } = process.getBuiltinModule("node:worker_threads");
const { memory, control, part, parts, shared, spins, word } = workerData;
const { exports: kernels } = new WebAssembly.Instance(workerData.module, { env: { memory } });
const words = new Int32Array(control);
Atomics.add(words, word.ready, 1);
Atomics.notify(words, word.ready);
for (let seen = 0; ; ) {
  for (let i = 0; Atomics.load(words, word.ticket) === seen; i++)
    if (i >= spins) Atomics.wait(words, word.ticket, seen);
  seen = Atomics.load(words, word.ticket);
  try {
    kernels[shared[words[word.kernel]]](words[word.table], words[word.stage], part, parts);
  } catch (error) {
    Atomics.store(words, word.failed, 1);
  }
  Atomics.add(words, word.done, 1);
  Atomics.notify(words, word.done);
}
`;

interface Thread {
  terminate(): Promise<number>;
  unref(): void;
  once(event: "error", listener: (error: Error) => void): void;
}

interface WorkerThreads {
  readonly Worker: new (source: string, options: { eval: true; workerData: unknown }) => Thread;
}

/** A module of Node's (20.16 or newer), without an import that a bundler for pages would stumble over. */
export function builtin(name: string): unknown {
  const host = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } })
    .process;
  return host?.getBuiltinModule?.(name);
}

function workerThreads(where: string, threads: number): WorkerThreads {
  const found = builtin("node:worker_threads");
  if (!found) throw valueError(where, "threads to be 1 outside Node (20.16 or newer)", threads);
  return found as WorkerThreads;
}

/** Threads that do parts of a sequence's passes. The main thread is one of them. */
export class Pool {
  readonly threads: number;
  readonly #words: Int32Array;
  readonly #stages: Readonly<Record<string, Stage>>;
  readonly #workers: readonly Thread[];
  readonly #patience: number;
  #broken = false;

  constructor(
    words: Int32Array,
    stages: Readonly<Record<string, Stage>>,
    workers: readonly Thread[],
    patience: number,
  ) {
    this.#words = words;
    this.#stages = stages;
    this.#workers = workers;
    this.#patience = patience;
    this.threads = workers.length + 1;
  }

  /** Whether it can be used: not after a thread has failed. */
  get usable(): boolean {
    return !this.#broken;
  }

  /**
   * Runs the stages of a pass: the first and the last alone, those between shared out. Throws where a thread fails or gives
   * no sign in time; the other threads are ended then, and everything that comes later runs on one.
   */
  run(kernel: string, table: number, operations: number): void {
    const stage = this.#stages[kernel]!;
    stage(table, 0, 0, 1);
    this.#share(kernel, table, 1, operations);
    this.#share(kernel, table, 2, operations);
    stage(table, 3, 0, 1);
  }

  #share(kernel: string, table: number, stage: number, operations: number): void {
    const words = this.#words;
    words[word.kernel] = shared.indexOf(kernel);
    words[word.table] = table;
    words[word.stage] = stage;
    Atomics.store(words, word.done, 0);
    Atomics.add(words, word.ticket, 1);
    Atomics.notify(words, word.ticket);
    let trap: unknown;
    try {
      this.#stages[kernel]!(table, stage, 0, this.threads);
    } catch (error) {
      trap = error; // the others are still at work: first wait for them
    }
    this.#waitForAll(this.#patience + operations / 1e6);
    if (trap !== undefined || Atomics.load(words, word.failed) !== 0)
      this.#fail("a kernel trapped", trap);
  }

  #waitForAll(milliseconds: number): void {
    const words = this.#words;
    const others = this.threads - 1;
    for (let i = 0; i < spins; i++) if (Atomics.load(words, word.done) === others) return;
    for (let done = Atomics.load(words, word.done); done < others; ) {
      if (Atomics.wait(words, word.done, done, milliseconds) === "timed-out")
        this.#fail(`a thread gave no sign for ${(milliseconds / 1000).toFixed(0)} seconds`);
      done = Atomics.load(words, word.done);
    }
  }

  /** Ends the other threads. */
  close(): void {
    this.#broken = true;
    for (const worker of this.#workers) void worker.terminate();
  }

  #fail(what: string, cause?: unknown): never {
    this.close();
    throw new Error(
      `gatewise: ${what}; nothing was updated, and what comes now runs on one thread`,
      { cause },
    );
  }
}

/** How long threads may take to start. */
const startUp = 30_000;

/**
 * Kernels over a shared memory, and a pool of `threads` threads (the calling one among them) that work on it. The threads end
 * with the program and do not keep it alive.
 */
export async function startPool(
  where: string,
  bytes: Uint8Array<ArrayBuffer>,
  threads: number,
  patience: number = usualPatience,
): Promise<KernelInstance & { readonly pool: Pool }> {
  const { Worker } = workerThreads(where, threads);
  const module = await WebAssembly.compile(withSharedMemory(bytes));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const bound = bindKernels<Kernels & Record<string, Stage>>(module, memory);
  const control = new SharedArrayBuffer(4 * Object.keys(word).length);
  const words = new Int32Array(control);
  const workers = Array.from({ length: threads - 1 }, (_, i) => {
    const workerData = {
      module,
      memory,
      control,
      part: i + 1,
      parts: threads,
      shared,
      spins,
      word,
    };
    return new Worker(program, { eval: true, workerData });
  });
  const failed = new Promise<never>((_, reject) => {
    for (const worker of workers) worker.once("error", reject);
  });
  const ready = async (): Promise<void> => {
    const end = Date.now() + startUp;
    while (Atomics.load(words, word.ready) < workers.length) {
      if (Date.now() > end)
        throw new Error(`${where}: expected ${threads} threads, got no sign of some`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  try {
    await Promise.race([ready(), failed]);
  } catch (error) {
    for (const worker of workers) void worker.terminate();
    throw error;
  }
  failed.catch(() => {}); // from now on a thread that dies is one that gives no sign
  for (const worker of workers) worker.unref();
  const pool = new Pool(words, bound.kernels, workers, patience);
  return { ...bound, pool };
}
