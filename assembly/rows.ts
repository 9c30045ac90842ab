import { Lanes } from "./lanes";

// Rows are copied by vectors: memory.copy leaves the compiled code, which costs more than the copy of a usual row.
class Rows {
  /** The k-th row of p. */
  @inline static at(p: usize, k: i32, width: i32): usize {
    return p + ((<usize>k * <usize>width) << 2);
  }

  /** The row of p that index[r] names. */
  @inline static pick(p: usize, index: usize, r: i32, width: i32): usize {
    return Rows.at(p, load<i32>(index + ((<usize>r) << 2)), width);
  }

  @inline static copy(y: usize, x: usize, n: i32): void {
    for (; n > 0; n -= 4) {
      Lanes.store(y, Lanes.load(x, n), n);
      x += 16;
      y += 16;
    }
  }

  @inline static add(y: usize, x: usize, n: i32): void {
    for (; n > 0; n -= 4) {
      Lanes.store(y, f32x4.add(Lanes.load(y, n), Lanes.load(x, n)), n);
      x += 16;
      y += 16;
    }
  }
}

/** y[r] = x[index[r]]: y [rows, width], x [any, width], index i32[rows]. An embedding, or a selection from a batch. */
export function gather_rows(y: usize, x: usize, index: usize, rows: i32, width: i32): void {
  for (let r = 0; r < rows; r++)
    Rows.copy(Rows.at(y, r, width), Rows.pick(x, index, r, width), width);
}

/** dx[index[r]] += dy[r], r ascending: a row picked twice gets both gradients */
export function gather_rows_backward(
  dx: usize,
  dy: usize,
  index: usize,
  rows: i32,
  width: i32,
): void {
  for (let r = 0; r < rows; r++)
    Rows.add(Rows.pick(dx, index, r, width), Rows.at(dy, r, width), width);
}

/** y[index[r]] = x[r]: the rows of y [any, width] that no index names are left as they are. x [rows, width], index i32[rows] */
export function scatter_rows(y: usize, x: usize, index: usize, rows: i32, width: i32): void {
  for (let r = 0; r < rows; r++)
    Rows.copy(Rows.pick(y, index, r, width), Rows.at(x, r, width), width);
}

/** dx[r] += dy[index[r]] */
export function scatter_rows_backward(
  dx: usize,
  dy: usize,
  index: usize,
  rows: i32,
  width: i32,
): void {
  for (let r = 0; r < rows; r++)
    Rows.add(Rows.at(dx, r, width), Rows.pick(dy, index, r, width), width);
}
