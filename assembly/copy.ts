import { Lanes } from "./lanes";

/**
 * Copies between two layouts: transposition, slicing, concatenation, reversal, broadcasting, and back.
 *
 *   dims  i32 [rank, 3]: (size, y stride, x stride), the outermost first, strides in elements, negative or 0 too
 *   y, x  the element at index 0 of every dimension; y overlaps x nowhere. rank 0 is one element.
 */
function strided(accumulate: bool, y: usize, x: usize, dims: usize, rank: i32): void {
  if (rank == 0) {
    Element.move(accumulate, y, x);
    return;
  }
  const n = load<i32>(dims);
  const step_y = load<i32>(dims, 4) << 2;
  const step_x = load<i32>(dims, 8) << 2;
  if (rank > 1) {
    for (let i = 0; i < n; i++) {
      strided(accumulate, y, x, dims + 12, rank - 1);
      y += step_y;
      x += step_x;
    }
  } else if (step_y == 4 && step_x == 4) {
    for (let k = n; k > 0; k -= 4) {
      const v = Lanes.load(x, k);
      Lanes.store(y, accumulate ? f32x4.add(Lanes.load(y, k), v) : v, k);
      y += 16;
      x += 16;
    }
  } else {
    for (let i = 0; i < n; i++) {
      Element.move(accumulate, y, x);
      y += step_y;
      x += step_x;
    }
  }
}

class Element {
  @inline static move(accumulate: bool, y: usize, x: usize): void {
    store<f32>(y, accumulate ? load<f32>(y) + load<f32>(x) : load<f32>(x));
  }
}

/** y[…] = x[…] */
export function strided_copy(y: usize, x: usize, dims: usize, rank: i32): void {
  strided(false, y, x, dims, rank);
}

/** y[…] += x[…], in the order of the indices: with a y stride of 0 a sum */
export function strided_accumulate(y: usize, x: usize, dims: usize, rank: i32): void {
  strided(true, y, x, dims, rank);
}
