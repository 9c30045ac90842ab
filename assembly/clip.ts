/** Bounds of a probability whose logarithm is taken, 1e-7 and 1 - 1e-7: Keras' epsilon. */
const BOUNDS = memory.data<f32>([1e-7, 0.9999999]);

/** Probabilities away from 0 and 1, as Keras keeps them. A NaN stays one, and lets a gradient through. */
export class Clip {
  @inline static value(p: v128): v128 {
    const least = f32x4.pmax(p, v128.load32_splat(BOUNDS));
    return f32x4.pmin(least, v128.load32_splat(BOUNDS + 4));
  }

  /** dy where p is within the bounds, else 0. */
  @inline static slope(dy: v128, p: v128): v128 {
    const below = f32x4.lt(p, v128.load32_splat(BOUNDS));
    return v128.andnot(dy, v128.or(below, f32x4.gt(p, v128.load32_splat(BOUNDS + 4))));
  }
}
