/** Something to time, in turn with others. */
export interface Contestant {
  /** One training step. */
  readonly step: () => void;
  /** Steps per round: enough for the clock. */
  readonly steps: number;
}

/**
 * Milliseconds per step of each contestant: the best of several rounds, in which all take their turn, so that a machine
 * that is busy for a while is busy for all of them.
 */
export function bestTimes(
  contestants: readonly Contestant[],
  rounds: number,
  clock: () => number = () => performance.now(),
): number[] {
  const best = contestants.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    contestants.forEach(({ step, steps }, i) => {
      const start = clock();
      for (let n = 0; n < steps; n++) step();
      best[i] = Math.min(best[i]!, (clock() - start) / steps);
    });
  }
  return best;
}
