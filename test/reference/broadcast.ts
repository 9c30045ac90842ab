/** Element i of an operand that is repeated to the length of another. */
const at = (a: Float64Array, i: number): number => a[i % a.length]!;

export const operations = {
  add: (a: number, b: number): number => a + b,
  sub: (a: number, b: number): number => a - b,
  mul: (a: number, b: number): number => a * b,
  div: (a: number, b: number): number => a / b,
} as const;

/** a op b, the shorter repeated along the longer. */
export function broadcast(
  f: (a: number, b: number) => number,
  a: Float64Array,
  b: Float64Array,
): Float64Array {
  return Float64Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
    f(at(a, i), at(b, i)),
  );
}

/** d + Σ scale · a (· b), all repeated to n. */
export function accumulated(
  d: Float64Array,
  scale: number,
  n: number,
  ...operands: readonly Float64Array[]
): Float64Array {
  const sum = d.slice();
  for (let i = 0; i < n; i++)
    sum[i % d.length]! += operands.reduce((product, a) => product * at(a, i), scale);
  return sum;
}
