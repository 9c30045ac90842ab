import {
  Dropout,
  dropout,
  Linear,
  Module,
  mul,
  ones,
  SGD,
  scope,
  sum,
  type Tensor,
  valueAndGrad,
} from "gatewise";
import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";

const N = 20_000;
const share = (x: Tensor) => x.data.reduce((n, v) => n + (v === 0 ? 1 : 0), 0) / x.size;
/** Runs f while a tape records, and returns what it computed. */
const taped = (f: () => Tensor): Float32Array =>
  valueAndGrad(() => {
    const y = f();
    return { loss: sum(y), data: y.data };
  }, {}).value.data;

describeKernelSets("dropout", () => {
  test("drops the share asked for and scales the rest, with the gradient of what it kept", () => {
    for (const rate of [0.1, 0.5, 0.8]) {
      const x = ones([N]);
      expect(Math.abs(share(dropout(x, rate)) - rate)).toBeLessThan(0.02); // 5 standard deviations
      let y: Float32Array = new Float32Array();
      const { gradients } = valueAndGrad(
        () => {
          const kept = dropout(x, rate, { seed: 3 });
          y = kept.data;
          return sum(kept);
        },
        { x },
      );
      expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
      expect(gradients.x.data).toEqual(y);
    }
  });

  test("the same seed drops the same, another one or none others", () => {
    const draw = (options?: { seed: number }) => dropout(ones([N]), 0.5, options).data;
    expect(draw({ seed: 7 })).toEqual(draw({ seed: 7 }));
    expect(draw({ seed: 8 })).not.toEqual(draw({ seed: 7 }));
    expect(draw()).not.toEqual(draw());
  });

  test("a rate of 0 changes nothing", () => {
    const x = ones([3]);
    expect(dropout(x, 0).data).toEqual(x.data);
  });

  test("the module acts in training mode while a tape records, and nowhere else", () => {
    const layer = new Dropout(0.5, { seed: 1 });
    const x = ones([N]);
    const all = new Set([1]);
    expect(new Set(layer.forward(x).data)).toEqual(all);
    expect(new Set(scope(() => layer.forward(x)).data)).toEqual(all);
    expect(new Set(taped(() => layer.forward(x)))).toEqual(new Set([0, 2]));
    expect(new Set(taped(() => scope(() => layer.forward(x))))).toEqual(new Set([0, 2]));
    layer.eval();
    expect(new Set(taped(() => layer.forward(x)))).toEqual(all);
    layer.train();
    expect(new Set(taped(() => layer.forward(x)))).toEqual(new Set([0, 2]));
  });

  test("the module drops others at every call, and the same ones in a second run of its seed", () => {
    const run = () => {
      const layer = new Dropout(0.5, { seed: 5 });
      return [0, 1, 2].map(() => taped(() => layer.forward(ones([64]))));
    };
    const [first, second, third] = run();
    expect(first).not.toEqual(second);
    expect(second).not.toEqual(third);
    expect(run()).toEqual([first, second, third]);
  });

  test("one module called twice in a step drops each time for itself", () => {
    const layer = new Dropout(0.5, { seed: 5 });
    const x = ones([64]);
    const { gradients } = valueAndGrad(() => sum(mul(layer.forward(x), layer.forward(x))), { x });
    // d(a x · b x) / dx = 2 a b: 0 or 8, and both factors are 2 for a quarter of the elements
    expect(new Set(gradients.x.data)).toEqual(new Set([0, 8]));
    expect(gradients.x.data.filter((v) => v > 0).length).toBeLessThan(28);
  });

  test("trains with the same weights from the same seed, in a model that has it among its modules", () => {
    class Net extends Module {
      readonly dropout = new Dropout(0.4, { seed: 2 });
      readonly head = new Linear(6, 2, { seed: 2 });
      forward = (x: Tensor) => this.head.forward(this.dropout.forward(x));
    }
    const run = () => {
      const net = new Net();
      const optimizer = new SGD({ learningRate: 0.1 });
      for (let step = 0; step < 5; step++) optimizer.minimize(() => sum(net.forward(ones([3, 6]))));
      return net.head.weight.data;
    };
    expect(Object.keys(new Net().parameters())).toEqual(["head.weight", "head.bias"]);
    expect(run()).toEqual(run());
    expect(new Net().eval().dropout.training).toBe(false);
  });

  test("refuses what is no rate", () => {
    const wrong = (value: unknown) => value as never;
    for (const rate of [1, 1.5, -0.1, Number.NaN]) {
      expect(() => new Dropout(rate)).toThrow(RangeError);
      expect(() => dropout(ones([2]), rate)).toThrow(/^dropout: expected rate .*, got /);
    }
    expect(() => new Dropout(wrong("0.5"))).toThrow(/^Dropout: expected rate to be a number/);
    expect(() => new Dropout(0.5, wrong({ seeds: 1 }))).toThrow(/^Dropout: .*seeds/);
    expect(() => new Dropout(0.5, { seed: -1 })).toThrow(/^Dropout: expected seed/);
    expect(() => new Dropout(0.5).forward(wrong([1]))).toThrow(/^Dropout.forward: expected x/);
    expect(() => dropout(wrong([1]), 0.5)).toThrow(/^dropout: expected x to be a tensor/);
  });
});
