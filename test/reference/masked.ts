import type { CellWeights, ReferenceCell, RowState, Sequences, Vector } from "./cells.ts";

/** Which steps of each sequence count: [B][T]. */
export type MaskRows = readonly (readonly boolean[])[];

/**
 * Unrolls as Keras does with a mask, one step after the other: a step that does not count leaves the state as it is and repeats
 * the output before it, zeros before the first. Backwards, sequences are turned around first; outputs stay that way round.
 */
export function unrollMasked(
  cell: ReferenceCell,
  weights: CellWeights,
  inputs: Sequences,
  initial: readonly RowState[],
  { mask, backwards = false }: { mask?: MaskRows | undefined; backwards?: boolean },
): { outputs: Vector[][]; state: RowState[] } {
  const state = [...initial];
  const outputs = inputs.map((x, b) => {
    const steps = x.map((row, t) => ({ row, counts: mask?.[b]?.[t] ?? true }));
    if (backwards) steps.reverse();
    let output: Vector = new Float64Array(initial[b]!.h.length);
    return steps.map(({ row, counts }) => {
      if (counts) {
        state[b] = cell.step(weights, row, state[b]!);
        output = state[b]!.h;
      }
      return output;
    });
  });
  return { outputs, state };
}

/** A mask with holes, padding on either side, a sequence without any step and one with all of them, where there is room. */
export function maskRows(B: number, T: number, next: () => number): boolean[][] {
  return Array.from({ length: B }, (_, b) => {
    if (b === 1) return new Array<boolean>(T).fill(false);
    if (b === 2) return new Array<boolean>(T).fill(true);
    const row = Array.from({ length: T }, () => next() < 0.6);
    if (b === 3) row[0] = false;
    if (b === 4) row[T - 1] = false;
    return row;
  });
}
