import { Lanes } from "./lanes";
import { VectorMath } from "./math";

/**
 * One number in, one number out. All arrays [n]; nothing is saved but what backward names: x or y.
 *
 *   forward   y = f(x)            y may be x
 *   backward  dx += dy · f'       f' from y where that is shorter (exp, tanh, sigmoid, sqrt, relu), else from x
 */
const enum Op {
  NEG,
  ABS,
  SQRT,
  RELU,
  EXP,
  LOG,
  TANH,
  SIGMOID,
}

// A helper's `op` is a constant in every call, so that its branches are folded away at compile time.
class Pointwise {
  @inline static value(op: Op, x: v128): v128 {
    if (op == Op.NEG) return f32x4.neg(x);
    if (op == Op.ABS) return f32x4.abs(x);
    if (op == Op.SQRT) return f32x4.sqrt(x);
    if (op == Op.RELU) return f32x4.pmax(x, f32x4.splat(0)); // a NaN on the left stays
    if (op == Op.EXP) return VectorMath.exp(x);
    if (op == Op.LOG) return VectorMath.log(x);
    if (op == Op.TANH) return VectorMath.tanh(x);
    return VectorMath.sigmoid(x);
  }

  /** dy · f', where s is x (abs, log) or y (the others). */
  @inline static slope(op: Op, dy: v128, s: v128): v128 {
    const zero = f32x4.splat(0);
    const one = f32x4.splat(1);
    if (op == Op.ABS) {
      const right = v128.and(dy, f32x4.gt(s, zero));
      return f32x4.sub(right, v128.and(dy, f32x4.lt(s, zero)));
    }
    if (op == Op.SQRT) return f32x4.div(dy, f32x4.add(s, s));
    if (op == Op.RELU) return v128.and(dy, f32x4.gt(s, zero));
    if (op == Op.EXP) return f32x4.mul(dy, s);
    if (op == Op.LOG) return f32x4.div(dy, s);
    if (op == Op.TANH) return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(s, s)));
    return f32x4.mul(dy, f32x4.mul(s, f32x4.sub(one, s)));
  }

  /** y = f(x) for the vector `at` bytes on, or the n that are left of it. */
  @inline static forward_vector(op: Op, y: usize, x: usize, at: usize, n: i32): void {
    Lanes.store(y + at, Pointwise.value(op, Lanes.load(x + at, n)), n);
  }

  /** dx += dy · f' for the vector `at` bytes on, or the n that are left of it. */
  @inline static backward_vector(op: Op, dx: usize, dy: usize, s: usize, at: usize, n: i32): void {
    const slope = Pointwise.slope(op, Lanes.load(dy + at, n), Lanes.load(s + at, n));
    Lanes.store(dx + at, f32x4.add(Lanes.load(dx + at, n), slope), n);
  }

  @inline static forward(op: Op, y: usize, x: usize, n: i32): void {
    // Four vectors a turn: 1.5 times as fast where little is computed. From exp on it gains 2 % and is not done.
    if (op < Op.EXP) {
      for (; n >= 16; n -= 16) {
        Pointwise.forward_vector(op, y, x, 0, 4);
        Pointwise.forward_vector(op, y, x, 16, 4);
        Pointwise.forward_vector(op, y, x, 32, 4);
        Pointwise.forward_vector(op, y, x, 48, 4);
        x += 64;
        y += 64;
      }
    }
    for (; n > 0; n -= 4) {
      Pointwise.forward_vector(op, y, x, 0, n);
      x += 16;
      y += 16;
    }
  }

  @inline static backward(op: Op, dx: usize, dy: usize, s: usize, n: i32): void {
    for (; n >= 16; n -= 16) {
      Pointwise.backward_vector(op, dx, dy, s, 0, 4);
      Pointwise.backward_vector(op, dx, dy, s, 16, 4);
      Pointwise.backward_vector(op, dx, dy, s, 32, 4);
      Pointwise.backward_vector(op, dx, dy, s, 48, 4);
      dx += 64;
      dy += 64;
      s += 64;
    }
    for (; n > 0; n -= 4) {
      Pointwise.backward_vector(op, dx, dy, s, 0, n);
      dx += 16;
      dy += 16;
      s += 16;
    }
  }
}

