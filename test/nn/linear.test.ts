import { Embedding, Linear, Module, mse, parameter, randn, SGD, valueAndGrad } from "gatewise";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";

class Tied extends Module {
  readonly embedding = new Embedding(7, 3, { seed: 1 });
  readonly head = new Linear(3, 7, { weight: this.embedding.weight, seed: 2 });
}

describeKernelSets("Linear with a shared weight", () => {
  test("has a bias of its own, and the weight counts once", () => {
    const { embedding, head } = new Tied();
    expect(Object.keys(new Tied().parameters())).toEqual(["embedding.weight", "head.bias"]);
    expect(head.weight).toBe(embedding.weight);
    expect(new Linear(3, 7, { seed: 2 }).bias!.shape).toEqual(head.bias!.shape);
    const plain = new Linear(3, 7, { weight: embedding.weight, bias: false });
    expect(Object.keys(plain.parameters())).toEqual(["weight"]);
    const x = randn([2, 3], { seed: 3 });
    head.bias!.assign(new Float32Array(7));
    expect(plain.forward(x).data).toEqual(head.forward(x).data);
    expect(embedding.weight.data, "not drawn anew").toEqual(new Tied().embedding.weight.data);
  });

  test("both uses add to one gradient, and a step changes both", () => {
    const { embedding, head } = new Tied();
    const copy = parameter(embedding.weight);
    const apart = new Linear(3, 7, { weight: copy });
    apart.bias!.assign(head.bias!);
    const target = randn([2, 7], { seed: 4 });
    const { weight } = embedding;
    const loss = (last: Linear) => () => mse(last.forward(embedding.forward([5, 1])), target);
    const { gradients } = valueAndGrad(loss(head), { weight });
    const two = valueAndGrad(loss(apart), { weight, copy }).gradients;
    gradients.weight.data.forEach((value, i) => {
      expect(value).toBeCloseTo(two.weight.data[i]! + two.copy.data[i]!, 5);
    });
    const before = loss(head)().item();
    new SGD({ learningRate: 0.1 }).minimize(loss(head));
    expect(loss(head)().item()).toBeLessThan(before);
    expect(head.weight.data).toEqual(embedding.weight.data);
  });

  test("errors", () => {
    const { weight } = new Embedding(7, 3);
    expectErrors([
      ["another shape", RangeError, () => new Linear(7, 3, { weight }), /\[3, 7\], got \[7, 3\]/],
      ["no parameter", TypeError, () => new Linear(3, 7, { weight: wrong(randn([7, 3])) })],
      ["null", TypeError, () => new Linear(3, 7, { weight: wrong(null) })],
    ]);
  });
});
