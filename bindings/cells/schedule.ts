/**
 * How a batch of sequences is laid out for unrolling, as torch's PackedSequence lays it out: sorted by length, longest
 * first; step t has `sizes[t]` active rows, and the rows of all steps lie one after another. What is past the end of a
 * sequence is not in there at all.
 */
export interface Schedule {
  /** T: steps of the longest sequence. */
  readonly steps: number;
  /** B */
  readonly batch: number;
  /** P: steps of all sequences together. */
  readonly rows: number;
  /** [T] active rows a step, never more than the step before. */
  readonly sizes: Int32Array;
  /** [P] where each packed row stands among the rows of the whole input, [B·T] or, time-major, [T·B]. */
  readonly source: Int32Array;
  /** [P] for each packed row the packed row of the same sequence counted from its end: turns sequences around. */
  readonly mirror: Int32Array;
  /** [B] where each sequence's last step is, counting B rows of initial state first; row b itself where its length is 0. */
  readonly last: Int32Array;
  /** [B] the batch row at each place of the sorted batch; undefined where the order is the same. */
  readonly order: Int32Array | undefined;
  /** [B] the other way round. */
  readonly restore: Int32Array | undefined;
  /** Steps after which only the state is kept and backward computes the rest anew; undefined: everything is kept. */
  readonly checkpointEvery: number | undefined;
}

/** Consecutive steps of a schedule. */
export interface Part {
  readonly firstStep: number;
  readonly steps: number;
  readonly firstRow: number;
  readonly rows: number;
  /** As in the schedule, for these steps alone. */
  readonly last: Int32Array;
}

/** Lays out `batch` sequences of at most `time` steps. Lengths are checked by the caller; without them all are `time` long. */
export function layOut(
  batch: number,
  time: number,
  timeMajor: boolean,
  lengths: readonly number[] | undefined,
  checkpointEvery?: number,
): Schedule {
  const lengthOf = (b: number): number => (lengths ? lengths[b]! : time);
  const sorted = Array.from({ length: batch }, (_, b) => b);
  if (lengths) sorted.sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  const steps = lengthOf(sorted[0]!);
  const sizes = new Int32Array(steps);
  const starts = new Int32Array(steps);
  let rows = 0;
  for (let t = 0, active = batch; t < steps; t++) {
    while (lengthOf(sorted[active - 1]!) <= t) active--;
    sizes[t] = active;
    starts[t] = rows;
    rows += active;
  }
  const source = new Int32Array(rows);
  const mirror = new Int32Array(rows);
  const last = new Int32Array(batch);
  for (let i = 0; i < batch; i++) {
    const b = sorted[i]!;
    const length = lengthOf(b);
    for (let t = 0; t < length; t++) {
      const row = starts[t]! + i;
      source[row] = timeMajor ? t * batch + b : b * time + t;
      mirror[row] = starts[length - 1 - t]! + i;
    }
    last[i] = length > 0 ? batch + starts[length - 1]! + i : i;
  }
  const moved = sorted.some((b, i) => b !== i);
  const restore = moved
    ? sorted.reduce((to, b, i) => to.fill(i, b, b + 1), new Int32Array(batch))
    : undefined;
  return {
    steps,
    batch,
    rows,
    sizes,
    source,
    mirror,
    last,
    order: moved ? Int32Array.from(sorted) : undefined,
    restore,
    checkpointEvery,
  };
}

/** A schedule in parts of `checkpointEvery` steps; in one where there is nothing to cut. */
export function cut(schedule: Schedule): Part[] {
  const { steps, batch, rows, sizes, last, checkpointEvery } = schedule;
  if (checkpointEvery === undefined || checkpointEvery >= steps)
    return [{ firstStep: 0, steps, firstRow: 0, rows, last }];
  const parts: Part[] = [];
  for (let first = 0, row = 0; first < steps; first += checkpointEvery) {
    const part = sizes.subarray(first, first + checkpointEvery);
    const ends = Int32Array.from({ length: batch }, (_, b) => b);
    let taken = 0;
    for (const active of part) {
      for (let b = 0; b < active; b++) ends[b] = batch + taken + b;
      taken += active;
    }
    const place = { firstStep: first, steps: part.length, firstRow: row, rows: taken };
    parts.push({ ...place, last: ends });
    row += taken;
  }
  return parts;
}
