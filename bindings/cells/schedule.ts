/**
 * Which steps of each sequence count: a number of them, from the first on, or the places of those that do in the order in
 * which they are to be run.
 */
export type Counted = readonly (number | Int32Array)[];

/**
 * How a batch of sequences is laid out for unrolling, as torch's PackedSequence lays it out: sorted by length, longest
 * first; step t has `sizes[t]` active rows, and the rows of all steps lie one after another. What does not count, such as
 * the steps past the end of a sequence, is not in there at all.
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
  /** Whether packed rows are the input's rows as they stand. */
  readonly inPlace: boolean;
  /** [P] for each packed row the packed row of the same sequence counted from its end: turns sequences around. */
  readonly mirror: Int32Array;
  /** [B] the batch row at each place of the sorted batch; undefined where the order is the same. */
  readonly order: Int32Array | undefined;
  /** [B] the other way round. */
  readonly restore: Int32Array | undefined;
  /** The steps in parts: of each only the state is kept, and backward computes the rest anew. One part: everything is kept. */
  readonly parts: readonly Part[];
}

/** Consecutive steps of a schedule. */
export interface Part {
  readonly firstStep: number;
  readonly steps: number;
  readonly firstRow: number;
  readonly rows: number;
  /** [B] where each sequence's last step is, counting B rows of state before the part; row b itself where it has none in it. */
  readonly last: Int32Array;
}

/** Layouts of full-length batches, which are the same step after step; the latest few. */
const known = new Map<string, Schedule>();
const mostKnown = 8;

/**
 * Lays out `batch` sequences of at most `time` steps. What counts is checked by the caller; without it everything does.
 * `checkpointEvery` steps make a part; without it all do.
 */
export function layOut(
  batch: number,
  time: number,
  timeMajor: boolean,
  counted: Counted | undefined,
  checkpointEvery: number = time,
): Schedule {
  if (counted) return arrange(batch, time, timeMajor, counted, checkpointEvery);
  const key = `${batch} ${time} ${timeMajor} ${checkpointEvery}`;
  let schedule = known.get(key);
  if (!schedule) {
    const full = new Array<number>(batch).fill(time);
    schedule = arrange(batch, time, timeMajor, full, checkpointEvery);
    if (known.size === mostKnown) known.delete(known.keys().next().value!);
    known.set(key, schedule);
  }
  return schedule;
}

function arrange(
  batch: number,
  time: number,
  timeMajor: boolean,
  counted: Counted,
  checkpointEvery: number,
): Schedule {
  const lengths = counted.map((steps) => (typeof steps === "number" ? steps : steps.length));
  const sorted = Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const steps = lengths[sorted[0]!]!;
  const sizes = new Int32Array(steps);
  const starts = new Int32Array(steps);
  let rows = 0;
  for (let t = 0, active = batch; t < steps; t++) {
    while (lengths[sorted[active - 1]!]! <= t) active--;
    sizes[t] = active;
    starts[t] = rows;
    rows += active;
  }
  const source = new Int32Array(rows);
  const mirror = new Int32Array(rows);
  const restore = new Int32Array(batch);
  sorted.forEach((b, i) => {
    const [length, places] = [lengths[b]!, counted[b]!];
    restore[b] = i;
    for (let t = 0; t < length; t++) {
      const row = starts[t]! + i;
      const place = typeof places === "number" ? t : places[t]!;
      source[row] = timeMajor ? place * batch + b : b * time + place;
      mirror[row] = starts[length - 1 - t]! + i;
    }
  });
  const moved = sorted.some((b, i) => b !== i);
  return {
    steps,
    batch,
    rows,
    sizes,
    source,
    inPlace: rows === batch * time && source.every((place, row) => place === row),
    mirror,
    order: moved ? Int32Array.from(sorted) : undefined,
    restore: moved ? restore : undefined,
    parts: cut(batch, sizes, checkpointEvery),
  };
}

/** Steps in parts of `every`; one part where there is no step at all. */
function cut(batch: number, sizes: Int32Array, every: number): Part[] {
  const parts: Part[] = [];
  let row = 0;
  for (let first = 0; first < Math.max(sizes.length, 1); first += every) {
    const part = sizes.subarray(first, first + every);
    const last = Int32Array.from({ length: batch }, (_, b) => b);
    let rows = 0;
    for (const active of part) {
      for (let b = 0; b < active; b++) last[b] = batch + rows + b;
      rows += active;
    }
    parts.push({ firstStep: first, steps: part.length, firstRow: row, rows, last });
    row += rows;
  }
  return parts;
}
