import { LayerNorm, layerNorm, mean, mul, ones, randn, SGD, sub } from "gatewise";
import { expect, test } from "vitest";
import { asTensor } from "../cells/oracle.ts";
import { expectClose } from "../close.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { layerNorm as reference } from "../reference/layer-norm.ts";
import { uniform } from "../reference/random.ts";

describeKernelSets("LayerNorm", () => {
  test("starts as mean 0 and variance 1, has torch's parameters or none", () => {
    const layer = new LayerNorm(7);
    const x = randn([3, 2, 7], { seed: 1 });
    const numbers = Float64Array.from(x.data);
    const { y } = reference(numbers, undefined, undefined, 7, 1e-5);
    expect(layer.forward(x).shape).toEqual([3, 2, 7]);
    expectClose(layer.forward(x).data, y, { atol: 2e-6, rtol: 2e-6 }, "LayerNorm");
    const names = (options: object) => Object.keys(new LayerNorm(7, options).parameters());
    expect(names({})).toEqual(["weight", "bias"]);
    expect(names({ bias: false })).toEqual(["weight"]);
    expect(names({ elementwiseAffine: false })).toEqual([]);
  });

  test.each([
    [1, 3],
    [4, 5],
    [9, 8],
    [2, 17],
  ])("gradients of %i rows of %i", (rows, n) => {
    const layer = new LayerNorm(n, { epsilon: 0.01 });
    const numbers = {
      x: uniform(rows * n, n, -2, 3),
      weight: uniform(n, n + 1),
      bias: uniform(n, n + 2),
    };
    layer.weight!.assign(Float32Array.from(numbers.weight));
    layer.bias!.assign(Float32Array.from(numbers.bias));
    const x = asTensor(numbers.x, [rows, n]);
    expectForwardAndGradients({
      label: `${rows} rows of ${n}`,
      numbers,
      targets: { x, ...layer.parameters() },
      forward: () => ({ y: layer.forward(x) }),
      reference: () => ({ y: reference(numbers.x, numbers.weight, numbers.bias, n, 0.01).y }),
    });
  });

  test("trains", () => {
    const layer = new LayerNorm(4);
    const optimizer = new SGD({ learningRate: 0.5 });
    const x = randn([5, 4], { seed: 2 });
    const step = () =>
      optimizer.minimize(() => {
        const rest = sub(layer.forward(x), 3);
        return mean(mul(rest, rest));
      });
    const first = step();
    for (let i = 0; i < 30; i++) step();
    expect(step()).toBeLessThan(0.01 * first);
    expectClose(layer.bias!.data, [3, 3, 3, 3], { atol: 0.1, rtol: 0 }, "bias");
  });

  test("refuses what does not fit", () => {
    const wrong = (value: unknown) => value as never;
    const x = ones([2, 3]);
    expect(() => new LayerNorm(0)).toThrow(RangeError);
    expect(() => new LayerNorm(wrong("3"))).toThrow(/^LayerNorm: expected size to be a number/);
    expect(() => new LayerNorm(3, { epsilon: -1 })).toThrow(/^LayerNorm: expected epsilon/);
    expect(() => new LayerNorm(3, wrong({ eps: 1 }))).toThrow(/^LayerNorm: .*eps/);
    expect(() => new LayerNorm(3, { bias: wrong(1) })).toThrow(TypeError);
    expect(() => new LayerNorm(4).forward(x)).toThrow(
      /^LayerNorm.forward: expected x of shape \[\.\.\., 4\], got \[2, 3\]/,
    );
    expect(() => layerNorm(x, { weight: ones([2]) })).toThrow(
      /^layerNorm: expected weight of shape/,
    );
    expect(() => layerNorm(x, { bias: wrong([1, 2, 3]) })).toThrow(TypeError);
    expect(() => layerNorm(ones([]))).toThrow(/^layerNorm: expected x with an axis, got a scalar/);
  });
});
