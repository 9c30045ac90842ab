import {
  Adam,
  add,
  detach,
  GRU,
  Linear,
  matmul,
  mse,
  mul,
  ones,
  parameter,
  randn,
  reshape,
  SGD,
  scope,
  slice,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "gatewise";
import { expect, test } from "vitest";
import { runtime } from "../../bindings/core/runtime.ts";
import { openFrame } from "../../bindings/core/scope.ts";
import { describeKernelSets } from "../kernel-sets.ts";

/** Where the next piece of the arena would be: the same before and after whatever gives all its memory back. */
const arenaTop = () => {
  const { arena } = runtime();
  return arena.mark();
};

describeKernelSets("scope", () => {
  const a = tensor([
    [1, -2, 3],
    [0.5, 5, -6],
  ]);
  const twice = a.data.map((v) => 2 * v);

  test("returns what its function does, tensors copied out in arrays and objects however nested", () => {
    const { one, list, deep, word, nothing } = scope(() => {
      const y = mul(a, 2);
      return {
        one: y,
        list: [y, [slice(y, [0, 0], [1, -1])]] as const,
        deep: { state: { h: reshape(y, [6]), c: [add(y, 1)] } },
        word: "kept",
        nothing: null,
      };
    });
    for (let k = 0; k < 3; k++) scope(() => randn([40, 40])); // others use the memory
    expect(one.data).toEqual(twice);
    expect(list[0]).toBe(one);
    expect(list[1][0]!.toArray()).toEqual([[2, -4, 6]]);
    expect(deep.state.h.data).toEqual(twice);
    expect(deep.state.c[0]!.data).toEqual(twice.map((v) => v + 1));
    expect([word, nothing]).toEqual(["kept", null]);
    expect([scope(() => 3), scope(() => undefined)]).toEqual([3, undefined]);
  });

  test("an object without a prototype is looked into; instances of classes are left alone", () => {
    class Box {
      readonly y = mul(a, 2);
    }
    const { bare, box } = scope(() => ({
      bare: Object.assign(Object.create(null) as { y?: Tensor }, { y: mul(a, 2) }),
      box: new Box(),
    }));
    expect(bare.y!.data).toEqual(twice);
    expect(() => box.y.data).toThrow(/scope/);
  });

  test("a tensor smuggled out throws wherever it is used, and the error names the remedy", () => {
    let lost!: Tensor;
    let kept!: Tensor;
    scope(() => {
      lost = mul(a, 2);
      kept = detach(lost);
    });
    const net = new Linear(3, 2);
    const p = parameter(a);
    const uses: (() => unknown)[] = [
      () => lost.data,
      () => lost.toArray(),
      () => add(lost, 1),
      () => add(1, lost),
      () => matmul(a.reshape([3, 2]), lost),
      () => lost.reshape([6]),
      () => lost.slice([0, 0], [1, 1]),
      () => net.forward(lost),
      () => new GRU(3, 2).forward(lost.reshape([1, 2, 3])),
      () => detach(lost),
      () => detach({ h: [lost] }),
      () => parameter(lost),
      () => p.assign(lost),
      () => scope(() => lost.data),
      () => valueAndGrad(() => sum(mul(lost, lost)), { a }),
      () => new SGD().update({ p }, { p: lost }),
    ];
    for (const use of uses) expect(use, `${use}`).toThrow(/scope.*detach/);
    expect(lost.shape).toEqual([2, 3]);
    expect(kept.data).toEqual(twice);
    expect(p.data).toEqual(a.data);
    expect(openFrame()).toBeUndefined();
  });

  test("nests: the inner one's results belong to the outer, the rest ends with the inner", () => {
    let inner!: Tensor;
    const result = scope(() => {
      const x = mul(a, 2);
      const y = scope(() => {
        inner = add(x, 1);
        return mul(inner, 10);
      });
      expect(() => inner.data).toThrow(/scope/);
      randn([30, 30]);
      expect(x.data).toEqual(twice);
      return add(y, x);
    });
    expect(result.data).toEqual(twice.map((v) => (v + 1) * 10 + v));
  });

  test("a tensor of an outer scope returned by an inner one stays the outer's", () => {
    let passed!: Tensor;
    scope(() => {
      const x = mul(a, 2);
      passed = scope(() => x);
      expect(passed).toBe(x);
      expect(passed.data).toEqual(twice);
    });
    expect(() => passed.data).toThrow(/scope/);
  });

  test("a constant used in an inner scope can be used in the outer one after it", () => {
    const c = tensor([1, 2, 3]);
    scope(() => {
      expect(scope(() => add(a, c)).toArray()).toEqual(add(a, c).toArray());
      randn([30, 30]);
      expect(add(a, c).toArray()).toEqual([
        [2, 0, 6],
        [1.5, 7, -3],
      ]);
    });
    expect(add(c, 0).toArray()).toEqual([1, 2, 3]);
  });

  test("gives its memory back, however it ends", () => {
    const start = arenaTop();
    scope(() => scope(() => randn([100, 100])));
    expect(arenaTop()).toEqual(start);
    const inside = [
      () => {
        throw new Error("mine");
      },
      () => add(a, ones([7])),
      () =>
        scope(() => {
          randn([200, 200]);
          throw new Error("mine, deep inside");
        }),
      () => valueAndGrad(() => mul(a, 2), { a }),
    ];
    for (const f of inside) {
      expect(() =>
        scope(() => {
          randn([300, 300]);
          return f();
        }),
      ).toThrow();
      expect(arenaTop()).toEqual(start);
      expect(openFrame()).toBeUndefined();
    }
    expect(mul(a, 2).data).toEqual(twice);
  });

  test("an error that is caught inside an outer scope leaves the outer one working", () => {
    const y = scope(() => {
      const x = mul(a, 2);
      expect(() =>
        scope(() => {
          add(x, 3);
          throw new Error("mine");
        }),
      ).toThrow("mine");
      expect(() => matmul(a, a)).toThrow(RangeError);
      return add(x, 1);
    });
    expect(y.data).toEqual(twice.map((v) => v + 1));
  });

  test("errors thrown inside a step leave the next one as if nothing had been", () => {
    const run = (interrupted: boolean) => {
      const net = new GRU(3, 4, { seed: 1 });
      const optimizer = new Adam({ learningRate: 0.1, clipNorm: 1 });
      const x = randn([2, 5, 3], { seed: 2 });
      const y = randn([2, 5, 4], { seed: 3 });
      for (let k = 0; k < 4; k++) {
        if (interrupted) {
          expect(() =>
            optimizer.minimize(() => {
              mse(net.forward(x).output, y);
              throw new Error("mine");
            }),
          ).toThrow("mine");
          expect(() =>
            optimizer.minimize(() => scope(() => mse(net.forward(x).output, ones([1, 2])))),
          ).toThrow(RangeError);
          expect(() => valueAndGrad(() => net.forward(x).output, net.parameters())).toThrow();
        }
        optimizer.minimize(() => mse(net.forward(x).output, y));
      }
      return Object.values(net.parameters()).map((p) => p.data);
    };
    const start = arenaTop();
    expect(run(true)).toEqual(run(false));
    expect(arenaTop()).toEqual(start);
  });

  test("an async function is a TypeError", () => {
    for (const f of [async () => mul(a, 2), () => Promise.resolve(1)])
      expect(() => scope(f as never)).toThrow(
        expect.objectContaining({ name: "TypeError", message: expect.stringMatching(/^scope:/) }),
      );
    expect(() => new SGD().minimize(() => scope<never>((async () => sum(a)) as never))).toThrow(
      TypeError,
    );
    expect(openFrame()).toBeUndefined();
  });

  test("inside minimize and valueAndGrad gradients flow through it, and nothing ends before the step", () => {
    const [net, twin] = [new Linear(3, 2, { seed: 1 }), new Linear(3, 2, { seed: 1 })];
    const [one, other] = [new Adam({ learningRate: 0.1 }), new Adam({ learningRate: 0.1 })];
    const y = randn([2, 2], { seed: 5 });
    for (let k = 0; k < 3; k++) {
      let between!: Tensor;
      const loss = one.minimize(() =>
        scope(() => {
          const hidden = scope(() => {
            between = net.forward(a);
            return { h: add(between, 1) };
          });
          expect(between.size).toBe(between.data.length);
          return mse(add(hidden.h, between), y);
        }),
      );
      expect(() => between.data).toThrow(/scope/);
      const wanted = other.minimize(() => {
        const h = twin.forward(a);
        return mse(add(add(h, 1), h), y);
      });
      expect(loss).toBe(wanted);
    }
    expect(net.weight.data).toEqual(twin.weight.data);
    const { gradients } = valueAndGrad(() => scope(() => sum(scope(() => mul(a, a)))), { a });
    expect(gradients.a.data).toEqual(twice);
  });

  test("a step inside a scope trains, and its inputs may be of that scope", () => {
    const net = new Linear(3, 1, { seed: 1 });
    const before = net.weight.data;
    const after = scope(() => {
      const x = mul(a, 2);
      const optimizer = new SGD({ learningRate: 1e-3 });
      const losses = [0, 1, 2].map(() =>
        optimizer.minimize(() => mse(net.forward(x), ones([2, 1]))),
      );
      expect(losses[2]).toBeLessThan(losses[0]!);
      expect(x.data).toEqual(twice);
      return net.forward(x);
    });
    expect(after.data).toEqual(net.forward(tensor(twice, [2, 3])).data);
    expect(net.weight.data).not.toEqual(before);
  });
});
