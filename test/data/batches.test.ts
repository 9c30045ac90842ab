import { Adam, crossEntropy, Linear, tensor } from "gatewise";
import { batches } from "gatewise/data";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { Tensor } from "../../bindings/core/tensor.ts";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("batches in order", () => {
  test("a tensor's rows beside class numbers; the last batch is what is left", () => {
    const x = tensor(
      numbers(7 * 6).map((v) => v / 8),
      [7, 2, 3],
    );
    const all = [...batches(x, Uint8Array.of(9, 8, 7, 6, 5, 4, 3), { batchSize: 3 })];
    expect(all.map((batch) => batch.x.shape)).toEqual([
      [3, 2, 3],
      [3, 2, 3],
      [1, 2, 3],
    ]);
    expect(all.flatMap((batch) => batch.x.toArray())).toEqual(x.toArray());
    expect(all.map((batch) => batch.y)).toEqual([
      Uint8Array.of(9, 8, 7),
      Uint8Array.of(6, 5, 4),
      Uint8Array.of(3),
    ]);
  });

  test("arrays of anything: sequences of different lengths, rows of indices", () => {
    const x = [[[1], [2]], [[3]], [[4], [5], [6]]];
    const y = numbers(3).map((n) => Int32Array.of(n, n + 1));
    expect([...batches(x, y, { batchSize: 2 })]).toEqual([
      { x: [[[1], [2]], [[3]]], y: [y[0], y[1]] },
      { x: [[[4], [5], [6]]], y: [y[2]] },
    ]);
  });

  test("the types follow the rows'", () => {
    const made = batches(tensor([[1], [2]]), Int32Array.of(0, 1));
    for (const { x, y } of made) {
      expectTypeOf(x).toEqualTypeOf<Tensor>();
      expectTypeOf(y).toEqualTypeOf<Int32Array<ArrayBuffer>>();
    }
    for (const { x } of batches([[1], [2]] as readonly number[][], [0, 1]))
      expectTypeOf(x).toEqualTypeOf<number[][]>();
    expect(made.count).toBe(1); // 32 by default
  });

  test.each([
    [7, 3, false, 3, 7],
    [7, 3, true, 2, 6],
    [6, 3, true, 2, 6],
    [5, 8, false, 1, 5],
  ])("%i rows in batches of %i, dropLast %s: %i", (rows, batchSize, dropLast, count, taken) => {
    const made = batches(numbers(rows), numbers(rows), { batchSize, dropLast });
    expect(made.count).toBe(count);
    const all = [...made];
    expect(all.length).toBe(count);
    expect(all.flatMap(({ x }) => x)).toEqual(numbers(taken));
  });
});

describeKernelSets("shuffled batches", () => {
  const order = (pass: Iterable<{ x: number[]; y: number[] }>): number[] =>
    [...pass].flatMap(({ x, y }) => {
      expect(y).toEqual(x.map((n) => 100 - n)); // x and y stay together
      return x;
    });
  const make = (seed?: number, rows = 40) =>
    batches(
      numbers(rows),
      numbers(rows).map((n) => 100 - n),
      { batchSize: 16, shuffle: true, ...(seed === undefined ? {} : { seed }) },
    );

  test("every row once, in another order each pass; the same orders for the same seed", () => {
    const [one, two, other] = [make(3), make(3), make(4)];
    const passes = [order(one), order(one), order(one)];
    for (const pass of passes) expect([...pass].sort((a, b) => a - b)).toEqual(numbers(40));
    expect(new Set([numbers(40), ...passes].map(String)).size).toBe(4);
    expect([order(two), order(two), order(two)]).toEqual(passes);
    expect(passes.map(String)).not.toContain(String(order(other)));
    expect(order(make())).not.toEqual(order(make()));
  });

  test("passes beside one another do not disturb each other", () => {
    const made = make(3);
    const [first, second] = [made[Symbol.iterator](), made[Symbol.iterator]()];
    const pairs = numbers(3).map(() => [first.next().value!.x, second.next().value!.x]);
    const [a, b] = [make(3), make(3)];
    const expected = order(a);
    order(b);
    expect(pairs.flatMap(([x]) => x)).toEqual(expected);
    expect(pairs.flatMap(([, x]) => x)).toEqual(order(b));
  });

  test("all orders are about equally likely", () => {
    const counts = new Map<string, number>();
    const made = make(5, 3);
    for (let n = 0; n < 1200; n++) {
      const key = String(order(made));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(52); // 4σ of √(1200·5/36)
  });
});

test("a loop of training", () => {
  const x = tensor(
    numbers(60).map((n) => ((n * 37) % 11) - 5),
    [20, 3],
  );
  const classes = numbers(20).map((n) => Number(x.data[3 * n]! > x.data[3 * n + 1]!));
  const head = new Linear(3, 2, { seed: 1 });
  const optimizer = new Adam({ learningRate: 0.1 });
  const before = crossEntropy(head.forward(x), classes).item();
  const data = batches(x, classes, { batchSize: 8, shuffle: true, seed: 2 });
  for (let epoch = 0; epoch < 20; epoch++)
    for (const batch of data)
      optimizer.minimize(() => crossEntropy(head.forward(batch.x), batch.y));
  expect(crossEntropy(head.forward(x), classes).item()).toBeLessThan(before / 4);
});

test("wrong arguments", () => {
  const x = tensor([[1], [2], [3]]);
  expectErrors([
    ["other rows", RangeError, () => batches(x, [1, 2]), /y with 3 rows, as many as x, got 2/],
    ["no rows", RangeError, () => batches([], [])],
    ["a scalar", RangeError, () => batches(tensor(3), [1]), /got a scalar/],
    ["a number", TypeError, () => batches(wrong(3), [1])],
    ["text", TypeError, () => batches(x, wrong("abc"))],
    ["batchSize", RangeError, () => batches(x, [1, 2, 3], { batchSize: 0 })],
    ["shuffle", TypeError, () => batches(x, [1, 2, 3], { shuffle: wrong(1) })],
    ["seed", RangeError, () => batches(x, [1, 2, 3], { seed: -1 })],
    ["an unknown option", TypeError, () => batches(x, [1, 2, 3], wrong({ size: 2 })), /got size/],
    [
      "nothing left",
      RangeError,
      () => batches(x, [1, 2, 3], { batchSize: 4, dropLast: true }),
      /batchSize of at most 3, all rows, got 4/,
    ],
  ]);
});
