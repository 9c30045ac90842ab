/** Steps of the iteration for each picture: the axes of the one before are nearly right. */
const STEPS = 12;

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function normalize(vector: Float64Array): void {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
}

/**
 * Vectors seen from where they spread most: the first two principal components of their directions, by orthogonal iteration. It
 * goes on from the axes of the last picture, so that a map whose vectors move does not turn or flip.
 */
export class Projection {
  readonly #rows: Float64Array[];
  readonly #axes: readonly [Float64Array, Float64Array];

  constructor(count: number, size: number) {
    this.#rows = Array.from({ length: count }, () => new Float64Array(size));
    const axis = (n: number): Float64Array =>
      Float64Array.from({ length: size }, (_, i) => (i % 2 === n ? 1 : 1 / (i + 2)));
    this.#axes = [axis(0), axis(1)];
  }

  /** The places of `count` vectors of `size` numbers. */
  project(vectors: readonly ArrayLike<number>[]): [x: number, y: number][] {
    this.#centre(vectors);
    for (let step = 0; step < STEPS; step++) this.#iterate();
    const [first, second] = this.#axes;
    return this.#rows.map((row) => [dot(row, first), dot(row, second)]);
  }

  /** Rows of length 1, less their mean. */
  #centre(vectors: readonly ArrayLike<number>[]): void {
    const rows = this.#rows;
    rows.forEach((row, n) => {
      row.set(vectors[n]!);
      normalize(row);
    });
    for (let i = 0; i < rows[0]!.length; i++) {
      const mean = rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length;
      for (const row of rows) row[i]! -= mean;
    }
  }

  /** axes = orthonormal(Xᵀ X axes) */
  #iterate(): void {
    const [first, second] = this.#axes;
    for (const axis of this.#axes) {
      const shares = this.#rows.map((row) => dot(row, axis));
      axis.fill(0);
      this.#rows.forEach((row, n) => {
        for (let i = 0; i < axis.length; i++) axis[i]! += shares[n]! * row[i]!;
      });
    }
    normalize(first);
    const shared = dot(first, second);
    for (let i = 0; i < second.length; i++) second[i]! -= shared * first[i]!;
    normalize(second);
  }
}
