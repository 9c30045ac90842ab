import { Lanes } from "./lanes";

/**
 * Two arrays of which one may be shorter: it is repeated along the other, as a scalar or a row over a batch is.
 * An operand of length m, m dividing n, gives element i % m to element i of n.
 *
 *   forward   y[n] = a op b              y may be the operand of length n
 *   backward  d[nd] += Σ scale · a (· b)  per element of d over ascending i; d overlaps no operand
 *
 * All lengths may differ: the work is done in runs, from one operand's end to the next. A scalar has no ends.
 */
const enum Op {
  ADD,
  SUB,
  MUL,
  DIV,
}

// `op` and the two `each` (false: a scalar) are constants in every call, so that their branches are folded away.
class Broadcast {
  @inline static value(op: Op, a: v128, b: v128): v128 {
    if (op == Op.ADD) return f32x4.add(a, b);
    if (op == Op.SUB) return f32x4.sub(a, b);
    if (op == Op.MUL) return f32x4.mul(a, b);
    return f32x4.div(a, b);
  }

  /** Four of an operand, or the n that are left, `at` bytes on. A scalar is read each time: that is one instruction. */
  @inline static operand(each: bool, p: usize, at: usize, n: i32): v128 {
    return each ? Lanes.load(p + at, n) : v128.load32_splat(p);
  }

  @inline static vector(
    op: Op,
    each_a: bool,
    each_b: bool,
    y: usize,
    a: usize,
    b: usize,
    at: usize,
    n: i32,
  ): void {
    const left = Broadcast.operand(each_a, a, at, n);
    const right = Broadcast.operand(each_b, b, at, n);
    Lanes.store(y + at, Broadcast.value(op, left, right), n);
  }

  /** y = a op b over n elements. */
  @inline static row(
    op: Op,
    each_a: bool,
    each_b: bool,
    y: usize,
    a: usize,
    b: usize,
    n: i32,
  ): void {
    for (; n >= 16; n -= 16) {
      Broadcast.vector(op, each_a, each_b, y, a, b, 0, 4);
      Broadcast.vector(op, each_a, each_b, y, a, b, 16, 4);
      Broadcast.vector(op, each_a, each_b, y, a, b, 32, 4);
      Broadcast.vector(op, each_a, each_b, y, a, b, 48, 4);
      y += 64;
      if (each_a) a += 64;
      if (each_b) b += 64;
    }
    for (; n > 0; n -= 4) {
      Broadcast.vector(op, each_a, each_b, y, a, b, 0, n);
      y += 16;
      if (each_a) a += 16;
      if (each_b) b += 16;
    }
  }

  @inline static forward(op: Op, y: usize, a: usize, na: i32, b: usize, nb: i32, n: i32): void {
    if (nb == 1 && n > 1) {
      Broadcast.row(op, true, false, y, a, b, n);
    } else if (na == 1 && n > 1) {
      Broadcast.row(op, false, true, y, a, b, n);
    } else {
      const width = min(na, nb);
      const step = (<usize>width) << 2;
      const step_a = na == n ? step : 0;
      const step_b = nb == n ? step : 0;
      for (; n > 0; n -= width) {
        Broadcast.row(op, true, true, y, a, b, width);
        y += step;
        a += step_a;
        b += step_b;
      }
    }
  }

  @inline static vector_accumulate(
    product: bool,
    each_a: bool,
    each_b: bool,
    d: usize,
    a: usize,
    b: usize,
    s: v128,
    at: usize,
    n: i32,
  ): void {
    let term = f32x4.mul(s, Broadcast.operand(each_a, a, at, n));
    if (product) term = f32x4.mul(term, Broadcast.operand(each_b, b, at, n));
    Lanes.store(d + at, f32x4.add(Lanes.load(d + at, n), term), n);
  }

  /** d += scale · a (· b where it is a product) over n elements. */
  @inline static row_accumulate(
    product: bool,
    each_a: bool,
    each_b: bool,
    d: usize,
    a: usize,
    b: usize,
    scale: f32,
    n: i32,
  ): void {
    const s = f32x4.splat(scale);
    for (; n >= 16; n -= 16) {
      Broadcast.vector_accumulate(product, each_a, each_b, d, a, b, s, 0, 4);
      Broadcast.vector_accumulate(product, each_a, each_b, d, a, b, s, 16, 4);
      Broadcast.vector_accumulate(product, each_a, each_b, d, a, b, s, 32, 4);
      Broadcast.vector_accumulate(product, each_a, each_b, d, a, b, s, 48, 4);
      d += 64;
      if (each_a) a += 64;
      if (each_b) b += 64;
    }
    for (; n > 0; n -= 4) {
      Broadcast.vector_accumulate(product, each_a, each_b, d, a, b, s, 0, n);
      d += 16;
      if (each_a) a += 16;
      if (each_b) b += 16;
    }
  }

