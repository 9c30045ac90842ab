import { describe, expect, test } from "vitest";
import { cosPi, power } from "../../bindings/core/elementary.ts";
import { random } from "../reference/random.ts";

describe("functions of float64 from arithmetic and square roots", () => {
  test("power: within its bound of Math.pow", () => {
    const next = random(1);
    for (let k = 0; k < 2000; k++) {
      const base = k % 2 ? next() : 4 * next();
      const exponent = (k % 3 ? 40 : 3) * (next() - 0.3);
      const want = base ** exponent;
      const error = Math.abs(power(base, exponent) - want) / want;
      // The host's own error is up to one unit in the last place.
      expect(error, `${base}^${exponent}`).toBeLessThan((Math.abs(exponent) + 32) * 2 ** -53);
    }
  });

  test("power: whole exponents, and where it is exact", () => {
    for (const base of [0.5, 0.9, 0.999, 1, 1.5])
      for (const n of [0, 1, 2, 3, 7, 8, 9, 1000]) {
        let product = 1;
        for (let i = 0; i < n; i++) product *= base;
        expect(Math.abs(power(base, n) / product - 1)).toBeLessThan((n + 1) * 2 ** -52);
      }
    expect(power(0.25, 0.5)).toBe(0.5);
    expect(power(16, 0.75)).toBe(8);
    expect(power(2, -3)).toBe(0.125);
    expect(power(0, 0)).toBe(1);
    expect(power(0, 0.5)).toBe(0);
    expect(power(0, 3)).toBe(0);
    expect(power(0.5, 2000)).toBe(0);
    expect(power(0.9, 1e9)).toBe(0);
  });

  test("cosPi: Math.cos to 5e-16, and symmetric", () => {
    const next = random(2);
    const points = [...Array.from({ length: 2000 }, next), 0.25, 0.2500001, 0.4999999];
    // 2e-16 of them are due to the rounding of π x.
    for (const x of points)
      expect(Math.abs(cosPi(x) - Math.cos(Math.PI * x)), `${x}`).toBeLessThan(5e-16);
    for (const k of [0, 1, 77, 128, 200]) expect(cosPi(1 - k / 256)).toBe(-cosPi(k / 256) + 0);
    expect([0, 0.5, 1].map((x) => cosPi(x) + 0)).toEqual([1, 0, -1]);
  });
});