/** y = -x */
export function neg_forward(y: usize, x: usize, n: i32): void {
  Pointwise.forward(Op.NEG, y, x, n);
}

/** y = |x| */
export function abs_forward(y: usize, x: usize, n: i32): void {
  Pointwise.forward(Op.ABS, y, x, n);
}

/** dx += dy · sign x, and sign 0 = 0 */
export function abs_backward(dx: usize, dy: usize, x: usize, n: i32): void {
  Pointwise.backward(Op.ABS, dx, dy, x, n);
}

/** y = √x */
export function sqrt_forward(y: usize, x: usize, n: i32): void {
  Pointwise.forward(Op.SQRT, y, x, n);
}

/** dx += dy / 2y */
export function sqrt_backward(dx: usize, dy: usize, y: usize, n: i32): void {
  Pointwise.backward(Op.SQRT, dx, dy, y, n);
}

/** y = e^x */
export function exp_forward(y: usize, x: usize, n: i32): void {
  Pointwise.forward(Op.EXP, y, x, n);
}

/** dx += dy · y */
export function exp_backward(dx: usize, dy: usize, y: usize, n: i32): void {
  Pointwise.backward(Op.EXP, dx, dy, y, n);
}

/** y = ln x */
export function log_forward(y: usize, x: usize, n: i32): void {
  Pointwise.forward(Op.LOG, y, x, n);
}

/** dx += dy / x */
export function log_backward(dx: usize, dy: usize, x: usize, n: i32): void {
  Pointwise.backward(Op.LOG, dx, dy, x, n);
}

/** y = tanh x */
export function tanh_forward(y: usize, x: usize, n: i32): void {
  Pointwise.forward(Op.TANH, y, x, n);
}

/** dx += dy · (1 - y²) */
export function tanh_backward(dx: usize, dy: usize, y: usize, n: i32): void {
  Pointwise.backward(Op.TANH, dx, dy, y, n);
}

/** y = 1 / (1 + e^-x) */
export function sigmoid_forward(y: usize, x: usize, n: i32): void {
  Pointwise.forward(Op.SIGMOID, y, x, n);
}

/** dx += dy · y (1 - y) */
export function sigmoid_backward(dx: usize, dy: usize, y: usize, n: i32): void {
  Pointwise.backward(Op.SIGMOID, dx, dy, y, n);
}

/** y = max(x, 0); of NaN, NaN */
export function relu_forward(y: usize, x: usize, n: i32): void {
  Pointwise.forward(Op.RELU, y, x, n);
}

/** dx += dy where y > 0 */
export function relu_backward(dx: usize, dy: usize, y: usize, n: i32): void {
  Pointwise.backward(Op.RELU, dx, dy, y, n);
}

/** x = s · x */
export function scale(x: usize, s: f32, n: i32): void {
  const factor = f32x4.splat(s);
  for (; n >= 16; n -= 16) {
    v128.store(x, f32x4.mul(v128.load(x), factor));
    v128.store(x, f32x4.mul(v128.load(x, 16), factor), 16);
    v128.store(x, f32x4.mul(v128.load(x, 32), factor), 32);
    v128.store(x, f32x4.mul(v128.load(x, 48), factor), 48);
    x += 64;
  }
  for (; n > 0; n -= 4) {
    Lanes.store(x, f32x4.mul(Lanes.load(x, n), factor), n);
    x += 16;
  }
}

/** y = min(max(x, low), high); of NaN, NaN. y may be x. */
export function clip_forward(y: usize, x: usize, n: i32, low: f32, high: f32): void {
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  for (; n > 0; n -= 4) {
    Lanes.store(y, f32x4.pmin(f32x4.pmax(Lanes.load(x, n), least), most), n);
    y += 16;
    x += 16;
  }
}

/** dx += dy where low <= x <= high */
export function clip_backward(dx: usize, dy: usize, x: usize, n: i32, low: f32, high: f32): void {
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  for (; n > 0; n -= 4) {
    const v = Lanes.load(x, n);
    const inside = v128.and(f32x4.ge(v, least), f32x4.le(v, most));
    Lanes.store(dx, f32x4.add(Lanes.load(dx, n), v128.and(Lanes.load(dy, n), inside)), n);
    dx += 16;
    dy += 16;
    x += 16;
  }
}
