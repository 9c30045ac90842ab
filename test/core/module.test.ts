import {
  Adam,
  GRU,
  GRUCell,
  Linear,
  LSTM,
  Module,
  MultiRNNCell,
  mse,
  type Parameter,
  parameter,
  RNNCell,
  randn,
  type Tensor,
} from "gatewise";
import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";

class Tagger extends Module {
  readonly scale = parameter([1, 2, 3]);
  readonly title = "not a module";
  readonly encoder = new LSTM(3, 4, { numLayers: 2, bidirectional: true, seed: 1 });
  readonly heads = [new Linear(8, 2, { seed: 2 }), new Linear(8, 3, { bias: false, seed: 3 })];
  readonly offsets: readonly Parameter[] = [parameter(1), parameter([2])];
  readonly nothing = null;
  readonly mixed = [1, "two", new Linear(1, 1)];
}

describeKernelSets("modules", () => {
  test("name their parameters by path, in the order of the properties; arrays by number", () => {
    const model = new Tagger();
    const names = Object.keys(model.parameters());
    const gates = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
    expect(names).toEqual([
      "scale",
      ...["_l0", "_l0_reverse", "_l1", "_l1_reverse"].flatMap((suffix) =>
        gates.map((gate) => `encoder.${gate}${suffix}`),
      ),
      "heads.0.weight",
      "heads.0.bias",
      "heads.1.weight",
      "offsets.0",
      "offsets.1",
      "mixed.2.weight",
      "mixed.2.bias",
    ]);
    expect(model.parameters()["heads.1.weight"]).toBe(model.heads[1]!.weight);
    expect(model.parameters()["encoder.weight_ih_l1"]!.shape).toEqual([16, 8]);
  });

  test("names nest as deeply as modules do", () => {
    class Outer extends Module {
      readonly inner = new Tagger();
      readonly stack = new MultiRNNCell([new RNNCell(2, 3), new GRUCell(3, 4)]);
    }
    const names = Object.keys(new Outer().parameters());
    expect(names).toContain("inner.heads.0.weight");
    expect(names).toContain("stack.cells.1.weight_hh");
  });

  test("are found in plain objects and Maps, however nested, and not in circles", () => {
    class Net extends Module {
      readonly blocks = { a: new Linear(2, 3), deep: [{ b: new GRUCell(3, 4) }] };
      readonly heads = new Map<string, unknown>([
        ["left", new Linear(4, 1, { bias: false })],
        ["right", [parameter([1, 2])]],
        ["title", "not a module"],
      ]);
      readonly circle: { self?: unknown; scale: Parameter } = { scale: parameter(1) };
      constructor() {
        super();
        this.circle.self = this.circle;
      }
    }
    const net = new Net();
    expect(Object.keys(net.parameters())).toEqual([
      "blocks.a.weight",
      "blocks.a.bias",
      ...["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((name) => `blocks.deep.0.b.${name}`),
      "heads.left.weight",
      "heads.right.0",
      "circle.scale",
    ]);
    net.eval();
    expect(net.blocks.deep[0]!.b.training).toBe(false);
  });

  test("a parameter that is reached by two paths is one, under the first", () => {
    class Tied extends Module {
      readonly there = new Linear(4, 4, { seed: 1 });
      readonly back = new Linear(4, 4, { bias: false, seed: 2 });
      readonly again = [this.there, this.back.weight];
      readonly weight = this.there.weight;
    }
    const tied = new Tied();
    expect(Object.keys(tied.parameters())).toEqual(["there.weight", "there.bias", "back.weight"]);
  });

  test("a parameter used twice is updated once, by the sum of its gradients", () => {
    class Twice extends Module {
      readonly first = new Linear(4, 4, { seed: 1 });
      readonly second = this.first;
      forward(x: Tensor): Tensor {
        return this.second.forward(this.first.forward(x));
      }
    }
    const [model, layer] = [new Twice(), new Linear(4, 4, { seed: 1 })];
    const [x, y] = [randn([3, 4], { seed: 2 }), randn([3, 4], { seed: 3 })];
    const [one, other] = [new Adam({ learningRate: 0.1 }), new Adam({ learningRate: 0.1 })];
    for (let k = 0; k < 3; k++) {
      one.minimize(() => mse(model.forward(x), y), model.parameters());
      other.minimize(() => mse(layer.forward(layer.forward(x)), y));
    }
    expect(model.first.weight.data).toEqual(layer.weight.data);
  });

  test("parameters found later are there later: names are read from the properties each time", () => {
    class Growing extends Module {
      layers: Linear[] = [];
    }
    const model = new Growing();
    expect(model.parameters()).toEqual({});
    model.layers.push(new Linear(1, 2));
    expect(Object.keys(model.parameters())).toEqual(["layers.0.weight", "layers.0.bias"]);
  });

  test("train and eval go down to every module, and return the module", () => {
    class Outer extends Module {
      readonly inner = new Tagger();
      readonly list = [new GRU(2, 2), new GRUCell(2, 2)];
    }
    const outer = new Outer();
    const all: Module[] = [
      outer,
      outer.inner,
      outer.inner.encoder,
      ...outer.inner.heads,
      ...outer.list,
    ];
    const modes = () => new Set(all.map((m) => m.training));
    expect(modes(), "a new module is in training").toEqual(new Set([true]));
    expect(outer.eval()).toBe(outer);
    expect(modes()).toEqual(new Set([false]));
    expect(outer.inner.train()).toBe(outer.inner);
    expect([outer.training, outer.inner.heads[1]!.training, outer.list[0]!.training]).toEqual([
      false,
      true,
      false,
    ]);
    outer.train();
    expect(modes()).toEqual(new Set([true]));
    outer.train(false);
    expect(modes()).toEqual(new Set([false]));
    expect(() => outer.train("yes" as never)).toThrow(TypeError);
  });

  test("dispose reaches every parameter", () => {
    const model = new Tagger();
    const parameters = Object.values(model.parameters());
    model.dispose();
    for (const p of parameters) expect(() => p.data).toThrow(/disposed/);
    expect(() => model.dispose()).not.toThrow();
  });
});