  /** d[0] += Σ scale · a (· b), one after the other, in f64. */
  @inline static total(
    product: bool,
    d: usize,
    a: usize,
    na: i32,
    b: usize,
    nb: i32,
    s: f32,
    n: i32,
  ): void {
    const end_a = a + ((<usize>na) << 2);
    const end_b = b + ((<usize>nb) << 2);
    let sum = <f64>load<f32>(d);
    let p = a;
    let q = b;
    for (; n > 0; n--) {
      let term = s * load<f32>(p);
      if ((p += 4) == end_a) p = a;
      if (product) {
        term *= load<f32>(q);
        if ((q += 4) == end_b) q = b;
      }
      sum += <f64>term;
    }
    store<f32>(d, <f32>sum);
  }

  @inline static backward(
    product: bool,
    d: usize,
    nd: i32,
    a: usize,
    na: i32,
    b: usize,
    nb: i32,
    s: f32,
    n: i32,
  ): void {
    if (nd == 1) {
      Broadcast.total(product, d, a, na, b, nb, s, n);
      return;
    }
    let run = 0;
    for (let i = 0; i < n; i += run) {
      const in_d = i % nd;
      const in_a = i % na;
      run = min(n - i, nd - in_d);
      if (na > 1) run = min(run, na - in_a);
      const to = d + ((<usize>in_d) << 2);
      const from_a = a + ((<usize>in_a) << 2);
      if (product) {
        const in_b = i % nb;
        if (nb > 1) run = min(run, nb - in_b);
        const from_b = b + ((<usize>in_b) << 2);
        if (na > 1 && nb > 1)
          Broadcast.row_accumulate(true, true, true, to, from_a, from_b, s, run);
        else if (na > 1) Broadcast.row_accumulate(true, true, false, to, from_a, b, s, run);
        else if (nb > 1) Broadcast.row_accumulate(true, false, true, to, a, from_b, s, run);
        else Broadcast.row_accumulate(true, false, false, to, a, b, s, run);
      } else if (na > 1) {
        Broadcast.row_accumulate(false, true, false, to, from_a, 0, s, run);
      } else {
        Broadcast.row_accumulate(false, false, false, to, a, 0, s, run);
      }
    }
  }
}

/** y = a + b: y [n], a [na], b [nb], n the larger of the two */
export function add_forward(y: usize, a: usize, na: i32, b: usize, nb: i32, n: i32): void {
  Broadcast.forward(Op.ADD, y, a, na, b, nb, n);
}

/** y = a - b: y [n], a [na], b [nb], n the larger of the two */
export function sub_forward(y: usize, a: usize, na: i32, b: usize, nb: i32, n: i32): void {
  Broadcast.forward(Op.SUB, y, a, na, b, nb, n);
}

/** y = a · b: y [n], a [na], b [nb], n the larger of the two */
export function mul_forward(y: usize, a: usize, na: i32, b: usize, nb: i32, n: i32): void {
  Broadcast.forward(Op.MUL, y, a, na, b, nb, n);
}

/** y = a / b: y [n], a [na], b [nb], n the larger of the two */
export function div_forward(y: usize, a: usize, na: i32, b: usize, nb: i32, n: i32): void {
  Broadcast.forward(Op.DIV, y, a, na, b, nb, n);
}

/** d += scale · a: d [nd], a [na], both repeated to n. Backward of add and sub, of neg, of a mean over rows. */
export function accumulate(d: usize, nd: i32, a: usize, na: i32, scale: f32, n: i32): void {
  Broadcast.backward(false, d, nd, a, na, 0, 1, scale, n);
}

/** d += (scale · a) · b: d [nd], a [na], b [nb], all repeated to n. Backward of mul, and of div with a temporary. */
export function mul_accumulate(
  d: usize,
  nd: i32,
  a: usize,
  na: i32,
  b: usize,
  nb: i32,
  scale: f32,
  n: i32,
): void {
  Broadcast.backward(true, d, nd, a, na, b, nb, scale, n);
}
