import { Lanes } from "./lanes";

/**
 * One step of Adam over a slab: D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.
 *
 *   m     = beta1 m + (1 - beta1) g
 *   v     = beta2 v + (1 - beta2) g²
 *   value -= step_size · m / (√v · correction + epsilon)
 *
 *   value, m, v [n] updated; grad [n]
 *   step_size  learning rate / (1 - beta1^t)        correction  1 / √(1 - beta2^t)
 *
 * Scalars are computed in f64 and rounded once: 1 - beta2 from an f32 beta2 would be off by 1e-5.
 */
export function adam_update(
  value: usize,
  grad: usize,
  m: usize,
  v: usize,
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
    const scale = Lanes.fma(least, f32x4.sqrt(square), unbias);
    const change = f32x4.div(f32x4.mul(step, mean), scale);
    Lanes.store(m, mean, n);
    Lanes.store(v, square, n);
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
 *   u     = momentum u + g
 *   value -= learning_rate · u      or · g where velocity is 0
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
): void {
  const rate = f32x4.splat(<f32>learning_rate);
  const keep = f32x4.splat(<f32>momentum);
  for (; n > 0; n -= 4) {
    let u = Lanes.load(grad, n);
    if (velocity) {
      u = Lanes.fma(u, keep, Lanes.load(velocity, n));
      Lanes.store(velocity, u, n);
      velocity += 16;
    }
    Lanes.store(value, f32x4.sub(Lanes.load(value, n), f32x4.mul(rate, u)), n);
    value += 16;
    grad += 16;
  }
}
