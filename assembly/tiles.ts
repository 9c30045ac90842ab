import { Lanes } from "./lanes";

/**
 * Micro-kernels of the matrix product: tiles of C = START + A · B, held in registers while k runs.
 *
 * c      rows of C, `ldc` bytes apart                 start  what the accumulators start from, rows `lds` bytes apart
 * a      rows of A, `lda` bytes apart                 b      the panel: for each k, 8 (or 4) neighbouring columns of B
 *
 * One accumulator per element and k ascending, whatever the tile: an element has the same bits in every tile.
 * All are exported so that Binaryen does not inline them (V8 would then spill accumulators: KERNELS trap 1). Those of four
 * rows run down the panel themselves, which saves a call for each tile (at a depth of 20 they reach 82 % of the peak, called
 * tile by tile 77 %) and are unrolled by 4 with a way out between the steps, which keeps V8 from hoisting the next step's
 * loads across. 5x8 fills V8's 15 vector registers and is fastest without unrolling. Each row has a pointer that runs: with
 * row offsets added to one running index 5x8 took 8 % longer. At a depth of 256 4x8 reaches 94 % of the peak, 5x8 86 %.
 */

/** `tiles` tiles of 4 rows by 8 columns, one below the other. */
export function tiles_4x8(
  c: usize,
  ldc: usize,
  start: usize,
  lds: usize,
  a: usize,
  lda: usize,
  b: usize,
  k: i32,
  tiles: i32,
): void {
  for (; tiles > 0; tiles--) {
    let n = k;
    let p = b;
    let a0 = a;
    let a1 = a0 + lda;
    let a2 = a1 + lda;
    let a3 = a2 + lda;
    a = a3 + lda;
    let c00 = v128.load(start);
    let c01 = v128.load(start, 16);
    start += lds;
    let c10 = v128.load(start);
    let c11 = v128.load(start, 16);
    start += lds;
    let c20 = v128.load(start);
    let c21 = v128.load(start, 16);
    start += lds;
    let c30 = v128.load(start);
    let c31 = v128.load(start, 16);
    start += lds;
    for (;;) {
      const b0a = v128.load(p);
      const b1a = v128.load(p, 16);
      const t0a = v128.load32_splat(a0);
      c00 = Lanes.fma(c00, t0a, b0a);
      c01 = Lanes.fma(c01, t0a, b1a);
      const t1a = v128.load32_splat(a1);
      c10 = Lanes.fma(c10, t1a, b0a);
      c11 = Lanes.fma(c11, t1a, b1a);
      const t2a = v128.load32_splat(a2);
      c20 = Lanes.fma(c20, t2a, b0a);
      c21 = Lanes.fma(c21, t2a, b1a);
      const t3a = v128.load32_splat(a3);
      c30 = Lanes.fma(c30, t3a, b0a);
      c31 = Lanes.fma(c31, t3a, b1a);
      if (--n == 0) break;
      const b0b = v128.load(p, 32);
      const b1b = v128.load(p, 48);
      const t0b = v128.load32_splat(a0, 4);
      c00 = Lanes.fma(c00, t0b, b0b);
      c01 = Lanes.fma(c01, t0b, b1b);
      const t1b = v128.load32_splat(a1, 4);
      c10 = Lanes.fma(c10, t1b, b0b);
      c11 = Lanes.fma(c11, t1b, b1b);
      const t2b = v128.load32_splat(a2, 4);
      c20 = Lanes.fma(c20, t2b, b0b);
      c21 = Lanes.fma(c21, t2b, b1b);
      const t3b = v128.load32_splat(a3, 4);
      c30 = Lanes.fma(c30, t3b, b0b);
      c31 = Lanes.fma(c31, t3b, b1b);
      if (--n == 0) break;
      const b0c = v128.load(p, 64);
      const b1c = v128.load(p, 80);
      const t0c = v128.load32_splat(a0, 8);
      c00 = Lanes.fma(c00, t0c, b0c);
      c01 = Lanes.fma(c01, t0c, b1c);
      const t1c = v128.load32_splat(a1, 8);
      c10 = Lanes.fma(c10, t1c, b0c);
      c11 = Lanes.fma(c11, t1c, b1c);
      const t2c = v128.load32_splat(a2, 8);
      c20 = Lanes.fma(c20, t2c, b0c);
      c21 = Lanes.fma(c21, t2c, b1c);
      const t3c = v128.load32_splat(a3, 8);
      c30 = Lanes.fma(c30, t3c, b0c);
      c31 = Lanes.fma(c31, t3c, b1c);
      if (--n == 0) break;
      const b0d = v128.load(p, 96);
      const b1d = v128.load(p, 112);
      const t0d = v128.load32_splat(a0, 12);
      c00 = Lanes.fma(c00, t0d, b0d);
      c01 = Lanes.fma(c01, t0d, b1d);
      const t1d = v128.load32_splat(a1, 12);
      c10 = Lanes.fma(c10, t1d, b0d);
      c11 = Lanes.fma(c11, t1d, b1d);
      const t2d = v128.load32_splat(a2, 12);
      c20 = Lanes.fma(c20, t2d, b0d);
      c21 = Lanes.fma(c21, t2d, b1d);
      const t3d = v128.load32_splat(a3, 12);
      c30 = Lanes.fma(c30, t3d, b0d);
      c31 = Lanes.fma(c31, t3d, b1d);
      p += 128;
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      if (--n == 0) break;
    }
    v128.store(c, c00);
    v128.store(c, c01, 16);
    c += ldc;
    v128.store(c, c10);
    v128.store(c, c11, 16);
    c += ldc;
    v128.store(c, c20);
    v128.store(c, c21, 16);
    c += ldc;
    v128.store(c, c30);
    v128.store(c, c31, 16);
    c += ldc;
  }
}

