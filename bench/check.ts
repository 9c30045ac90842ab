import type { Results } from "./peers/peer.ts";

/**
 * How far a peer's numbers may be from ours, as a share of the largest of ours under that name: what float32 sums of a
 * few thousand terms in another order and other approximations of tanh and the sigmoid make, with an order of magnitude
 * to spare.
 */
export const TOLERANCE = 1e-4;

/** The largest deviation, or why the results cannot be compared. */
export function deviation(theirs: Results, ours: Results): number | string {
  const names = Object.keys(theirs);
  if (names.length === 0) return "no results";
  let worst = 0;
  for (const name of names) {
    const [got, wanted] = [theirs[name]!, ours[name]];
    if (!wanted) return `${name}: ours has none`;
    if (got.length !== wanted.length)
      return `${name}: ${got.length} numbers where ours has ${wanted.length}`;
    let [largest, difference] = [0, 0];
    for (let i = 0; i < wanted.length; i++) {
      largest = Math.max(largest, Math.abs(wanted[i]!));
      difference = Math.max(difference, Math.abs(got[i]! - wanted[i]!));
      if (!Number.isFinite(got[i]!)) return `${name}[${i}] is ${got[i]}`;
    }
    if (largest === 0) return `${name}: ours is all zeros`;
    worst = Math.max(worst, difference / largest);
  }
  return worst;
}
