// C = START + A · B in tiles, sums in float64. A and B are packed as float64, so that an element is converted once and not in
// every tile it meets. Measured at 240³ in GFLOP/s, best of 150, four steps a turn, where 11.5 is all that scalar code can do:
// 2x4 8.6, 2x3 7.7, 2x5 7.7, 2x6 7.2, 3x3 7.0, 3x4 7.4, 4x2 4.6, 4x3 7.4, 4x4 6.8; 2x4 with float32 panels 7.4.
//
// Offsets are those of elements: `c` and `start` in f, `a` and `b` in d. There is no branch that some callers take and others
// do not: V8 throws the compiled function away at the first way that is new to it.

/**
 * c [2, 4] = start + a b. a: [depth, 2], b: [depth, 4].
 *
 * V8 makes all products of a basic block first, then all sums, and spills what does not fit into 15 registers; it also
 * checks its views anew in each turn of a loop. Hence eight steps a turn (9.3 GFLOP/s; four: 8.6), and in the middle of a
 * step a break that is never taken, which ends the block (four steps without it: 4.7).
 */
export function tile2x4(
  f: Float32Array,
  d: Float64Array,
  c: number,
  ldc: number,
  start: number,
  ldstart: number,
  a: number,
  b: number,
  depth: number,
): void {
  let c00 = f[start]!;
  let c01 = f[start + 1]!;
  let c02 = f[start + 2]!;
  let c03 = f[start + 3]!;
  let c10 = f[start + ldstart]!;
  let c11 = f[start + ldstart + 1]!;
  let c12 = f[start + ldstart + 2]!;
  let c13 = f[start + ldstart + 3]!;
  const end = (b + 4 * depth) | 0;
  while (b < end) {
    {
      const x0 = d[a]!;
      const x1 = d[(a + 1) | 0]!;
      const y0 = d[b]!;
      c00 += x0 * y0;
      c10 += x1 * y0;
      const y1 = d[(b + 1) | 0]!;
      c01 += x0 * y1;
      c11 += x1 * y1;
      if (b > end) break;
      const y2 = d[(b + 2) | 0]!;
      c02 += x0 * y2;
      c12 += x1 * y2;
      const y3 = d[(b + 3) | 0]!;
      c03 += x0 * y3;
      c13 += x1 * y3;
      a = (a + 2) | 0;
      b = (b + 4) | 0;
    }
    if (b === end) break;
    {
      const x0 = d[a]!;
      const x1 = d[(a + 1) | 0]!;
      const y0 = d[b]!;
      c00 += x0 * y0;
      c10 += x1 * y0;
      const y1 = d[(b + 1) | 0]!;
      c01 += x0 * y1;
      c11 += x1 * y1;
      if (b > end) break;
      const y2 = d[(b + 2) | 0]!;
      c02 += x0 * y2;
      c12 += x1 * y2;
      const y3 = d[(b + 3) | 0]!;
      c03 += x0 * y3;
      c13 += x1 * y3;
      a = (a + 2) | 0;
      b = (b + 4) | 0;
    }
    if (b === end) break;
    {
      const x0 = d[a]!;
      const x1 = d[(a + 1) | 0]!;
      const y0 = d[b]!;
      c00 += x0 * y0;
      c10 += x1 * y0;
      const y1 = d[(b + 1) | 0]!;
      c01 += x0 * y1;
      c11 += x1 * y1;
      if (b > end) break;
      const y2 = d[(b + 2) | 0]!;
      c02 += x0 * y2;
      c12 += x1 * y2;
      const y3 = d[(b + 3) | 0]!;
      c03 += x0 * y3;
      c13 += x1 * y3;
      a = (a + 2) | 0;
      b = (b + 4) | 0;
    }
    if (b === end) break;
    {
      const x0 = d[a]!;
      const x1 = d[(a + 1) | 0]!;
      const y0 = d[b]!;
      c00 += x0 * y0;
      c10 += x1 * y0;
      const y1 = d[(b + 1) | 0]!;
      c01 += x0 * y1;
      c11 += x1 * y1;
      if (b > end) break;
      const y2 = d[(b + 2) | 0]!;
      c02 += x0 * y2;
      c12 += x1 * y2;
      const y3 = d[(b + 3) | 0]!;
      c03 += x0 * y3;
      c13 += x1 * y3;
      a = (a + 2) | 0;
      b = (b + 4) | 0;
    }
    if (b === end) break;
    {
      const x0 = d[a]!;
      const x1 = d[(a + 1) | 0]!;
      const y0 = d[b]!;
      c00 += x0 * y0;
      c10 += x1 * y0;
      const y1 = d[(b + 1) | 0]!;
      c01 += x0 * y1;
      c11 += x1 * y1;
      if (b > end) break;
      const y2 = d[(b + 2) | 0]!;
      c02 += x0 * y2;
      c12 += x1 * y2;
      const y3 = d[(b + 3) | 0]!;
      c03 += x0 * y3;
      c13 += x1 * y3;
      a = (a + 2) | 0;
      b = (b + 4) | 0;
    }
    if (b === end) break;
    {
      const x0 = d[a]!;
      const x1 = d[(a + 1) | 0]!;
      const y0 = d[b]!;
      c00 += x0 * y0;
      c10 += x1 * y0;
      const y1 = d[(b + 1) | 0]!;
      c01 += x0 * y1;
      c11 += x1 * y1;
      if (b > end) break;
      const y2 = d[(b + 2) | 0]!;
      c02 += x0 * y2;
      c12 += x1 * y2;
      const y3 = d[(b + 3) | 0]!;
      c03 += x0 * y3;
      c13 += x1 * y3;
      a = (a + 2) | 0;
      b = (b + 4) | 0;
    }
    if (b === end) break;
    {
      const x0 = d[a]!;
      const x1 = d[(a + 1) | 0]!;
      const y0 = d[b]!;
      c00 += x0 * y0;
      c10 += x1 * y0;
      const y1 = d[(b + 1) | 0]!;
      c01 += x0 * y1;
      c11 += x1 * y1;
      if (b > end) break;
      const y2 = d[(b + 2) | 0]!;
      c02 += x0 * y2;
      c12 += x1 * y2;
      const y3 = d[(b + 3) | 0]!;
      c03 += x0 * y3;
      c13 += x1 * y3;
      a = (a + 2) | 0;
      b = (b + 4) | 0;
    }
    if (b === end) break;
    {
      const x0 = d[a]!;
      const x1 = d[(a + 1) | 0]!;
      const y0 = d[b]!;
      c00 += x0 * y0;
      c10 += x1 * y0;
      const y1 = d[(b + 1) | 0]!;
      c01 += x0 * y1;
      c11 += x1 * y1;
      if (b > end) break;
      const y2 = d[(b + 2) | 0]!;
      c02 += x0 * y2;
      c12 += x1 * y2;
      const y3 = d[(b + 3) | 0]!;
      c03 += x0 * y3;
      c13 += x1 * y3;
      a = (a + 2) | 0;
      b = (b + 4) | 0;
    }
  }
  f[c] = c00;
  f[c + 1] = c01;
  f[c + 2] = c02;
  f[c + 3] = c03;
  f[c + ldc] = c10;
  f[c + ldc + 1] = c11;
  f[c + ldc + 2] = c12;
  f[c + ldc + 3] = c13;
}

