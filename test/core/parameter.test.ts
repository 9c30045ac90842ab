import {
  Adam,
  add,
  bidirectionalDynamicRNN,
  type Cell,
  detach,
  dynamicRNN,
  GRU,
  GRUCell,
  Linear,
  LSTM,
  LSTMCell,
  type Module,
  matmul,
  mse,
  mul,
  Parameter,
  parameter,
  RNN,
  randn,
  reshape,
  SGD,
  Stream,
  scope,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "gatewise";
import { expect, test } from "vitest";
import { runtime } from "../../bindings/core/runtime.ts";
import { registry } from "../cells/registry.ts";
import { collectGarbage, collects } from "../collect.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { uniform } from "../reference/random.ts";

describeKernelSets("parameters", () => {
  test("are made of a number, nested arrays, typed arrays and tensors", () => {
    expect(parameter(2).toArray()).toBe(2);
    expect(parameter([[1, 2, 3]]).toArray()).toEqual([[1, 2, 3]]);
    expect(parameter(new Float32Array([1, 2]) as never).shape).toEqual([2]);
    const p = parameter(randn([3, 5], { seed: 1 }));
    expect(p).toBeInstanceOf(Parameter);
    expect(p.data).toEqual(randn([3, 5], { seed: 1 }).data);
    expect(scope(() => parameter(mul(tensor([1, 2]), 2))).toArray()).toEqual([2, 4]);
  });

  test("data is a snapshot: writing to it changes nothing, and it does not follow", () => {
    const p = parameter([1, 2, 3]);
    const before = p.data;
    expect(p.data).not.toBe(before);
    before[0] = 9;
    expect(p.toArray()).toEqual([1, 2, 3]);
    p.assign([4, 5, 6]);
    expect([...before]).toEqual([9, 2, 3]);
    expect(p.toArray()).toEqual([4, 5, 6]);
  });

  test("assign takes nested arrays, flat numbers, typed arrays, tensors and parameters", () => {
    const p = parameter([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const rows = [
      [1, -2, 3],
      [4, 5, -6],
    ];
    const flat = rows.flat();
    const forms: (Tensor | Float32Array | number[] | number[][])[] = [
      rows,
      flat,
      new Float32Array(flat),
      new Float64Array(flat) as never,
      tensor(rows),
      tensor(flat),
      parameter(rows),
      parameter(flat),
    ];
    for (const values of forms) {
      p.assign([0, 0, 0, 0, 0, 0]);
      p.assign(values);
      expect(p.toArray()).toEqual(rows);
    }
    scope(() => p.assign(mul(tensor(rows), 2)));
    expect(p.data).toEqual(new Float32Array(flat.map((v) => 2 * v)));
    p.assign(p);
    expect(p.toArray()[0][0]).toBe(2);
    const scalar = parameter(1);
    scalar.assign(5);
    expect(scalar.item()).toBe(5);
    scalar.assign([6]);
    expect(scalar.item()).toBe(6);
  });

  test("assign changes no neighbour: sizes that are no whole vectors", () => {
    const cell = new GRUCell(3, 3, { seed: 1 });
    const { weight_ih, weight_hh, bias_ih, bias_hh } = cell.parameters();
    const before = [weight_ih, bias_ih, bias_hh].map((p) => p.data);
    weight_hh.assign(new Float32Array(27).fill(5));
    expect([weight_ih, bias_ih, bias_hh].map((p) => p.data)).toEqual(before);
    expect(weight_hh.data.every((v) => v === 5)).toBe(true);
  });

  test("what does not fit leaves the values as they were", () => {
    const p = parameter([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const wrong: unknown[] = [
      [1, 2, 3, 4, 5],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [[1, 2, 3, 4, 5, 6]],
      [[1, 2, 3], [4]],
      7,
      new Float32Array(7),
      randn([3, 2]),
      randn([1, 6]),
      parameter([1, 2]),
    ];
    for (const values of wrong) expect(() => p.assign(values as never)).toThrow(RangeError);
    for (const values of ["123456", [1, 2, 3, 4, 5, "6"], null, undefined, {}])
      expect(() => p.assign(values as never)).toThrow(TypeError);
    expect(p.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  test("results do not follow a parameter that changes after them", () => {
    const p = parameter([
      [1, 2],
      [3, 4],
    ]);
    const kept = [reshape(p, [4]), p.reshape([4, 1]), p.slice([0, 0], [2, 2]), detach(p)];
    scope(() => {
      const flat = reshape(p, [4]);
      const again = flat.reshape([2, 2]);
      p.assign([9, 9, 9, 9]);
      expect(flat.toArray()).toEqual([1, 2, 3, 4]);
      expect(add(again, 0).toArray()[1]).toEqual([3, 4]);
      expect(p.toArray()[1]).toEqual([9, 9]);
    });
    for (const t of kept) expect([...t.data]).toEqual([1, 2, 3, 4]);
  });

  test("a reshaped parameter passes its gradient on", () => {
    const p = parameter([1, 2, 3, 4]);
    const { gradients } = valueAndGrad(() => sum(matmul(p.reshape([2, 2]), tensor([[1], [10]]))), {
      p,
    });
    expect(gradients.p.toArray()).toEqual([1, 10, 1, 10]);
  });
});

type Run = (x: Tensor) => Tensor;
type Network = readonly [model: Module, run: Run];

/** Everything that packs weights, by name: a model and how to run it. */
const networks: Readonly<Record<string, () => Network>> = {
  Linear: () => {
    const net = new Linear(3, 5, { seed: 1 });
    return [net, (x) => net.forward(x)];
  },
  "LSTM in layers": () => {
    const net = new LSTM(3, 5, { numLayers: 2, seed: 1 });
    return [net, (x) => net.forward(x).output];
  },
  "GRU both ways": () => {
    const net = new GRU(3, 4, { bidirectional: true, seed: 1 });
    return [net, (x) => net.forward(x).output];
  },
  "RNN without bias": () => {
    const net = new RNN(3, 9, { bias: false, seed: 1 });
    return [net, (x) => net.forward(x).output];
  },
  "LSTMCell step by step": () => {
    const cell = new LSTMCell(3, 5, { seed: 1 });
    const state = { h: randn([8, 5], { seed: 2 }), c: randn([8, 5], { seed: 3 }) };
    return [cell, (x) => cell.call(x.reshape([8, 3]), state)[0]];
  },
};

const input = randn([2, 4, 3], { seed: 11 });

describeKernelSets("packed weights", () => {
  for (const [name, make] of Object.entries(networks)) {
    test(`${name}: made anew after assign, of any parameter`, () => {
      const [model, run] = make();
      run(input);
      Object.entries(model.parameters()).forEach(([key, p], k) => {
        const before = run(input).data;
        p.assign(Float32Array.from(uniform(p.size, 50 + k)));
        const after = run(input).data;
        expect(after, key).not.toEqual(before);
        const [fresh, runFresh] = make();
        for (const [other, q] of Object.entries(fresh.parameters()))
          q.assign(model.parameters()[other]!);
        expect(after, key).toEqual(runFresh(input).data);
      });
    });

    test(`${name}: made anew after a step, forward and backward`, () => {
      const [model, run] = make();
      const optimizer = new SGD({ learningRate: 0.1 });
      const y = randn(run(input).shape, { seed: 12 });
      const targets = { input, ...model.parameters() };
      for (let k = 0; k < 3; k++) {
        optimizer.minimize(() => mse(run(input), y));
        const [fresh, runFresh] = make();
        for (const [other, q] of Object.entries(fresh.parameters()))
          q.assign(model.parameters()[other]!.data);
        expect(run(input).data).toEqual(runFresh(input).data);
        const { gradients } = valueAndGrad(() => mse(run(input), y), targets);
        const wanted = valueAndGrad(() => mse(runFresh(input), y), {
          input,
          ...fresh.parameters(),
        }).gradients as Record<string, Tensor>;
        for (const [key, g] of Object.entries(gradients))
          expect(g.data, key).toEqual(wanted[key]!.data);
      }
    });
  }

  test("made once as long as the weights stay: running again takes no memory", () => {
    const { heap } = runtime();
    const end = () => {
      const address = heap.allocate(heap.byteLength); // larger than any gap
      heap.free(address);
      return address;
    };
    for (const make of Object.values(networks)) {
      const [model, run] = make();
      const step = () => {
        run(input);
        valueAndGrad(() => sum(run(input)), { input, ...model.parameters() });
      };
      step();
      const before = end();
      for (let k = 0; k < 10; k++) step();
      for (const p of Object.values(model.parameters())) p.assign(p);
      step();
      expect(end()).toBe(before);
    }
  });

  test("matmul with a parameter, on either side", () => {
    const [p, q] = [parameter(randn([3, 4], { seed: 1 })), parameter(randn([4, 3], { seed: 2 }))];
    for (let k = 0; k < 3; k++) {
      const plain = matmul(detach(p), detach(q));
      expect(matmul(p, q).data).toEqual(plain.data);
      const { gradients } = valueAndGrad(() => sum(mul(matmul(p, q), plain)), { p, q });
      const [a, b] = [detach(p), detach(q)];
      const wanted = valueAndGrad(() => sum(mul(matmul(a, b), plain)), { a, b }).gradients;
      expect(gradients.p.data).toEqual(wanted.a.data);
      expect(gradients.q.data).toEqual(wanted.b.data);
      p.assign(randn([3, 4], { seed: 3 + k }));
      q.assign(randn([4, 3], { seed: 30 + k }));
    }
  });
});

describeKernelSets("disposal", () => {
  const disposed = /disposed/;

  test("is idempotent, by name and by symbol, and gives the memory back at once", () => {
    const { heap } = runtime();
    const size = 64 * 1024;
    const net = new Linear(size, 16);
    net.forward(randn([1, size]));
    const bytes = heap.byteLength;
    for (let k = 0; k < 20; k++) {
      const other = new Linear(size, 16);
      other.forward(randn([1, size]));
      if (k % 2) other.dispose();
      else other[Symbol.dispose]();
      other.dispose();
      other[Symbol.dispose]();
    }
    expect(heap.byteLength).toBeLessThan(bytes + 20 * 2 ** 20);
    const after = heap.byteLength;
    for (let k = 0; k < 20; k++) {
      const other = new Linear(size, 16);
      other.forward(randn([1, size]));
      other.dispose();
    }
    expect(heap.byteLength).toBe(after);
    expect(net.forward(randn([1, size])).data.every(Number.isFinite)).toBe(true);
  });

  test("a second disposal does not free what has moved in since", () => {
    const old = new Linear(50, 50, { seed: 1 });
    old.dispose();
    const moved = new Linear(50, 50, { seed: 2 });
    const before = moved.weight.data;
    old.dispose();
    const others = Array.from({ length: 5 }, () => new Linear(50, 50));
    for (const other of others) other.weight.assign(new Float32Array(2500).fill(3));
    expect(moved.weight.data).toEqual(before);
  });

  test("every use after it throws, with bias and without", () => {
    const x = randn([2, 4, 3], { seed: 1 });
    for (const bias of [true, false]) {
      const linear = new Linear(3, 2, { bias });
      const stale = linear.forward(x).data;
      linear.dispose();
      for (const use of [
        () => linear.forward(x),
        () => linear.weight.data,
        () => linear.weight.toArray(),
        () => linear.weight.assign(new Float32Array(6)),
        () => add(linear.weight, 1),
        () => reshape(linear.weight, [6]),
        () => valueAndGrad(() => sum(x), linear.parameters()),
        () => new Adam().minimize(() => sum(linear.forward(x))),
        () => new SGD().update({ w: linear.weight }, { w: randn([2, 3]) }),
        () => new Stream([linear]),
      ])
        expect(use, `${use}`).toThrow(disposed);
      expect(stale).toHaveLength(16);
      for (const { name, make, layer } of registry) {
        for (const ran of [false, true]) {
          const cell = make(3, 2, { bias });
          if (ran) dynamicRNN(cell, x);
          cell.dispose();
          const state = make(3, 2).zeroState(2);
          expect(() => dynamicRNN(cell, x), name).toThrow(disposed);
          expect(() => cell.call(randn([2, 3]), state), name).toThrow(disposed);
          expect(() => bidirectionalDynamicRNN(cell, make(3, 2), x), name).toThrow(disposed);
          const net = layer(3, 2, { bias, numLayers: 2 });
          if (ran) net.forward(x);
          (net as unknown as Module).dispose();
          expect(() => net.forward(x), name).toThrow(disposed);
          expect(() => new Stream([net as never]), name).toThrow(disposed);
        }
      }
    }
  });

  test("a live stream of disposed layers throws rather than read what is no longer theirs", () => {
    for (const bias of [true, false]) {
      for (const which of [0, 1]) {
        const layers = [new GRU(3, 5, { bias }), new Linear(5, 1, { bias })] as const;
        const stream = new Stream(layers);
        const [frame, out] = [new Float32Array(3), new Float32Array(1)];
        stream.step(frame, out);
        layers[which]!.dispose();
        for (let k = 0; k < 2; k++)
          expect(() => stream.step(frame, out), "again and again").toThrow(disposed);
      }
    }
  });

  test("a parameter in two modules goes with the first that is disposed of", () => {
    const [a, b] = [new Linear(2, 2), new Linear(2, 2)];
    const shared = Object.assign(new Linear(2, 2), { also: a });
    shared.dispose();
    expect(() => a.forward(randn([1, 2]))).toThrow(disposed);
    expect(b.forward(randn([1, 2])).size).toBe(2);
  });
});

describeKernelSets("collection", () => {
  test.runIf(collects)(
    "memory of layers that nobody holds is used again: thousands of them, and it stands still",
    async () => {
      const x = randn([2, 3, 8], { seed: 1 });
      const optimizer = new Adam();
      const create = (count: number) => {
        for (let k = 0; k < count; k++) {
          const cells: Cell<never>[] = [new GRUCell(8, 8), new LSTMCell(8, 16)] as never;
          for (const cell of cells) dynamicRNN(cell, x);
          const net = new Linear(8, 30);
          if (k % 10 === 0) optimizer.minimize(() => sum(net.forward(x)));
          if (k % 50 === 0) new Stream([net]).step(new Float32Array(8), new Float32Array(30));
        }
      };
      const round = async () => {
        for (let k = 0; k < 5; k++) {
          create(100);
          await collectGarbage();
        }
      };
      await round();
      const { heap } = runtime();
      const bytes = heap.byteLength;
      await round();
      await round();
      expect(heap.byteLength).toBe(bytes);
    },
  );

  test.runIf(collects)("a parameter keeps its block, and a result nothing", async () => {
    const weight = (() => new Linear(100, 100, { seed: 1 }).weight)();
    const before = weight.data;
    await collectGarbage();
    for (let k = 0; k < 20; k++) new Linear(100, 100);
    expect(weight.data).toEqual(before);
    expect(weight.data).toEqual(new Linear(100, 100, { seed: 1 }).weight.data);
  });
});
