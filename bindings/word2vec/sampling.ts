/** The largest random word; one that is compared with it always passes. */
const most = 2 ** 32 - 1;

/** A probability as the random word below or at which it comes true. */
const threshold = (probability: number): number =>
  Math.min(Math.floor(probability * 2 ** 32), most);

/**
 * Below which random word a word stays in its sentence: with probability √(t/f) + t/f, at most 1, for its frequency f. As in
 * the authors' program; their paper (Mikolov et al. 2013, equation 5) has only the root. t = 0: every word stays.
 */
export function keepThresholds(counts: readonly number[], t: number): Uint32Array {
  if (t === 0) return new Uint32Array(counts.length).fill(most);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Uint32Array.from(counts, (count) => {
    const ratio = (t * total) / count;
    return threshold(Math.sqrt(ratio) + ratio);
  });
}

/**
 * Noise in proportion to count^¾ (Mikolov et al. 2013, section 2.2) as an alias table, [V, 2]: M. D. Vose, "A linear algorithm
 * for generating random numbers with a given distribution", 1991. Column c stands for word c below its first number, for the
 * word in the second from there on.
 */
export function noiseTable(counts: readonly number[]): Uint32Array {
  const weights = counts.map((count) => Math.sqrt(count) * Math.sqrt(Math.sqrt(count)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const left = weights.map((weight) => (weight * counts.length) / total);
  const table = new Uint32Array(2 * counts.length);
  for (let c = 0; c < counts.length; c++) table.set([most, c], 2 * c); // unless a column is shared
  const small: number[] = [];
  const large: number[] = [];
  left.forEach((share, c) => {
    (share < 1 ? small : large).push(c);
  });
  while (small.length > 0 && large.length > 0) {
    const [poor, rich] = [small.pop()!, large.pop()!];
    table.set([threshold(left[poor]!), rich], 2 * poor);
    left[rich]! -= 1 - left[poor]!;
    (left[rich]! < 1 ? small : large).push(rich);
  }
  return table;
}