/**
 * One row of two panels at once, since four sums alone wait for their own last step: c [4] = start + a b,
 * e [4] = begin + a g. a: [depth], b, g: [depth, 4].
 */
export function row2x4(
  f: Float32Array,
  d: Float64Array,
  c: number,
  e: number,
  start: number,
  begin: number,
  a: number,
  b: number,
  g: number,
  depth: number,
): void {
  let c0 = f[start]!;
  let c1 = f[start + 1]!;
  let c2 = f[start + 2]!;
  let c3 = f[start + 3]!;
  let e0 = f[begin]!;
  let e1 = f[begin + 1]!;
  let e2 = f[begin + 2]!;
  let e3 = f[begin + 3]!;
  for (const end = (a + depth) | 0; a < end; a = (a + 1) | 0) {
    const x = d[a]!;
    c0 += x * d[b]!;
    c1 += x * d[(b + 1) | 0]!;
    c2 += x * d[(b + 2) | 0]!;
    c3 += x * d[(b + 3) | 0]!;
    e0 += x * d[g]!;
    e1 += x * d[(g + 1) | 0]!;
    e2 += x * d[(g + 2) | 0]!;
    e3 += x * d[(g + 3) | 0]!;
    b = (b + 4) | 0;
    g = (g + 4) | 0;
  }
  f[c] = c0;
  f[c + 1] = c1;
  f[c + 2] = c2;
  f[c + 3] = c3;
  f[e] = e0;
  f[e + 1] = e1;
  f[e + 2] = e2;
  f[e + 3] = e3;
}
