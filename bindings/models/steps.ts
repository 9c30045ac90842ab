import type { Counted, Schedule } from "../cells/schedule.ts";
import { zeros } from "../core/create.ts";
import type { Tensor } from "../core/tensor.ts";
import { gatherRows } from "../ops/rows.ts";
import { concat } from "../ops/shape.ts";
import type { Mask } from "./mask.ts";

/** The steps of each sequence that count, in the order in which they are run; undefined where that is all of them, forwards. */
export function countedSteps(
  batch: number,
  time: number,
  mask: Mask | undefined,
  backwards: boolean,
): Counted | undefined {
  if (!mask && !backwards) return undefined;
  const order = Int32Array.from({ length: time }, (_, t) => (backwards ? time - 1 - t : t));
  return Array.from({ length: batch }, (_, b) =>
    mask ? order.filter((t) => mask.steps[b * time + t] === 1) : order,
  );
}

/** For each place [batch · time] the packed row of that step; -1 where the step does not count. */
export function ownRows({ batch, source }: Schedule, time: number): Int32Array {
  const rows = new Int32Array(batch * time).fill(-1);
  source.forEach((place, row) => {
    rows[place] = row;
  });
  return rows;
}

/** As `ownRows`; where a step does not count the row of the last one before it that did, in the order of running, if any. */
export function heldRows(schedule: Schedule, time: number, backwards: boolean): Int32Array {
  const held = ownRows(schedule, time);
  for (let b = 0; b < schedule.batch; b++) {
    for (let k = 1; k < time; k++) {
      const t = backwards ? time - 1 - k : k;
      const place = b * time + t;
      if (held[place] === -1) held[place] = held[backwards ? place + 1 : place - 1]!;
    }
  }
  return held;
}

/** The last of them for each sequence: [batch]. */
export const lastHeld = (
  held: Int32Array,
  batch: number,
  time: number,
  backwards: boolean,
): Int32Array =>
  Int32Array.from({ length: batch }, (_, b) => held[b * time + (backwards ? 0 : time - 1)]!);

/** Every sequence of [batch · time] places back to front. */
export const turnPlaces = (places: Int32Array, time: number): Int32Array =>
  places.map((_, k) => places[k - (k % time) + time - 1 - (k % time)]!);

/** Rows of x [n, width] by number; -1 is a row of zeros. */
export function gatherOrZeros(x: Tensor, index: Int32Array): Tensor {
  if (!index.includes(-1)) return gatherRows(x, index);
  const [n, width] = x.shape as [number, number];
  return gatherRows(
    concat([x, zeros([1, width])], 0),
    index.map((row) => (row === -1 ? n : row)),
  );
}
