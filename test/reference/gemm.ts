/** C = start + A B in float64; a(i, k) and b(k, j) say where the elements are. */
export function product(
  m: number,
  n: number,
  k: number,
  a: (i: number, k: number) => number,
  b: (k: number, j: number) => number,
  start: (i: number, j: number) => number,
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = start(i, j);
      for (let l = 0; l < k; l++) sum += a(i, l) * b(l, j);
      c[i * n + j] = sum;
    }
  return c;
}

/** Where element `i` stands when groups of `group` are padded to `padded`. */
export const inGroups = (i: number, group: number, padded: number): number =>
  Math.floor(i / group) * padded + (i % group);
