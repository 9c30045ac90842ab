import { randn, randomUniform } from "gatewise";

/** Uniform within ±√(6 / (fan in + fan out)) for a weight of [out, in]: Glorot and Bengio 2010, equation 16. */
export function glorotUniform(shape: [number, number], options: { seed: number }): Float32Array {
  const limit = Math.sqrt(6 / (shape[0] + shape[1]));
  return randomUniform(shape, -limit, limit, options).data;
}

/**
 * A random matrix whose columns are orthonormal, or its rows where they are the shorter side's: Saxe et al. 2014
 * (arXiv:1312.6120). Normal numbers, made orthonormal one vector after the other (Gram-Schmidt, in float64): R's diagonal
 * is then positive, so that every such matrix is as likely.
 */
export function orthogonal(shape: [number, number], options: { seed: number }): Float32Array {
  const [rows, columns] = shape;
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const numbers = Float64Array.from(randn([count, length], options).data);
  const vectors = Array.from({ length: count }, (_, i) =>
    numbers.subarray(i * length, (i + 1) * length),
  );
  vectors.forEach((vector, i) => {
    // Twice: after one pass a vector that nearly depended on the others is not yet orthogonal to them.
    for (const other of [...vectors.slice(0, i), ...vectors.slice(0, i)]) {
      const along = dot(vector, other);
      for (let k = 0; k < length; k++) vector[k] = vector[k]! - along * other[k]!;
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let k = 0; k < length; k++) vector[k] = vector[k]! / norm;
  });
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return rows < columns ? vectors[row]![column]! : vectors[column]![row]!;
  });
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
