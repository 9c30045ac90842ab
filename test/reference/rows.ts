/** y[to(r)] = or += x[from(r)], row by row of `width`, r ascending. */
export function moveRows(
  y: Float64Array,
  x: Float64Array,
  width: number,
  rows: number,
  to: (r: number) => number,
  from: (r: number) => number,
  add: boolean,
): Float64Array {
  const moved = y.slice();
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < width; k++) {
      const value = x[from(r) * width + k]!;
      const at = to(r) * width + k;
      moved[at] = add ? moved[at]! + value : value;
    }
  return moved;
}
