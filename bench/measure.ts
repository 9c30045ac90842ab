import { readFileSync } from "node:fs";
import { measure } from "mitata";

/** Something to be timed. */
export interface Contestant {
  /** One run; a promise is waited for. */
  readonly step?: () => unknown;
  /** Instead of `step`, by a clock of its own: nanoseconds of each of several runs. */
  readonly sample?: (ms: number) => Promise<readonly number[]>;
  /** Called before each turn. */
  readonly prepare?: () => void | Promise<void>;
}

/** Nanoseconds of one call: the best of all, and the median of each round (of the rounds it took part in). */
export interface Timing {
  readonly best: number;
  readonly rounds: readonly number[];
  /** Why it did not finish. */
  readonly failure?: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Beyond this one run a turn is enough, with no warming up: milliseconds. */
const SLOW = 150;
/** Who has been running for this long drops out of the later rounds: milliseconds. */
const ENOUGH = 3000;

/** Warming up: milliseconds of a try, and of all of them. */
const WARM = 150;
const PATIENCE = 2000;

async function turn(contestant: Contestant, ms: number, slow: boolean): Promise<readonly number[]> {
  await contestant.prepare?.();
  if (contestant.sample) return contestant.sample(slow ? 0 : ms);
  if (!slow) {
    const options = { min_cpu_time: ms * 1e6, min_samples: 2, batch_samples: 512, gc: false };
    return (await measure(contestant.step!, options)).samples;
  }
  const start = performance.now();
  await contestant.step!();
  return [(performance.now() - start) * 1e6];
}

/**
 * Times contestants in turn, round after round, so that what slows the machine down for a while slows all of them.
 * `ms`: how long each is run in a round.
 */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
  ms: number,
): Promise<Timing[]> {
  const state: State[] = contestants.map((contestant) => ({
    contestant,
    best: Number.POSITIVE_INFINITY,
    rounds: [],
    spent: 0,
    slow: true,
  }));
  for (let round = -1; round < rounds; round++)
    for (const mine of state) {
      if (mine.spent > ENOUGH * 1e6 || mine.failure) continue;
      try {
        if (round < 0) await warmUp(mine);
        else add(mine, await turn(mine.contestant, ms, mine.slow));
      } catch (error) {
        mine.failure = (error as Error).message;
      }
    }
  return state;
}

/**
 * Runs until it gets no faster. Libraries that are JavaScript through and through take a second for that on one core,
 * and a forced garbage collection throws it away again (three times slower for the next tenth of a second): there is none.
 */
async function warmUp(mine: State): Promise<void> {
  const first = await turn(mine.contestant, 0, true);
  if (first[0]! > ENOUGH * 1e6) return add(mine, first); // one run is all it gets
  let [fastest, idle] = [first[0]!, 0];
  const end = performance.now() + PATIENCE;
  while (idle < 2 && performance.now() < end) {
    mine.slow = fastest > SLOW * 1e6;
    const now = median(await turn(mine.contestant, WARM, mine.slow));
    idle = now < 0.9 * fastest ? 0 : idle + 1;
    fastest = Math.min(fastest, now);
  }
  mine.slow = fastest > SLOW * 1e6;
}

function add(mine: State, samples: readonly number[]): void {
  mine.rounds.push(median(samples));
  mine.best = Math.min(mine.best, min(samples));
  mine.spent += samples.reduce((sum, n) => sum + n, 0);
}

interface State {
  readonly contestant: Contestant;
  best: number;
  rounds: number[];
  spent: number;
  slow: boolean;
  failure?: string;
}

const min = (values: readonly number[]): number =>
  values.reduce((least, n) => Math.min(least, n), Number.POSITIVE_INFINITY);

/** How many times longer `a` took than `b`: best against best, and the median of the rounds that both took part in. */
export function ratio(a: Timing, b: Timing): { best: number; median: number } {
  const together = a.rounds.slice(0, b.rounds.length).map((n, round) => n / b.rounds[round]!);
  return { best: a.best / b.best, median: median(together) };
}

/** The contestant that measures the machine: vector multiply-adds of registers. */
export function peakContestant(): Contestant & { readonly operations: number } {
  const module = new WebAssembly.Module(
    readFileSync(new URL("../build/peak.wasm", import.meta.url)),
  );
  const { peak } = new WebAssembly.Instance(module, { env: { abort() {} } }).exports as {
    peak: (p: number, turns: number) => number;
  };
  const turns = 200_000;
  return { operations: peak(1024, turns), step: () => peak(1024, turns) };
}