/** One tile of 5 rows by 8 columns. */
export function tile_5x8(
  c: usize,
  ldc: usize,
  start: usize,
  lds: usize,
  a: usize,
  lda: usize,
  b: usize,
  k: i32,
): void {
  let a0 = a;
  let a1 = a0 + lda;
  let a2 = a1 + lda;
  let a3 = a2 + lda;
  let a4 = a3 + lda;
  let c00 = v128.load(start);
  let c01 = v128.load(start, 16);
  start += lds;
  let c10 = v128.load(start);
  let c11 = v128.load(start, 16);
  start += lds;
  let c20 = v128.load(start);
  let c21 = v128.load(start, 16);
  start += lds;
  let c30 = v128.load(start);
  let c31 = v128.load(start, 16);
  start += lds;
  let c40 = v128.load(start);
  let c41 = v128.load(start, 16);
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const t0 = v128.load32_splat(a0);
    c00 = Lanes.fma(c00, t0, b0);
    c01 = Lanes.fma(c01, t0, b1);
    const t1 = v128.load32_splat(a1);
    c10 = Lanes.fma(c10, t1, b0);
    c11 = Lanes.fma(c11, t1, b1);
    const t2 = v128.load32_splat(a2);
    c20 = Lanes.fma(c20, t2, b0);
    c21 = Lanes.fma(c21, t2, b1);
    const t3 = v128.load32_splat(a3);
    c30 = Lanes.fma(c30, t3, b0);
    c31 = Lanes.fma(c31, t3, b1);
    const t4 = v128.load32_splat(a4);
    c40 = Lanes.fma(c40, t4, b0);
    c41 = Lanes.fma(c41, t4, b1);
    b += 32;
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += ldc;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += ldc;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += ldc;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += ldc;
  v128.store(c, c40);
  v128.store(c, c41, 16);
}

/** `tiles` tiles of 4 rows by 4 columns, one below the other. */
export function tiles_4x4(
  c: usize,
  ldc: usize,
  start: usize,
  lds: usize,
  a: usize,
  lda: usize,
  b: usize,
  k: i32,
  tiles: i32,
): void {
  for (; tiles > 0; tiles--) {
    let n = k;
    let p = b;
    let a0 = a;
    let a1 = a0 + lda;
    let a2 = a1 + lda;
    let a3 = a2 + lda;
    a = a3 + lda;
    let c00 = v128.load(start);
    start += lds;
    let c10 = v128.load(start);
    start += lds;
    let c20 = v128.load(start);
    start += lds;
    let c30 = v128.load(start);
    start += lds;
    for (;;) {
      const b0a = v128.load(p);
      const t0a = v128.load32_splat(a0);
      c00 = Lanes.fma(c00, t0a, b0a);
      const t1a = v128.load32_splat(a1);
      c10 = Lanes.fma(c10, t1a, b0a);
      const t2a = v128.load32_splat(a2);
      c20 = Lanes.fma(c20, t2a, b0a);
      const t3a = v128.load32_splat(a3);
      c30 = Lanes.fma(c30, t3a, b0a);
      if (--n == 0) break;
      const b0b = v128.load(p, 16);
      const t0b = v128.load32_splat(a0, 4);
      c00 = Lanes.fma(c00, t0b, b0b);
      const t1b = v128.load32_splat(a1, 4);
      c10 = Lanes.fma(c10, t1b, b0b);
      const t2b = v128.load32_splat(a2, 4);
      c20 = Lanes.fma(c20, t2b, b0b);
      const t3b = v128.load32_splat(a3, 4);
      c30 = Lanes.fma(c30, t3b, b0b);
      if (--n == 0) break;
      const b0c = v128.load(p, 32);
      const t0c = v128.load32_splat(a0, 8);
      c00 = Lanes.fma(c00, t0c, b0c);
      const t1c = v128.load32_splat(a1, 8);
      c10 = Lanes.fma(c10, t1c, b0c);
      const t2c = v128.load32_splat(a2, 8);
      c20 = Lanes.fma(c20, t2c, b0c);
      const t3c = v128.load32_splat(a3, 8);
      c30 = Lanes.fma(c30, t3c, b0c);
      if (--n == 0) break;
      const b0d = v128.load(p, 48);
      const t0d = v128.load32_splat(a0, 12);
      c00 = Lanes.fma(c00, t0d, b0d);
      const t1d = v128.load32_splat(a1, 12);
      c10 = Lanes.fma(c10, t1d, b0d);
      const t2d = v128.load32_splat(a2, 12);
      c20 = Lanes.fma(c20, t2d, b0d);
      const t3d = v128.load32_splat(a3, 12);
      c30 = Lanes.fma(c30, t3d, b0d);
      p += 64;
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      if (--n == 0) break;
    }
    v128.store(c, c00);
    c += ldc;
    v128.store(c, c10);
    c += ldc;
    v128.store(c, c20);
    c += ldc;
    v128.store(c, c30);
    c += ldc;
  }
}

