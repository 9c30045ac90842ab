/** One dimension of a copy between two layouts; strides in elements. */
export type Dimension = readonly [size: number, yStride: number, xStride: number];

/** Calls `visit` with the places in y and in x of every index, the last dimension fastest. */
export function walk(
  dims: readonly Dimension[],
  visit: (y: number, x: number) => void,
  y = 0,
  x = 0,
): void {
  const [first, ...rest] = dims;
  if (!first) visit(y, x);
  else for (let i = 0; i < first[0]; i++) walk(rest, visit, y + i * first[1], x + i * first[2]);
}
