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

/** Mean over rows of -Σ target · ln softmax(x). */
export const softCrossEntropy = (x: Float64Array, target: Float64Array, v: number): number =>
  -dot(logSoftmax(x, v), target) / (x.length / v);

/** Each class as a row of zeros with a one. */
export function oneHot(classes: ArrayLike<number>, v: number): Float64Array {
  const target = new Float64Array(classes.length * v);
  for (let r = 0; r < classes.length; r++) target[r * v + classes[r]!] = 1;
  return target;
}

export const meanSquare = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.length;

export const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0);

/** The gradient of f at x by central differences. */
export const gradient = (f: (x: Float64Array) => number, x: Float64Array, h = 1e-5): Float64Array =>
  x.map((v, i) => (f(x.with(i, v + h)) - f(x.with(i, v - h))) / (2 * h));
