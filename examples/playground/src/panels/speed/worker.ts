import { GRU, init, LSTM, RNN, randn, sum, valueAndGrad } from "gatewise";
import { jsKernels } from "gatewise/js";
import type { Trainee } from "../../lib/serve.ts";

const layers = { lstm: LSTM, gru: GRU, rnn: RNN };
/** Products of W x and R h in a step. */
const gates = { lstm: 4, gru: 3, rnn: 1 };

export interface Settings {
  readonly cell: keyof typeof layers;
  readonly batch: number;
  readonly time: number;
  readonly inputs: number;
  readonly units: number;
}

/** Milliseconds of one pass, the best of all rounds, and how many billion operations a second that makes. */
export interface Timing {
  readonly ms: number;
  readonly gflops: number;
}

export type Task = "forward" | "training";
export type Kernels = "wasm" | "js";

export interface Progress {
  /** What has been timed so far; none before the first round is over. */
  readonly timings: Readonly<Record<Task, Readonly<Record<Kernels, Timing | undefined>>>>;
  /** Rounds that are over, the one to warm up left out, and how many there will be. */
  readonly rounds: number;
  readonly of: number;
}

export type SpeedWork = { settings: Settings; progress: Progress; question: never; answer: never };

/** Rounds that count, after one in which engines warm up; and milliseconds that each of them gives to each pass, or one run if that takes longer. */
const ROUNDS = 5;
const SHARE = 60;

/** A round, in the order in which it is run. */
const round: readonly (readonly [Task, Kernels])[] = [
  ["forward", "wasm"],
  ["forward", "js"],
  ["training", "wasm"],
  ["training", "js"],
];

/** Before anything was timed. */
const never: number = Number.POSITIVE_INFINITY;

/** Milliseconds of the fastest of the runs that fit in the time there is. */
function best(run: () => void): number {
  let fastest = never;
  const end = performance.now() + SHARE;
  do {
    const start = performance.now();
    run();
    fastest = Math.min(fastest, performance.now() - start);
  } while (performance.now() < end);
  return fastest;
}

/** The same layer with both sets of kernels, timed in turn: a step is one pass with one of them. */
export async function create(settings: Settings): Promise<Trainee<SpeedWork>> {
  const { cell, batch, time, inputs, units } = settings;
  const x = randn([batch, time, inputs], { seed: 1 });
  const passes: Record<Kernels, Record<Task, () => void>> = {
    wasm: await layerPasses(),
    js: await layerPasses(jsKernels),
  };
  /** A product of [m, k] and [k, n] takes 2 m k n operations; backwards there are two for each. */
  const forward = 2 * batch * time * gates[cell] * units * (inputs + units);
  const operations = { forward, training: 3 * forward };
  const fastest = { forward: { wasm: never, js: never }, training: { wasm: never, js: never } };
  let steps = 0;

  async function layerPasses(kernels?: typeof jsKernels): Promise<Record<Task, () => void>> {
    await init({ replace: true, ...(kernels && { kernels }) });
    const layer = new layers[cell](inputs, units, { seed: 2 }); // belongs to these kernels from now on
    return {
      forward: () => void layer.forward(x),
      training: () => void valueAndGrad(() => sum(layer.forward(x).output), layer.parameters()),
    };
  }

  const roundsOver = (): number => Math.max(0, Math.floor(steps / round.length) - 1);
  const timing = (task: Task, kernels: Kernels): Timing | undefined => {
    const ms = fastest[task][kernels];
    return ms === never || roundsOver() === 0
      ? undefined
      : { ms, gflops: operations[task] / ms / 1e6 };
  };
  return {
    step() {
      const [task, kernels] = round[steps++ % round.length]!;
      const ms = best(passes[kernels][task]);
      if (steps > round.length) fastest[task][kernels] = Math.min(fastest[task][kernels], ms);
    },
    progress: () => ({
      timings: {
        forward: { wasm: timing("forward", "wasm"), js: timing("forward", "js") },
        training: { wasm: timing("training", "wasm"), js: timing("training", "js") },
      },
      rounds: roundsOver(),
      of: ROUNDS,
    }),
    done: () => roundsOver() >= ROUNDS,
  };
}
