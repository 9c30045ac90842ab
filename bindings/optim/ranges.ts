import type { Block, Parameter } from "../core/parameter.ts";

/** Neighbouring parameters of one block and one group that are updated together; offsets and sizes in floats. */
export interface Range<G> {
  readonly block: Block;
  readonly group: G;
  readonly offset: number;
  readonly size: number;
  /** Which update of them this is, from 1. */
  readonly step: number;
}

function byBlock(parameters: readonly Parameter[]): ReadonlyMap<Block, Parameter[]> {
  const blocks = new Map<Block, Parameter[]>();
  for (const p of parameters) {
    const others = blocks.get(p.block);
    if (others) others.push(p);
    else blocks.set(p.block, [p]);
  }
  return blocks;
}

/**
 * Parameters joined to as few ranges as blocks, groups and numbers of updates allow, blocks in order of first use. The room
 * behind a parameter that is no whole number of vectors is in no range: it stays 0 whatever a rule makes of 0.
 */
export function joinRanges<G>(
  parameters: readonly Parameter[],
  groupOf: (parameter: Parameter) => G,
  stepOf: (parameter: Parameter) => number,
): Range<G>[] {
  const ranges: Range<G>[] = [];
  for (const [block, members] of byBlock(parameters)) {
    members.sort((a, b) => a.offset - b.offset);
    for (const p of members) {
      const next = { block, group: groupOf(p), offset: p.offset, size: p.size, step: stepOf(p) };
      const last = ranges.at(-1);
      const joins =
        last?.block === block &&
        last.offset + last.size === next.offset &&
        last.group === next.group &&
        last.step === next.step;
      if (joins) ranges[ranges.length - 1] = { ...last, size: last.size + next.size };
      else ranges.push(next);
    }
  }
  return ranges;
}
