import { gemm, gemm_tn } from "./gemm";
import { pack_nn, pack_nt } from "./pack";

/** What a product of a batch does with its matrices. */
const enum Product {
  /** C = A · B, A [m, k], B [k, n] */
  NN,
  /** C += A · Bᵀ, A [m, k], B [n, k] */
  NT,
  /** C += Aᵀ · B, A [k, m], B [k, n] */
  TN,
}

/**
 * Products of many matrices that lie one behind the other.
 *
 * c, a, b  any number of matrices each: C [m, n], A and B as `product` says
 * places   i32[batch, 3]: which matrix of c, of a and of b each product takes, in order; one of c may come several times
 *          where products add to it
 * scratch  packed_size(n, k) floats, for TN gemm_tn_scratch(m, n, k), work
 */
export function batched_gemm(
  c: usize,
  a: usize,
  b: usize,
  places: usize,
  scratch: usize,
  batch: i32,
  m: i32,
  n: i32,
  k: i32,
  product: i32,
): void {
  let packed = -1;
  for (; batch > 0; batch--, places += 12) {
    const ci = c + ((<usize>(load<i32>(places) * m) * n) << 2);
    const ai = a + ((<usize>(load<i32>(places, 4) * m) * k) << 2);
    const which = load<i32>(places, 8);
    const bi = b + ((<usize>(which * k) * n) << 2);
    if (product == Product.TN) {
      gemm_tn(ci, n, ai, m, bi, n, scratch, m, n, k, m, m);
      continue;
    }
    if (which != packed) {
      if (product == Product.NT) pack_nt(scratch, bi, n, k, n, n);
      else pack_nn(scratch, bi, n, k, k, k, n);
      packed = which;
    }
    gemm(ci, n, product == Product.NT ? ci : 0, n, ai, k, scratch, m, n, k);
  }
}
