/**
 * Functions of float64 whose last bits differ between engines where Math has them; from arithmetic and square roots alone,
 * which the language fixes.
 */

/**
 * base^exponent for base ≥ 0: the whole part of the exponent by squaring, the rest as a product of roots, one for each of
 * its binary digits. Relative error below (|exponent| + 30) 2^-53.
 */
export function power(base: number, exponent: number): number {
  if (exponent < 0) return 1 / power(base, -exponent);
  let whole = Math.floor(exponent);
  let rest = exponent - whole;
  let result = 1;
  for (let square = base; whole > 0; whole = Math.floor(whole / 2), square *= square)
    if (whole % 2 === 1) result *= square;
  for (let root = base; rest > 0; rest %= 1) {
    root = Math.sqrt(root);
    rest *= 2;
    if (rest >= 1) result *= root;
  }
  return result;
}

/** Taylor's series with every second term, from x^0 (cos, `next` 1) or x (sin, `next` 2) on; to 2^-54 for x up to π/4. */
function taylor(x: number, next: number): number {
  let term = next === 1 ? 1 : x;
  let sum = term;
  for (let k = next; k < 20; k += 2) {
    term *= -(x * x) / (k * (k + 1));
    sum += term;
  }
  return sum;
}

/** cos(πx) for x in [0, 1], to 4e-16; exact at 0, ½ and 1. */
export function cosPi(x: number): number {
  if (x > 0.5) return -cosPi(1 - x);
  return x > 0.25 ? taylor(Math.PI * (0.5 - x), 2) : taylor(Math.PI * x, 1);
}