/** One tile of 5 rows by 4 columns. */
export function tile_5x4(
  c: usize,
  ldc: usize,
  start: usize,
  lds: usize,
  a: usize,
  lda: usize,
  b: usize,
  k: i32,
): void {
  let a0 = a;
  let a1 = a0 + lda;
  let a2 = a1 + lda;
  let a3 = a2 + lda;
  let a4 = a3 + lda;
  let c00 = v128.load(start);
  start += lds;
  let c10 = v128.load(start);
  start += lds;
  let c20 = v128.load(start);
  start += lds;
  let c30 = v128.load(start);
  start += lds;
  let c40 = v128.load(start);
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const t0 = v128.load32_splat(a0);
    c00 = Lanes.fma(c00, t0, b0);
    const t1 = v128.load32_splat(a1);
    c10 = Lanes.fma(c10, t1, b0);
    const t2 = v128.load32_splat(a2);
    c20 = Lanes.fma(c20, t2, b0);
    const t3 = v128.load32_splat(a3);
    c30 = Lanes.fma(c30, t3, b0);
    const t4 = v128.load32_splat(a4);
    c40 = Lanes.fma(c40, t4, b0);
    b += 16;
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
  }
  v128.store(c, c00);
  c += ldc;
  v128.store(c, c10);
  c += ldc;
  v128.store(c, c20);
  c += ldc;
  v128.store(c, c30);
  c += ldc;
  v128.store(c, c40);
}
/** One row by 48 columns: six panels of 8 side by side, `panel` bytes apart, as many accumulators as registers allow. */
export function row_1x48(c: usize, start: usize, a: usize, b: usize, panel: usize, k: i32): void {
  let c0 = v128.load(start);
  let c1 = v128.load(start, 16);
  let c2 = v128.load(start, 32);
  let c3 = v128.load(start, 48);
  let c4 = v128.load(start, 64);
  let c5 = v128.load(start, 80);
  let c6 = v128.load(start, 96);
  let c7 = v128.load(start, 112);
  let c8 = v128.load(start, 128);
  let c9 = v128.load(start, 144);
  let c10 = v128.load(start, 160);
  let c11 = v128.load(start, 176);
  let b1 = b + panel;
  let b2 = b1 + panel;
  let b3 = b2 + panel;
  let b4 = b3 + panel;
  let b5 = b4 + panel;
  for (; k > 0; k--, a += 4) {
    const t = v128.load32_splat(a);
    c0 = Lanes.fma(c0, t, v128.load(b));
    c1 = Lanes.fma(c1, t, v128.load(b, 16));
    c2 = Lanes.fma(c2, t, v128.load(b1));
    c3 = Lanes.fma(c3, t, v128.load(b1, 16));
    c4 = Lanes.fma(c4, t, v128.load(b2));
    c5 = Lanes.fma(c5, t, v128.load(b2, 16));
    c6 = Lanes.fma(c6, t, v128.load(b3));
    c7 = Lanes.fma(c7, t, v128.load(b3, 16));
    c8 = Lanes.fma(c8, t, v128.load(b4));
    c9 = Lanes.fma(c9, t, v128.load(b4, 16));
    c10 = Lanes.fma(c10, t, v128.load(b5));
    c11 = Lanes.fma(c11, t, v128.load(b5, 16));
    b += 32;
    b1 += 32;
    b2 += 32;
    b3 += 32;
    b4 += 32;
    b5 += 32;
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
  v128.store(c, c8, 128);
  v128.store(c, c9, 144);
  v128.store(c, c10, 160);
  v128.store(c, c11, 176);
}

/** One row by 32 columns: four panels. Eight accumulators still hide the latency of the additions. */
export function row_1x32(c: usize, start: usize, a: usize, b: usize, panel: usize, k: i32): void {
  let c0 = v128.load(start);
  let c1 = v128.load(start, 16);
  let c2 = v128.load(start, 32);
  let c3 = v128.load(start, 48);
  let c4 = v128.load(start, 64);
  let c5 = v128.load(start, 80);
  let c6 = v128.load(start, 96);
  let c7 = v128.load(start, 112);
  let b1 = b + panel;
  let b2 = b1 + panel;
  let b3 = b2 + panel;
  for (; k > 0; k--, a += 4) {
    const t = v128.load32_splat(a);
    c0 = Lanes.fma(c0, t, v128.load(b));
    c1 = Lanes.fma(c1, t, v128.load(b, 16));
    c2 = Lanes.fma(c2, t, v128.load(b1));
    c3 = Lanes.fma(c3, t, v128.load(b1, 16));
    c4 = Lanes.fma(c4, t, v128.load(b2));
    c5 = Lanes.fma(c5, t, v128.load(b2, 16));
    c6 = Lanes.fma(c6, t, v128.load(b3));
    c7 = Lanes.fma(c7, t, v128.load(b3, 16));
    b += 32;
    b1 += 32;
    b2 += 32;
    b3 += 32;
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}

/** One row by one panel of 8 columns. */
export function row_1x8(c: usize, start: usize, a: usize, b: usize, k: i32): void {
  let c0 = v128.load(start);
  let c1 = v128.load(start, 16);
  for (; k > 0; k--, a += 4, b += 32) {
    const t = v128.load32_splat(a);
    c0 = Lanes.fma(c0, t, v128.load(b));
    c1 = Lanes.fma(c1, t, v128.load(b, 16));
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
}

/** One row by 4 columns. */
export function row_1x4(c: usize, start: usize, a: usize, b: usize, k: i32): void {
  let c0 = v128.load(start);
  for (; k > 0; k--, a += 4, b += 16) c0 = Lanes.fma(c0, v128.load32_splat(a), v128.load(b));
  v128.store(c, c0);
}

/** `tiles` tiles of four rows by the last `columns` (1 to 3) columns; the panel is 4 wide, zeros behind. */
export function tiles_4x4_part(
  c: usize,
  ldc: usize,
  start: usize,
  lds: usize,
  a: usize,
  lda: usize,
  b: usize,
  k: i32,
  tiles: i32,
  columns: i32,
): void {
  for (; tiles > 0; tiles--) {
    let p = b;
    let a0 = a;
    let a1 = a0 + lda;
    let a2 = a1 + lda;
    let a3 = a2 + lda;
    a = a3 + lda;
    let c0 = Lanes.load_part(start, columns);
    let c1 = Lanes.load_part(start + lds, columns);
    let c2 = Lanes.load_part(start + 2 * lds, columns);
    let c3 = Lanes.load_part(start + 3 * lds, columns);
    start += 4 * lds;
    for (let n = k; n > 0; n--, p += 16, a0 += 4, a1 += 4, a2 += 4, a3 += 4) {
      const b0 = v128.load(p);
      c0 = Lanes.fma(c0, v128.load32_splat(a0), b0);
      c1 = Lanes.fma(c1, v128.load32_splat(a1), b0);
      c2 = Lanes.fma(c2, v128.load32_splat(a2), b0);
      c3 = Lanes.fma(c3, v128.load32_splat(a3), b0);
    }
    Lanes.store_part(c, c0, columns);
    Lanes.store_part(c + ldc, c1, columns);
    Lanes.store_part(c + 2 * ldc, c2, columns);
    Lanes.store_part(c + 3 * ldc, c3, columns);
    c += 4 * ldc;
  }
}

/** One row by the last `columns` (1 to 3) columns. */
export function row_1x4_part(
  c: usize,
  start: usize,
  a: usize,
  b: usize,
  k: i32,
  columns: i32,
): void {
  let c0 = Lanes.load_part(start, columns);
  for (; k > 0; k--, a += 4, b += 16) c0 = Lanes.fma(c0, v128.load32_splat(a), v128.load(b));
  Lanes.store_part(c, c0, columns);
}
