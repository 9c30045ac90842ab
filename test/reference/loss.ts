/** Row r of [rows, v]. */
export const row = (x: Float64Array, r: number, v: number): Float64Array =>
  x.subarray(r * v, (r + 1) * v);

/** ln softmax of each row. */
export function logSoftmax(x: Float64Array, v: number): Float64Array {
  const y = x.slice();
  for (let r = 0; r < x.length / v; r++) {
    const top = Math.max(...row(x, r, v));
    const sum = row(x, r, v).reduce((s, value) => s + Math.exp(value - top), 0);
    for (let k = 0; k < v; k++) y[r * v + k]! -= top + Math.log(sum);
  }
  return y;
}

export const softmax = (x: Float64Array, v: number): Float64Array => logSoftmax(x, v).map(Math.exp);

/** Probabilities away from 0 and 1, as far as Keras keeps them. */
export const clip = (p: number): number =>
  Number.isNaN(p) ? p : Math.min(Math.max(p, 1e-7), 1 - 1e-7);

/** ln clip(x / Σ x) of each row. */
export function logNormalized(x: Float64Array, v: number): Float64Array {
  const sums = x.map((_, i) => row(x, Math.floor(i / v), v).reduce((a, b) => a + b, 0));
  return x.map((p, i) => Math.log(clip(p / sums[i]!)));
}

/** -Σ target · y of each row. */
export const surprises = (y: Float64Array, target: Float64Array, v: number): Float64Array =>
  new Float64Array(y.length / v).map((_, r) => -dot(row(y, r, v), row(target, r, v)));

/** Each class as a row of zeros with a one; one below 0 as zeros. */
export function oneHot(classes: ArrayLike<number>, v: number): Float64Array {
  const target = new Float64Array(classes.length * v);
  for (let r = 0; r < classes.length; r++) if (classes[r]! >= 0) target[r * v + classes[r]!] = 1;
  return target;
}

/** Losses of pairs, by name. */
export const elementLosses = {
  squared: (p: number, t: number): number => (p - t) ** 2,
  absolute: (p: number, t: number): number => Math.abs(p - t),
  huber: (p: number, t: number, delta: number): number =>
    Math.abs(p - t) <= delta ? (p - t) ** 2 / 2 : delta * (Math.abs(p - t) - delta / 2),
  binary: (p: number, t: number): number =>
    -t * Math.log(clip(p)) - (1 - t) * Math.log(1 - clip(p)),
  logistic: (x: number, t: number): number =>
    Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x))),
};

export const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0);

/** The gradient of f at x by central differences. */
export const gradient = (f: (x: Float64Array) => number, x: Float64Array, h = 1e-5): Float64Array =>
  x.map((v, i) => (f(x.with(i, v + h)) - f(x.with(i, v - h))) / (2 * h));
