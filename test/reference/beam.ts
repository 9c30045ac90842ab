/** ln of the probability of each next token after the tokens so far. */
export type NextToken = (tokens: readonly number[]) => readonly number[];

export interface Found {
  readonly tokens: readonly number[];
  readonly score: number;
  readonly ended: boolean;
}

/**
 * Beam search in its plainest form: all successors sorted by their probability. Of the first `width` those that end are kept;
 * the first `width` that do not end go on, until as many have ended or the longest length is reached.
 */
export function naiveBeam(
  next: NextToken,
  endToken: number,
  { width, longest, penalty }: { width: number; longest: number; penalty: number },
): Found[] {
  let live = [{ tokens: [] as number[], total: 0 }];
  const found: Found[] = [];
  for (let n = 1; n <= longest && found.length < width; n++) {
    const score = (total: number): number => total / ((5 + n) / 6) ** penalty;
    const all = live
      .flatMap(({ tokens, total }) =>
        next(tokens).map((p, token) => ({ before: tokens, token, total: total + p })),
      )
      .sort((a, b) => b.total - a.total);
    for (const { before, token, total } of all.slice(0, width))
      if (token === endToken) found.push({ tokens: before, score: score(total), ended: true });
    live = all
      .filter(({ token }) => token !== endToken)
      .slice(0, width)
      .map(({ before, token, total }) => ({ tokens: [...before, token], total }));
    if (n < longest) continue;
    for (const { tokens, total } of live)
      if (found.length < width) found.push({ tokens, score: score(total), ended: false });
  }
  return found.sort((a, b) => b.score - a.score).slice(0, width);
}
