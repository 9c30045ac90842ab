import { Lanes } from "./lanes";
import { Random } from "./random";

/**
 * Dropout (Srivastava et al. 2014, JMLR 15), inverted: what stays is scaled by 1 / (1 - rate). Nothing is stored: which
 * elements stay is drawn from the seed and the stream, by backward as by forward. Element i stays where word i of the
 * stream (see random.ts) is at least rate · 2^32; 0 <= rate < 1.
 *
 *   forward   y = x / (1 - rate) or 0        y may be x, all arrays [n]; what is dropped is 0 even where x is NaN
 *   backward  dx += dy / (1 - rate) or 0
 */
class Dropout {
  /** The scaled vector v with 0 for what is dropped. */
  @inline static keep(words: v128, threshold: u32, v: v128, factor: v128): v128 {
    return v128.and(f32x4.mul(v, factor), i32x4.ge_u(words, i32x4.splat(threshold)));
  }

  @inline static threshold(rate: f64): u32 {
    return <u32>(rate * 4294967296);
  }

  @inline static factor(rate: f64): v128 {
    return f32x4.splat(<f32>(1 / (1 - rate)));
  }
}

/** y, x [n] */
export function dropout_forward(
  y: usize,
  x: usize,
  n: i32,
  seed_lo: i32,
  seed_hi: i32,
  stream: i32,
  rate: f64,
): void {
  const threshold = Dropout.threshold(rate);
  const factor = Dropout.factor(rate);
  for (let block = 0; n > 0; block++, n -= 4) {
    const words = Random.block(block, stream, seed_lo, seed_hi);
    Lanes.store(y, Dropout.keep(words, threshold, Lanes.load(x, n), factor), n);
    x += 16;
    y += 16;
  }
}

/** dx, dy [n] */
export function dropout_backward(
  dx: usize,
  dy: usize,
  n: i32,
  seed_lo: i32,
  seed_hi: i32,
  stream: i32,
  rate: f64,
): void {
  const threshold = Dropout.threshold(rate);
  const factor = Dropout.factor(rate);
  for (let block = 0; n > 0; block++, n -= 4) {
    const words = Random.block(block, stream, seed_lo, seed_hi);
    const slope = Dropout.keep(words, threshold, Lanes.load(dy, n), factor);
    Lanes.store(dx, f32x4.add(Lanes.load(dx, n), slope), n);
    dx += 16;
    dy += 16;
  }
}
