/** All lanes, then none: sixteen bytes read at 16 - 4n have their first n lanes set. */
const MASKS = memory.data<i32>([-1, -1, -1, -1, 0, 0, 0, 0], 16);

/**
 * What the kernels say about a vector of four f32. The tail of an array takes the same arithmetic as its body, so that a
 * value does not depend on where in the array it lies: load up to four, compute four, store as many.
 */
export class Lanes {
  /** acc + a · b, rounded twice. The one place where the kernels multiply and add. */
  @inline static fma(acc: v128, a: v128, b: v128): v128 {
    return f32x4.add(acc, f32x4.mul(a, b));
  }

  /** (0 + 2) + (1 + 3): the fixed order of every sum across lanes. */
  @inline static sum(v: v128): f32 {
    const pairs = f32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
    return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
  }

  /** The largest lane; of NaN, any lane. */
  @inline static max(v: v128): f32 {
    const pairs = f32x4.pmax(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
    return f32x4.extract_lane(f32x4.pmax(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2)), 0);
  }

  /** Every bit of the first n lanes, n in 1..4. */
  @inline static mask(n: i32): v128 {
    return v128.load(MASKS + 16 - ((<usize>n) << 2));
  }

  /** n floats at p, n in 1..3, zeros behind. Reads nothing else. */
  @inline static load_part(p: usize, n: i32): v128 {
    if (n == 1) return v128.load32_zero(p);
    if (n == 2) return v128.load64_zero(p);
    return v128.load32_lane(p, v128.load64_zero(p), 2, 8);
  }

  /** The first n lanes to p, n in 1..3. Writes nothing else. */
  @inline static store_part(p: usize, v: v128, n: i32): void {
    if (n == 1) {
      v128.store32_lane(p, v, 0);
    } else {
      v128.store64_lane(p, v, 0);
      if (n == 3) v128.store32_lane(p, v, 2, 8);
    }
  }

  /** Four floats at p, or the n that are left, zeros behind. */
  @inline static load(p: usize, n: i32): v128 {
    return n >= 4 ? v128.load(p) : Lanes.load_part(p, n);
  }

  /** Four floats to p, or the n that are left. */
  @inline static store(p: usize, v: v128, n: i32): void {
    if (n >= 4) v128.store(p, v);
    else Lanes.store_part(p, v, n);
  }
}
