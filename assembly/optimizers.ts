import { Lanes } from "./lanes";

/**
 * One step of Adam over a slab: D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.
 *
 *   m     = beta1 m + (1 - beta1) g
 *   v     = beta2 v + (1 - beta2) g²
 *   value -= step_size · m / (√v · correction + epsilon)
 *
 * AMSGrad where largest is not 0 (S. J. Reddi, S. Kale, S. Kumar, "On the Convergence of Adam and Beyond", 2018): with the
 * largest v so far in v's place.
 *
 *   value, m, v, largest [n] updated; grad [n]
 *   step_size  learning rate / (1 - beta1^t)        correction  1 / √(1 - beta2^t)
 *
 * Scalars are computed in f64 and rounded once: 1 - beta2 from an f32 beta2 would be off by 1e-5.
 */
export function adam_update(
  value: usize,
  grad: usize,
  m: usize,
  v: usize,
  largest: usize,
  n: i32,
  step_size: f64,
  beta1: f64,
  beta2: f64,
  correction: f64,
  epsilon: f64,
): void {
  const keep_m = f32x4.splat(<f32>beta1);
  const take_m = f32x4.splat(<f32>(1 - beta1));
  const keep_v = f32x4.splat(<f32>beta2);
  const take_v = f32x4.splat(<f32>(1 - beta2));
  const step = f32x4.splat(<f32>step_size);
  const unbias = f32x4.splat(<f32>correction);
  const least = f32x4.splat(<f32>epsilon);
  for (; n > 0; n -= 4) {
    const g = Lanes.load(grad, n);
    const mean = Lanes.fma(f32x4.mul(keep_m, Lanes.load(m, n)), take_m, g);
    const square = Lanes.fma(f32x4.mul(keep_v, Lanes.load(v, n)), take_v, f32x4.mul(g, g));
    Lanes.store(m, mean, n);
    Lanes.store(v, square, n);
    let top = square;
    if (largest) {
      top = f32x4.max(top, Lanes.load(largest, n));
      Lanes.store(largest, top, n);
      largest += 16;
    }
    const scale = Lanes.fma(least, f32x4.sqrt(top), unbias);
    const change = f32x4.div(f32x4.mul(step, mean), scale);
    Lanes.store(value, f32x4.sub(Lanes.load(value, n), change), n);
    value += 16;
    grad += 16;
    m += 16;
    v += 16;
  }
}

/**
 * One step of gradient descent over a slab, with momentum where there is a velocity (u): I. Sutskever et al., "On the
 * importance of initialization and momentum in deep learning", 2013, in torch's form.
 *
 *   u     = momentum u + take g
 *   value -= learning_rate · d      d = u, or g + momentum u where nesterov is 1; g where velocity is 0
 *
 *   value, velocity [n] updated; grad [n]
 */
export function sgd_update(
  value: usize,
  grad: usize,
  velocity: usize,
  n: i32,
  learning_rate: f64,
  momentum: f64,
  take: f64,
  nesterov: i32,
): void {
  const rate = f32x4.splat(<f32>learning_rate);
  const keep = f32x4.splat(<f32>momentum);
  const share = f32x4.splat(<f32>take);
  for (; n > 0; n -= 4) {
    const g = Lanes.load(grad, n);
    let d = g;
    if (velocity) {
      d = Lanes.fma(f32x4.mul(share, g), keep, Lanes.load(velocity, n));
      Lanes.store(velocity, d, n);
      velocity += 16;
      if (nesterov) d = Lanes.fma(g, keep, d);
    }
    Lanes.store(value, f32x4.sub(Lanes.load(value, n), f32x4.mul(rate, d)), n);
    value += 16;
    grad += 16;
  }
}

/**
 * One step along gradients over the root of their squares, over a slab. RMSprop: T. Tieleman, G. Hinton, "Lecture 6.5",
 * 2012, centred where there is a mean: A. Graves, arXiv:1308.0850, eq. 38-45. With keep = take = 1 Adagrad: J. Duchi,
 * E. Hazan, Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011.
 *
 *   s     = keep s + take g²
 *   a     = keep a + take g                     0 where mean is 0
 *   d     = g / (√(s - a² + inside) + outside)
 *   u     = momentum u + d                      d where velocity is 0
 *   value -= learning_rate · u
 *
 *   value, square (s), mean (a), velocity (u) [n] updated; grad [n]
 *   inside, outside  epsilon, in the root or beside it
 *
 * s - a² is a variance: what rounding leaves of it below 0 counts as 0.
 */
export function rmsprop_update(
  value: usize,
  grad: usize,
  square: usize,
  mean: usize,
  velocity: usize,
  n: i32,
  learning_rate: f64,
  keep: f64,
  take: f64,
  inside: f64,
  outside: f64,
  momentum: f64,
): void {
  const rate = f32x4.splat(<f32>learning_rate);
  const kept = f32x4.splat(<f32>keep);
  const share = f32x4.splat(<f32>take);
  const within = f32x4.splat(<f32>inside);
  const beside = f32x4.splat(<f32>outside);
  const onward = f32x4.splat(<f32>momentum);
  for (; n > 0; n -= 4) {
    const g = Lanes.load(grad, n);
    let s = Lanes.fma(f32x4.mul(kept, Lanes.load(square, n)), share, f32x4.mul(g, g));
    Lanes.store(square, s, n);
    square += 16;
    if (mean) {
      const a = Lanes.fma(f32x4.mul(kept, Lanes.load(mean, n)), share, g);
      Lanes.store(mean, a, n);
      mean += 16;
      s = f32x4.max(f32x4.sub(s, f32x4.mul(a, a)), f32x4.splat(0));
    }
    let d = f32x4.div(g, f32x4.add(f32x4.sqrt(f32x4.add(s, within)), beside));
    if (velocity) {
      d = Lanes.fma(d, onward, Lanes.load(velocity, n));
      Lanes.store(velocity, d, n);
      velocity += 16;
    }
    Lanes.store(value, f32x4.sub(Lanes.load(value, n), f32x4.mul(rate, d)), n);
    value += 16;
    grad += 16;
  }
}
