import { expect, test } from "vitest";
import { glorotUniform, orthogonal } from "../../examples/support/initializers.ts";

test("glorotUniform fills ±√(6 / (in + out)) evenly", () => {
  const weights = glorotUniform([50, 28], { seed: 1 });
  const limit = Math.sqrt(6 / 78);
  expect(weights.length).toBe(50 * 28);
  expect(Math.max(...weights)).toBeLessThanOrEqual(limit);
  expect(Math.max(...weights)).toBeGreaterThan(0.99 * limit);
  expect(Math.min(...weights)).toBeLessThan(-0.99 * limit);
  const mean = weights.reduce((a, b) => a + b) / weights.length;
  expect(Math.abs(mean)).toBeLessThan(0.05 * limit);
  expect(glorotUniform([50, 28], { seed: 1 })).toEqual(weights);
  expect(glorotUniform([50, 28], { seed: 2 })).not.toEqual(weights);
});

test.each([
  [1, 1],
  [3, 3],
  [50, 50],
  [80, 20],
  [5, 17],
] as [number, number][])("orthogonal: the vectors of [%i, %i] are orthonormal", (rows, columns) => {
  const q = orthogonal([rows, columns], { seed: 4 });
  expect(q.length).toBe(rows * columns);
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const element = (vector: number, k: number): number =>
    rows < columns ? q[vector * columns + k]! : q[k * columns + vector]!;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      let product = 0;
      for (let k = 0; k < length; k++) product += element(i, k) * element(j, k);
      expect(Math.abs(product - Number(i === j))).toBeLessThan(1e-6);
    }
  }
  expect(orthogonal([rows, columns], { seed: 4 })).toEqual(q);
});

test("orthogonal: another seed, another matrix; no element is favoured", () => {
  const matrices = Array.from({ length: 200 }, (_, seed) => orthogonal([3, 3], { seed }));
  expect(matrices[0]).not.toEqual(matrices[1]);
  for (let i = 0; i < 9; i++) {
    const mean = matrices.reduce((sum, q) => sum + q[i]!, 0) / matrices.length;
    const square = matrices.reduce((sum, q) => sum + q[i]! ** 2, 0) / matrices.length;
    expect(Math.abs(mean)).toBeLessThan(0.16); // four standard errors of 1 / √600
    expect(Math.abs(square - 1 / 3)).toBeLessThan(0.1);
  }
});
