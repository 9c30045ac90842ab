import {
  add,
  concat,
  detach,
  Linear,
  LSTM,
  mse,
  mul,
  parameter,
  randn,
  reshape,
  SGD,
  scope,
  slice,
  sum,
  type Tensor,
  tanh,
  tensor,
  valueAndGrad,
  zeros,
} from "gatewise";
import { expect, test } from "vitest";
import { openFrame } from "../../bindings/core/scope.ts";
import { expectFloat32 } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";

describeKernelSets("valueAndGrad", () => {
  const x = tensor([0.5, -1.25, 3]);
  const w = tensor([2, 0.75, -0.5]);

  test("of inputs and parameters, keyed as the targets were", () => {
    const p = parameter([1.5, -2, 0.25]);
    const { value, gradients } = valueAndGrad(() => sum(mul(mul(x, p), x)), { weight: p, x });
    expect(value).toBe(0.25 * 1.5 + 1.5625 * -2 + 9 * 0.25);
    expect(Object.keys(gradients)).toEqual(["weight", "x"]);
    expect(gradients.weight.toArray()).toEqual([0.25, 1.5625, 9]);
    expect(gradients.x.toArray()).toEqual([1.5, 5, 1.5]);
    expect(p.toArray(), "values stay").toEqual([1.5, -2, 0.25]);
  });

  test("gradients are ordinary tensors of their targets' shapes, and stay", () => {
    const net = new LSTM(2, 3, { seed: 1 });
    const input = randn([2, 4, 2], { seed: 2 });
    const run = () => valueAndGrad(() => sum(net.forward(input).output), net.parameters());
    const { gradients } = run();
    const before = Object.values(gradients).map((g) => g.data.slice());
    for (const [name, p] of Object.entries(net.parameters()))
      expect(gradients[name]!.shape).toEqual(p.shape);
    expect(add(gradients.weight_ih_l0!, 1).size).toBe(24);
    const again = run().gradients;
    valueAndGrad(() => sum(mul(net.forward(input).output, 5)), net.parameters());
    expect(Object.values(gradients).map((g) => g.data)).toEqual(before);
    expect(
      Object.values(again).map((g) => g.data),
      "a second run begins from zeros",
    ).toEqual(before);
  });

  test("of intermediate results: of an outer scope, and none further back", () => {
    const { g, h } = scope(() => {
      const hidden = tanh(mul(x, w));
      const { gradients } = valueAndGrad(() => sum(mul(hidden, w)), { hidden, x });
      expect(hidden.data).toEqual(tanh(mul(x, w)).data);
      return { g: gradients, h: hidden };
    });
    expect(g.hidden.toArray()).toEqual(w.toArray());
    expect(g.x.toArray(), "x is behind hidden, not behind the loss").toEqual([0, 0, 0]);
    expect(h.size).toBe(3);
  });

  test("a target that the loss does not depend on has zeros, whatever was there before", () => {
    const [p, q] = [parameter([1, 2]), parameter([[3], [4]])];
    valueAndGrad(() => sum(mul(p, sum(q))), { p, q });
    const { gradients } = valueAndGrad(
      () => {
        mul(q, 2); // computed, but no part of the loss
        return sum(mul(p, p));
      },
      { p, q, x },
    );
    expect(gradients.p.toArray()).toEqual([2, 4]);
    expect(gradients.q.toArray()).toEqual([[0], [0]]);
    expect(gradients.x.toArray()).toEqual([0, 0, 0]);
  });

  test("a target that is used several times has the sum of what it gets", () => {
    const p = parameter([0.5, -1, 2]);
    for (const t of [x, p]) {
      const [a, b, c] = t.toArray() as [number, number, number];
      const { gradients } = valueAndGrad(
        () => add(sum(mul(t, mul(t, t))), sum(mul(concat([t, t], 0), concat([w, x], 0)))),
        { t },
      );
      const wanted = [a, b, c].map((v, k) => 3 * v * v + w.data[k]! + x.data[k]!);
      const own = t === x ? wanted.map((v, k) => v + x.data[k]!) : wanted;
      expectFloat32(gradients.t.data, own, "gradient");
    }
  });

  test("one tensor under two names has the same gradient under both", () => {
    const { gradients } = valueAndGrad(() => sum(mul(x, x)), { a: x, b: x });
    expect(gradients.a.data).toEqual(x.data.map((v) => 2 * v));
    expect(gradients.b.data).toEqual(gradients.a.data);
  });

  test("the loss itself, and what it is an alias of", () => {
    const s = tensor(3);
    const p = parameter(4);
    const { value, gradients } = valueAndGrad(() => s, { s, p });
    expect([value, gradients.s.item(), gradients.p.item()]).toEqual([3, 1, 0]);
    expect(valueAndGrad(() => p, { p }).gradients.p.item()).toBe(1);
    const shaped = valueAndGrad(() => reshape(reshape(s, [1]), [1, 1]), { s });
    expect(shaped.gradients.s.item()).toBe(1);
    expect(shaped.gradients.s.shape).toEqual([]);
  });

  test("a loss that depends on no target gives zeros", () => {
    const { value, gradients } = valueAndGrad(() => sum(w), { x });
    expect([value, gradients.x.toArray()]).toEqual([2.25, [0, 0, 0]]);
    expect(valueAndGrad(() => tensor(7), {}).value).toBe(7);
  });

  test("constants and what was detached get nothing and pass nothing on", () => {
    const frozen = parameter([1, 1, 1]);
    const { gradients } = valueAndGrad(
      () => sum(mul(mul(x, frozen), mul(detach(mul(x, 2)), detach(x)))),
      { x },
    );
    expect(Object.keys(gradients)).toEqual(["x"]);
    expectFloat32(
      gradients.x.data,
      x.data.map((v) => 2 * v * v),
      "gradient",
    );
  });

  test("what the function returns beside its loss comes back, tensors copied out", () => {
    const { value, gradients } = valueAndGrad(
      () => {
        const y = mul(x, 2);
        return { loss: sum(y), y, parts: [slice(y, [0], [1]), { h: add(y, 1) }], note: "kept" };
      },
      { x },
    );
    zeros([500, 3]);
    expect(value.loss).toBe(4.5);
    expect(value.y.toArray()).toEqual([1, -2.5, 6]);
    expect((value.parts[0] as Tensor).toArray()).toEqual([1]);
    expect((value.parts[1] as { h: Tensor }).h.toArray()).toEqual([2, -1.5, 7]);
    expect(value.note).toBe("kept");
    expect(gradients.x.toArray()).toEqual([2, 2, 2]);
  });

  test("runs the function once", () => {
    let runs = 0;
    valueAndGrad(
      () => {
        runs++;
        return sum(mul(x, x));
      },
      { x },
    );
    expect(runs).toBe(1);
  });

  test("inside one another they throw, also behind a scope, and the outer one is over", () => {
    const p = parameter([1, 2, 3]);
    const inner = () => valueAndGrad(() => sum(mul(x, x)), { x });
    const train = () => new SGD().minimize(() => sum(p));
    const before = (f: () => unknown) => (): Tensor => {
      f();
      return sum(add(x, p));
    };
    const steps: (() => unknown)[] = [
      () => valueAndGrad(before(inner), { x }),
      () => valueAndGrad(() => scope(before(inner)), { x }),
      () =>
        valueAndGrad(
          before(() => scope(inner)),
          { x },
        ),
      () => valueAndGrad(before(train), { x }),
      () => new SGD().minimize(before(inner)),
      () => new SGD().minimize(before(train)),
    ];
    for (const step of steps) {
      expect(step).toThrow(/gradients of gradients/);
      expect(openFrame()).toBeUndefined();
    }
    expect(p.toArray()).toEqual([1, 2, 3]);
    expect(inner().gradients.x.toArray()).toEqual([1, -2.5, 6]);
  });

  test("a loss of several elements is a RangeError that says its shape", () => {
    expect(() => valueAndGrad(() => mul(x, 2), { x })).toThrow(
      expect.objectContaining({ name: "RangeError", message: expect.stringMatching(/\[3\]/) }),
    );
    expect(() => valueAndGrad(() => ({ loss: mul(x, 2) }), { x })).toThrow(RangeError);
    expect(valueAndGrad(() => reshape(sum(x), [1, 1]), { x }).gradients.x.toArray()).toEqual([
      1, 1, 1,
    ]);
  });

  test("the gradient of a whole network with respect to its input", () => {
    const net = new Linear(3, 2, { seed: 1 });
    const y = randn([1, 2], { seed: 2 });
    const input = x.reshape([1, 3]);
    const { gradients } = valueAndGrad(() => mse(net.forward(input), y), { input });
    const error = net.forward(input).data.map((v, k) => v - y.data[k]!);
    const wanted = [0, 1, 2].map((i) =>
      error.reduce((s, e, k) => s + e * net.weight.data[3 * k + i]!, 0),
    );
    expectFloat32(gradients.input.data, wanted, "input");
  });
});
