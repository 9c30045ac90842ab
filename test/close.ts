import { expect } from "vitest";

export interface Tolerance {
  /** Absolute part. */
  readonly atol: number;
  /** Part relative to the expected value. */
  readonly rtol: number;
}

/**
 * Every |actual - expected| ≤ atol + rtol |expected|, as numpy's assert_allclose has it; NaN equals NaN only, an
 * infinity itself only. Reports the worst entry.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { atol, rtol }: Tolerance,
  label: string,
): void {
  expect(actual.length, `${label}: number of values`).toBe(expected.length);
  let worst = -1;
  let excess = 0;
  for (let k = 0; k < expected.length; k++) {
    const got = actual[k]!;
    const want = expected[k]!;
    if (Object.is(got, want) || got === want) continue;
    const over = Math.abs(got - want) - (atol + rtol * Math.abs(want));
    const wrong = Number.isFinite(want) ? over : Number.POSITIVE_INFINITY;
    if (!(wrong <= excess)) {
      worst = k;
      excess = Number.isNaN(wrong) ? Number.POSITIVE_INFINITY : wrong;
    }
  }
  if (worst >= 0) {
    expect.fail(
      `${label}[${worst}]: expected ${expected[worst]} within ${atol} + ${rtol}·|expected|, got ${actual[worst]}`,
    );
  }
}

/** The place of a float32 in the order of all of them: neighbours differ by one. */
function floatOrder(value: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer)[0]!;
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

/** The place of the float16 nearest to a number in the order of all of them. */
function halfOrder(value: number): number {
  const size = Math.abs(value);
  if (size === 0) return 0;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const steps = size / 2 ** (exponent - 10);
  const whole = steps % 1 === 0.5 ? 2 * Math.round(steps / 2) : Math.round(steps);
  return Math.sign(value) * (whole + (exponent + 14) * 1024);
}

/** Every actual is at most `limit` float32 (or float16) numbers away from the expected one, as WebNN's tests count. */
export function expectWithinUlp(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  limit: number,
  label: string,
  precision: "float32" | "float16" = "float32",
): void {
  const order = precision === "float32" ? floatOrder : halfOrder;
  expect(actual.length, `${label}: number of values`).toBe(expected.length);
  for (let k = 0; k < expected.length; k++) {
    const distance = Math.abs(order(actual[k]!) - order(expected[k]!));
    if (!Object.is(actual[k], expected[k]) && !(distance <= limit))
      expect.fail(
        `${label}[${k}]: expected ${expected[k]} within ${limit} ULP, got ${actual[k]}, ${distance} away`,
      );
  }
}

/**
 * What float32 can keep of float64: a relative error of the size of the largest entry, since sums of large terms leave
 * small ones behind.
 */
export function expectFloat32(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  label: string,
  relative = 2e-5,
): void {
  let largest = 1;
  for (let k = 0; k < expected.length; k++) {
    const size = Math.abs(expected[k]!);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
  }
  expectClose(actual, expected, { atol: relative * largest, rtol: 0 }, label);
}
