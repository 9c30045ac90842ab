import { initializers, layers, randn } from "gatewise";
import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((a, b) => a + b) / values.length;
const deviation = (values: ArrayLike<number>) =>
  Math.sqrt(mean(Array.from(values, (v) => v * v)) - mean(values) ** 2);
const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

describeKernelSets("initializers", () => {
  test("zeros, ones, constants and the identity", () => {
    expect([...Array.from(initializers.zeros()([2]))]).toEqual([0, 0]);
    expect([...Array.from(initializers.ones()([2]))]).toEqual([1, 1]);
    expect([...Array.from(initializers.constant({ value: 0.5 })([3]))]).toEqual([0.5, 0.5, 0.5]);
    expect([...Array.from(initializers.identity({ gain: 2 })([2, 2]))]).toEqual([2, 0, 0, 2]);
  });

  // Fans of [40, 60] are 40 and 60. Uniform numbers within ±a deviate by a/√3.
  test.each([
    ["randomUniform", 0.05, 0.05 / Math.sqrt(3)],
    ["glorotUniform", Math.sqrt(6 / 100), Math.sqrt(2 / 100)],
    ["heUniform", Math.sqrt(6 / 40), Math.sqrt(2 / 40)],
    ["leCunUniform", Math.sqrt(3 / 40), Math.sqrt(1 / 40)],
    ["truncatedNormal", 0.1, 0.05 * 0.8796],
    ["glorotNormal", (2 * Math.sqrt(2 / 100)) / 0.8796, Math.sqrt(2 / 100)],
    ["heNormal", (2 * Math.sqrt(2 / 40)) / 0.8796, Math.sqrt(2 / 40)],
    ["leCunNormal", (2 * Math.sqrt(1 / 40)) / 0.8796, Math.sqrt(1 / 40)],
    ["randomNormal", Number.POSITIVE_INFINITY, 0.05],
  ] as const)("%s: within ±%f, standard deviation %f", (name, limit, std) => {
    const draw = initializers[name]();
    const values = draw([40, 60], { seed: 1 });
    expect(values.length).toBe(2400);
    expect(largest(values)).toBeLessThanOrEqual(limit * (1 + 1e-4));
    if (limit < 1) expect(largest(values)).toBeGreaterThan(0.95 * limit);
    expect(Math.abs(mean(values))).toBeLessThan(4 * (std / Math.sqrt(2400)));
    expect(Math.abs(deviation(values) / std - 1)).toBeLessThan(0.06);
    expect(draw([40, 60], { seed: 1 })).toEqual(values);
    expect(draw([40, 60], { seed: 2 })).not.toEqual(values);
    expect(draw([40, 60])).not.toEqual(draw([40, 60]));
  });

  test("numbers that are drawn again are no weight's first ones: what a layer begins with does not recur", () => {
    const spread = initializers.truncatedNormal({ stddev: 1 });
    const layer = layers.lstm({
      units: 64,
      kernelInitializer: spread,
      recurrentInitializer: spread,
      seed: 1,
    });
    layer.build([null, null, 64]);
    const [kernel, recurrent] = layer.getWeights().map(({ data }) => data);
    const known = new Set(kernel);
    const recurring = recurrent!.filter((v) => known.has(v)).length;
    expect(recurring).toBeLessThan(100); // of 16,384 each, a few meet by chance
  });

  test("fans that are told win over those of the shape", () => {
    const wide = initializers.glorotUniform()([4, 4], { fanIn: 1, fanOut: 2, seed: 1 });
    const plain = initializers.glorotUniform()([4, 4], { seed: 1 });
    const ratio = Math.sqrt(8 / 3);
    for (let i = 0; i < plain.length; i++) expect(wide[i]! / plain[i]!).toBeCloseTo(ratio, 5);
    const out = initializers.varianceScaling({ mode: "fanOut", distribution: "uniform", scale: 3 });
    expect(largest(out([9, 1000], { seed: 1 }))).toBeLessThanOrEqual(Math.sqrt(9 / 1000));
  });

  test.each([
    [1, 1],
    [3, 3],
    [50, 50],
    [80, 20],
    [5, 17],
  ] as [number, number][])(
    "orthogonal: the vectors of [%i, %i] are orthonormal",
    (rows, columns) => {
      const q = initializers.orthogonal()([rows, columns], { seed: 4 });
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
      expect(initializers.orthogonal()([rows, columns], { seed: 4 })).toEqual(q);
      const twice = initializers.orthogonal({ gain: 2 })([rows, columns], { seed: 4 });
      expect(Array.from(twice)).toEqual(Array.from(q, (v) => 2 * v));
    },
  );

  test.each([
    [3, 3],
    [4, 9],
    [17, 17],
    [9, 5],
    [40, 40],
  ])(
    "orthogonal: [%i, %i] is, to the bit, what one vector after the other gives",
    (rows, columns) => {
      const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
      const vectors = (randn([count, length], { seed: 6 }).toArray() as number[][]).map((v) => [
        ...v,
      ]);
      const product = (a: number[], b: number[]) => a.reduce((sum, v, k) => sum + v * b[k]!, 0);
      const size = (a: number[]) => Math.sqrt(product(a, a));
      vectors.forEach((vector, i) => {
        const before = size(vector);
        for (let pass = 0; pass === 0 || (pass === 1 && size(vector) < before / 2); pass++)
          for (const other of vectors.slice(0, i)) {
            const along = product(vector, other);
            for (let k = 0; k < length; k++) vector[k]! -= along * other[k]!;
          }
        const left = size(vector);
        for (let k = 0; k < length; k++) vector[k]! /= left;
      });
      const q = initializers.orthogonal()([rows, columns], { seed: 6 });
      const expected = Float32Array.from(q, (_, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        return rows < columns ? vectors[row]![column]! : vectors[column]![row]!;
      });
      expect(q).toEqual(expected);
    },
  );

  test("orthogonal: another seed, another matrix; no element is favoured", () => {
    const draw = initializers.orthogonal();
    const matrices = Array.from({ length: 200 }, (_, seed) => draw([3, 3], { seed }));
    expect(matrices[0]).not.toEqual(matrices[1]);
    for (let i = 0; i < 9; i++) {
      const at = matrices.map((q) => q[i]!);
      expect(Math.abs(mean(at))).toBeLessThan(0.16); // four standard errors of 1 / √600
      expect(Math.abs(mean(at.map((v) => v * v)) - 1 / 3)).toBeLessThan(0.1);
    }
  });

  test("by name, capitals or not, by function, and one of one's own", () => {
    const kernelOf = (kernelInitializer: never) => {
      const layer = layers.dense({ units: 3, kernelInitializer, seed: 8 });
      layer.build([null, 2]);
      return [...layer.getWeights()[0]!.data];
    };
    const named = kernelOf("leCunNormal" as never);
    expect(kernelOf("lecunNormal" as never)).toEqual(named);
    expect(kernelOf(initializers.leCunNormal() as never)).toEqual(named);
    expect(
      kernelOf(((_: number[], { fanIn, fanOut }: { fanIn: number; fanOut: number }) => [
        fanIn,
        fanOut,
        3,
        4,
        5,
        6,
      ]) as never),
    ).toEqual([2, 3, 3, 4, 5, 6]);
  });
});
