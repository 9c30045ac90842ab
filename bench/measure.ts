import { readFileSync } from "node:fs";
import { measure } from "mitata";

/** Something to be timed. */
export interface Contestant {
  readonly name: string;
  readonly step: () => unknown;
}

/** Nanoseconds of one call. */
export interface Timing {
  readonly best: number;
  readonly median: number;
}

const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)]!;

/**
 * Times contestants in turn, round after round, so that what slows the machine down for a while slows all of them.
 * `cpuMs`: how long each is run in a round.
 */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
  cpuMs: number,
): Promise<Timing[]> {
  const samples = contestants.map((): number[] => []);
  for (const { step } of contestants) for (let i = 0; i < 3; i++) step();
  for (let round = 0; round < rounds; round++) {
    for (const [i, { step }] of contestants.entries()) {
      const stats = await measure(step, { min_cpu_time: cpuMs * 1e6, min_samples: 3 });
      samples[i]!.push(...stats.samples);
    }
  }
  return samples.map((all) => {
    const sorted = all.sort((a, b) => a - b);
    return { best: sorted[0]!, median: middle(sorted) };
  });
}

/** The contestant that measures the machine: vector multiply-adds of registers. Its step returns nothing of use. */
export function peakContestant(): Contestant & { readonly operations: number } {
  const module = new WebAssembly.Module(
    readFileSync(new URL("../build/peak.wasm", import.meta.url)),
  );
  const { peak } = new WebAssembly.Instance(module, { env: { abort() {} } }).exports as {
    peak: (p: number, turns: number) => number;
  };
  const turns = 200_000;
  return { name: "peak", operations: peak(1024, turns), step: () => peak(1024, turns) };
}
