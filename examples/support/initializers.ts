import { randn, randomUniform } from "gatewise";

/** Uniform within ±√(6 / (fan in + fan out)) for a weight of [out, in]: Glorot and Bengio 2010, equation 16. */
export function glorotUniform(shape: [number, number], options: { seed: number }): Float32Array {
  const limit = Math.sqrt(6 / (shape[0] + shape[1]));
  return randomUniform(shape, -limit, limit, options).data;
}

/**
 * A random orthogonal matrix [size, size], row-major: Saxe et al. 2014 (arXiv:1312.6120). Normal numbers, made
 * orthonormal row by row (Gram-Schmidt, in float64): R's diagonal is then positive, so every orthogonal matrix is as likely.
 */
export function orthogonal(size: number, options: { seed: number }): Float32Array {
  const q = Float64Array.from(randn([size, size], options).data);
  for (let i = 0; i < size; i++) {
    const row = q.subarray(i * size, (i + 1) * size);
    // Modified Gram-Schmidt, twice: after one pass a row that was nearly dependent is not yet orthogonal.
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = q.subarray(j * size, (j + 1) * size);
        const along = dot(row, other);
        for (let k = 0; k < size; k++) row[k] = row[k]! - along * other[k]!;
      }
    }
    const length = Math.sqrt(dot(row, row));
    for (let k = 0; k < size; k++) row[k] = row[k]! / length;
  }
  return Float32Array.from(q);
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
