import {
  Adam,
  add,
  full,
  Linear,
  mse,
  mul,
  ones,
  parameter,
  randn,
  reshape,
  scope,
  slice,
  Tensor,
  tensor,
  zeros,
} from "gatewise";
import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";

describeKernelSets("tensors", () => {
  test("of a number, nested arrays and typed arrays", () => {
    const scalar = tensor(2.5);
    expect([scalar.shape, scalar.size, scalar.toArray()]).toEqual([[], 1, 2.5]);
    const nested = [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ];
    expect(tensor(nested).shape).toEqual([1, 3, 2]);
    expect(tensor(nested).size).toBe(6);
    expect(tensor(nested).toArray()).toEqual(nested);
    for (const values of [
      new Float32Array([1, -2, 3]),
      new Float64Array([1, -2, 3]),
      new Int32Array([1, -2, 3]),
      new Int8Array([1, -2, 3]),
      [1, -2, 3],
    ]) {
      expect(tensor(values).shape).toEqual([3]);
      expect(tensor(values).data).toEqual(new Float32Array([1, -2, 3]));
    }
    const rows = [new Float32Array([1, 2]), new Float32Array([3, 4])];
    expect(tensor(rows as never).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("show their numbers, of long rows the ends, and nothing else", () => {
    const x = tensor([
      [1, 2.5, 1 / 3],
      [-1e-7, 1e10, 123456.7],
    ]);
    const text = "Tensor [2, 3] [[1, 2.5, 0.33333], [-1e-7, 10000000000, 123460]]";
    expect(`${x}`).toBe(text);
    const column = tensor(
      Array.from({ length: 14 }, (_, i) => i),
      [7, 2],
    );
    const ends = "[0, 1], [2, 3], [4, 5], ..., [8, 9], [10, 11], [12, 13]";
    expect(`${column}`).toBe(`Tensor [7, 2] [${ends}]`);
    expect(`${ones([6])}`).toBe("Tensor [6] [1, 1, 1, 1, 1, 1]");
    expect(`${tensor(Number.NaN)}`).toBe("Tensor [] NaN");
    expect(`${parameter([2])}`).toBe("Parameter [1] [2]");
    scope(() => {
      expect(`${add(x, 1)}`).toMatch("Tensor [2, 3] [[2, 3.5");
    });
  });

  test("are written as JSON by their shape and numbers, and read again", () => {
    const x = randn([2, 3], { seed: 1 });
    const { shape, data } = JSON.parse(JSON.stringify(x));
    expect(shape).toEqual([2, 3]);
    expect(tensor(data, shape).toArray()).toEqual(x.toArray());
    const [from, to] = [new Linear(3, 2, { seed: 1 }), new Linear(3, 2, { seed: 2 })];
    const saved = JSON.parse(JSON.stringify(from.parameters()));
    for (const [name, p] of Object.entries(to.parameters())) p.assign(saved[name].data);
    expect(to.weight.data).toEqual(from.weight.data);
  });

  test("of as many numbers row by row as a shape has", () => {
    const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(x.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(tensor([[7], [8]], [2]).toArray()).toEqual([7, 8]);
    expect(tensor(9, [1, 1, 1]).toArray()).toEqual([[[9]]]);
    expect(tensor([9], []).toArray()).toBe(9);
  });

  test("numbers are rounded to float32; what is not finite stays", () => {
    expect(tensor(0.1).item()).toBe(Math.fround(0.1));
    expect(tensor(new Float64Array([1e300, 2 ** 24 + 1])).toArray()).toEqual([
      Number.POSITIVE_INFINITY,
      2 ** 24,
    ]);
    const odd = tensor([Number.NaN, Number.NEGATIVE_INFINITY, -0]).data;
    expect(odd[0]).toBeNaN();
    expect([odd[1], Object.is(odd[2], -0)]).toEqual([Number.NEGATIVE_INFINITY, true]);
  });

  test("full, zeros and ones", () => {
    expect(full([2, 3], 0.1).toArray()).toEqual(
      Array.from({ length: 2 }, () => new Array(3).fill(Math.fround(0.1))),
    );
    expect(zeros([3]).toArray()).toEqual([0, 0, 0]);
    expect(ones([]).toArray()).toBe(1);
  });

  test("item is the one element, in any number of dimensions", () => {
    expect([tensor(3), tensor([4]), tensor([[[5]]])].map((x) => x.item())).toEqual([3, 4, 5]);
    expect(parameter([[6]]).item()).toBe(6);
    expect(scope(() => [mul(tensor([7]), 2).item()])).toEqual([14]);
    expect(() => tensor([1, 2]).item()).toThrow(RangeError);
  });

  test("own their numbers: arrays and shapes that they were made of may change", () => {
    const source = new Float32Array([1, 2, 3, 4]);
    const shape = [2, 2];
    const x = tensor(source, shape);
    source.fill(9);
    shape[0] = 7;
    expect([x.shape, x.toArray()]).toEqual([
      [2, 2],
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    const sizes = [2, 1];
    const [z, r] = [full(sizes, 1), reshape(x, [4])];
    const given = [4, 1];
    const y = x.reshape(given);
    sizes.push(5);
    given[0] = 2;
    expect([z.shape, r.shape, y.shape]).toEqual([[2, 1], [4], [4, 1]]);
    const p = parameter(x);
    p.assign([9, 9, 9, 9]);
    expect(x.data).toEqual(new Float32Array([1, 2, 3, 4]));
  });

  test("a result outside a scope is JavaScript memory that later steps do not change", () => {
    const net = new Linear(3, 2, { seed: 1 });
    const x = randn([4, 3], { seed: 2 });
    const y = net.forward(x);
    const part = slice(y, [1, 0], [2, 2]);
    const flat = y.reshape([-1]);
    expect(y.data, "its own, not a copy each time").toBe(y.data);
    const before = [y, part, flat].map((t) => t.data.slice());
    const optimizer = new Adam({ learningRate: 0.1 });
    for (let k = 0; k < 5; k++) {
      optimizer.minimize(() => mse(net.forward(x), ones([4, 2])));
      scope(() => add(randn([50, 50]), 1));
    }
    expect([y, part, flat].map((t) => t.data)).toEqual(before);
    expect(net.forward(x).data).not.toEqual(y.data);
  });

  test("data inside a scope is a copy", () => {
    scope(() => {
      const y = mul(tensor([1, 2]), 2);
      y.data.fill(7);
      expect(y.toArray()).toEqual([2, 4]);
    });
  });

  test("slice and reshape are methods too; one size may be left open", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(x.slice([0, 1], [-1, 2]).toArray()).toEqual([
      [2, 3],
      [5, 6],
    ]);
    expect(x.reshape([-1, 2]).toArray()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(x).toBeInstanceOf(Tensor);
  });
});
