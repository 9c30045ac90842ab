/** The oracle of the operations: arrays of float64 of any rank, row-major, numpy's rules, no speed. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** An array from a function of the index along each axis. */
export function build(shape: readonly number[], f: (index: number[]) => number): NdArray {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, k) => {
    const index: number[] = [];
    let rest = k;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return f(index);
  });
  return { shape, data };
}

/** The value at an index; axes of length 1 and missing leading axes are repeated, as in broadcasting. */
export function at({ shape, data }: NdArray, index: readonly number[]): number {
  const lead = index.length - shape.length;
  const offset = shape.reduce((sum, d, axis) => sum * d + (d === 1 ? 0 : index[lead + axis]!), 0);
  return data[offset]!;
}

export const map = (a: NdArray, f: (v: number) => number): NdArray => ({
  shape: a.shape,
  data: a.data.map((v) => f(v)),
});

/** f of two arrays, value by value, the smaller one broadcast over the larger. */
export function zip(a: NdArray, b: NdArray, f: (x: number, y: number) => number): NdArray {
  const rank = Math.max(a.shape.length, b.shape.length);
  const along = (s: readonly number[], axis: number) => s[axis - rank + s.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, k) =>
    Math.max(along(a.shape, k), along(b.shape, k)),
  );
  return build(shape, (index) => f(at(a, index), at(b, index)));
}

export const scalar = (v: number): NdArray => ({ shape: [], data: Float64Array.of(v) });

const without = <V>(list: readonly V[], axis: number): V[] => list.filter((_, k) => k !== axis);
const insert = (index: readonly number[], axis: number, k: number) => [
  ...index.slice(0, axis),
  k,
  ...index.slice(axis),
];

/** Folds the values along an axis (all of them without one) into one. */
export function fold(a: NdArray, f: (values: number[]) => number, axis?: number): NdArray {
  if (axis === undefined) return scalar(f([...a.data]));
  return build(without(a.shape, axis), (index) =>
    f(Array.from({ length: a.shape[axis]! }, (_, k) => at(a, insert(index, axis, k)))),
  );
}

export const total = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0);
export const average = (values: readonly number[]): number => total(values) / values.length;

/** [..., M, K] × [..., K, N], leading axes broadcast. */
export function matmul(a: NdArray, b: NdArray): NdArray {
  const rank = Math.max(a.shape.length, b.shape.length) - 2;
  const along = ({ shape }: NdArray, axis: number) => shape[axis - rank + shape.length - 2] ?? 1;
  const lead = Array.from({ length: rank }, (_, axis) => Math.max(along(a, axis), along(b, axis)));
  return build([...lead, a.shape.at(-2)!, b.shape.at(-1)!], (index) => {
    const [places, m, n] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
    const terms = Array.from(
      { length: a.shape.at(-1)! },
      (_, k) => at(a, [...places, m, k]) * at(b, [...places, k, n]),
    );
    return total(terms);
  });
}

export const transpose = (a: NdArray): NdArray =>
  build([a.shape[1]!, a.shape[0]!], ([i, j]) => at(a, [j!, i!]));

export const slice = (a: NdArray, begin: readonly number[], size: readonly number[]): NdArray =>
  build(size, (index) =>
    at(
      a,
      index.map((k, axis) => k + begin[axis]!),
    ),
  );

export function concat(parts: readonly NdArray[], axis: number): NdArray {
  const first = parts[0]!.shape;
  const length = total(parts.map((p) => p.shape[axis]!));
  const shape = first.map((d, k) => (k === axis ? length : d));
  return build(shape, (index) => {
    let k = index[axis]!;
    for (const part of parts) {
      if (k < part.shape[axis]!)
        return at(
          part,
          index.map((v, n) => (n === axis ? k : v)),
        );
      k -= part.shape[axis]!;
    }
    throw new Error("unreachable");
  });
}

export function stack(parts: readonly NdArray[], axis: number): NdArray {
  const shape = insert(parts[0]!.shape, axis, parts.length);
  return build(shape, (index) => at(parts[index[axis]!]!, without(index, axis)));
}

/** log Σ exp along the last axis, safe for large values; a NaN anywhere gives NaN. */
const logSumExp = (values: readonly number[]): number => {
  const top = Math.max(...values);
  return top + Math.log(total(values.map((v) => Math.exp(v - top))));
};

export const logSoftmax = (a: NdArray): NdArray => {
  const last = a.shape.length - 1;
  const norm = fold(a, logSumExp, last);
  return build(a.shape, (index) => at(a, index) - at(norm, index.slice(0, last)));
};

export const softmax = (a: NdArray): NdArray => map(logSoftmax(a), Math.exp);

/** Mean over the rows of -Σ p log softmax(logits). */
export const crossEntropy = (logits: NdArray, p: NdArray): NdArray =>
  scalar(
    -total([...zip(logSoftmax(logits), p, (l, q) => (q === 0 ? 0 : l * q)).data]) /
      logits.shape[0]!,
  );

export const oneHot = (classes: readonly number[], V: number): NdArray =>
  build([classes.length, V], ([n, v]) => (classes[n!] === v ? 1 : 0));

export const mse = (a: NdArray, b: NdArray): NdArray =>
  scalar(average([...zip(a, b, (x, y) => (x - y) ** 2).data]));

/** Rows of the weight [V, E] by index, in the shape given. */
export const embedding = (weight: NdArray, indices: readonly number[], shape: readonly number[]) =>
  build([...shape, weight.shape[1]!], (index) => {
    const k = shape.reduce((sum, d, axis) => sum * d + index[axis]!, 0);
    return at(weight, [indices[k]!, index[shape.length]!]);
  });

/** x Wᵀ + b over the last axis. */
export const linear = (x: NdArray, weight: NdArray, bias?: NdArray): NdArray =>
  build([...x.shape.slice(0, -1), weight.shape[0]!], (index) => {
    const lead = index.slice(0, -1);
    const o = index.at(-1)!;
    const products = Array.from(
      { length: weight.shape[1]! },
      (_, i) => at(x, [...lead, i]) * at(weight, [o, i]),
    );
    return total(products) + (bias ? at(bias, [o]) : 0);
  });
