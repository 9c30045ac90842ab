import {
  abs,
  add,
  concat,
  crossEntropy,
  detach,
  div,
  embedding,
  exp,
  Linear,
  log,
  logSoftmax,
  matmul,
  max,
  mean,
  mse,
  mul,
  neg,
  relu,
  sigmoid,
  slice,
  softmax,
  sqrt,
  stack,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  valueAndGrad,
} from "gatewise";
import { expect, test } from "vitest";
import { expectClose } from "../close.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import * as reference from "../reference/arrays.ts";
import { type NdArray, sizeOf } from "../reference/arrays.ts";
import { uniform } from "../reference/random.ts";

const sizes = [1, 3, 4, 5, 8, 9, 17];
/** Every size as rows and as columns, paired unevenly. */
const pairs = sizes.map((n, k) => [n, sizes[(k + 3) % sizes.length]!] as const);
/** Every size in each of three places. */
const triples = pairs.map(([a, b], k) => [a, b, sizes[(k + 5) % sizes.length]!] as const);

const blocks = [
  [3, 5, 4],
  [2, 17, 3],
  [5, 1, 9],
];

type Range = readonly [low: number, high: number];

const here: Range = [-2, 2];

/** Checks one operation on random inputs of these shapes: its result and its gradient with respect to each input. */
function check(
  label: string,
  shapes: readonly (readonly number[])[],
  operation: (...inputs: Tensor[]) => Tensor,
  oracle: (...inputs: NdArray[]) => NdArray,
  [low, high]: Range = here,
): void {
  const arrays = shapes.map((shape, k) => ({
    shape,
    data: uniform(sizeOf(shape), 31 * k + 7, low, high),
  }));
  const inputs = arrays.map(({ shape, data }) => tensor(Float32Array.from(data), [...shape]));
  const byName = <V>(list: readonly V[]): Record<string, V> =>
    Object.fromEntries(list.map((v, k) => [`input${k}`, v]));
  const where = `${label} of ${shapes.map((s) => `[${s.join(", ")}]`).join(" and ")}`;
  expect(operation(...inputs).shape, `${where}: shape`).toEqual(oracle(...arrays).shape);
  expectForwardAndGradients({
    label: where,
    numbers: byName(arrays.map((a) => a.data)),
    targets: byName(inputs),
    forward: () => ({ result: operation(...inputs) }),
    reference: () => ({ result: oracle(...arrays).data }),
  });
}

const logistic = (v: number) => 1 / (1 + Math.exp(-v));
const positive: Range = [0.25, 4];

const unary: readonly [string, (x: Tensor) => Tensor, (v: number) => number, Range][] = [
  ["tanh", tanh, Math.tanh, here],
  ["sigmoid", sigmoid, logistic, here],
  ["relu", relu, (v) => Math.max(v, 0), here],
  ["exp", exp, Math.exp, here],
  ["neg", neg, (v) => -v, here],
  ["abs", abs, Math.abs, here],
  ["log", log, Math.log, positive],
  ["sqrt", sqrt, Math.sqrt, positive],
];

type Operand = Tensor | number;
const binary: readonly [
  string,
  (a: Operand, b: Operand) => Tensor,
  (x: number, y: number) => number,
][] = [
  ["add", add as (a: Operand, b: Operand) => Tensor, (x, y) => x + y],
  ["sub", sub as (a: Operand, b: Operand) => Tensor, (x, y) => x - y],
  ["mul", mul as (a: Operand, b: Operand) => Tensor, (x, y) => x * y],
  ["div", div as (a: Operand, b: Operand) => Tensor, (x, y) => x / y],
];

const reductions: readonly [
  string,
  (x: Tensor, axis?: number, options?: { keepDims: boolean }) => Tensor,
  (values: number[]) => number,
][] = [
  ["sum", sum, reference.total],
  ["mean", mean, reference.average],
  ["max", max, (values) => Math.max(...values)],
];

describeKernelSets("operations: result and gradient", () => {
  test.each(unary)("%s", (name, operation, f, range) => {
    for (const n of sizes) check(name, [[n]], operation, (x) => reference.map(x, f), range);
    for (const pair of pairs) check(name, [pair], operation, (x) => reference.map(x, f), range);
    check(name, [[]], operation, (x) => reference.map(x, f), range);
  });

  test.each(binary)("%s, of equal shapes and broadcast both ways", (name, operation, f) => {
    const oracle = (a: NdArray, b: NdArray) => reference.zip(a, b, f);
    for (const [m, n] of pairs) {
      check(
        name,
        [
          [m, n],
          [m, n],
        ],
        operation,
        oracle,
        positive,
      );
      check(name, [[m, n], [n]], operation, oracle, positive); // a row over a batch
      check(name, [[n], [m, n]], operation, oracle, positive);
      check(name, [[2, m, n], [n]], operation, oracle, positive);
      check(name, [[m, n], []], operation, oracle, positive); // a scalar tensor
      check(name, [[], [m, n]], operation, oracle, positive);
      const three = reference.scalar(3);
      check(
        `${name} 3`,
        [[m, n]],
        (a) => operation(a, 3),
        (a) => oracle(a, three),
        positive,
      );
      check(
        `3 ${name}`,
        [[m, n]],
        (a) => operation(3, a),
        (a) => oracle(three, a),
        positive,
      );
    }
    check(
      `${name} with itself`,
      [[3, 5]],
      (a) => operation(a, a),
      (a) => oracle(a, a),
      positive,
    );
  });

  test.each(binary)("%s, sizes of 1 broadcast", (name, operation, f) => {
    const oracle = (a: NdArray, b: NdArray) => reference.zip(a, b, f);
    for (const [m, n, k] of triples)
      for (const shapes of [
        [
          [m, 1],
          [m, n],
        ],
        [
          [1, n],
          [m, 1],
        ],
        [
          [m, 1, k],
          [n, 1],
        ],
        [
          [m, n, 1],
          [1, n, k],
        ],
        [
          [1, 1, n],
          [m, n],
        ],
      ]) {
        check(name, shapes, operation, oracle, positive);
        check(name, [...shapes].reverse(), operation, oracle, positive);
      }
  });

  test.each(reductions)("%s that keeps its axes", (name, operation, f) => {
    const options = { keepDims: true };
    const kept = (a: NdArray, axis?: number): NdArray => {
      const shape = a.shape.map((n, i) => (axis === undefined || i === axis ? 1 : n));
      return { shape, data: reference.fold(a, f, axis).data };
    };
    for (const axis of [0, 1, 2, undefined])
      check(
        `${name} along ${axis}`,
        [[3, 5, 4]],
        (x) => operation(x, axis, options),
        (a) => kept(a, axis),
      );
    check(
      `x - ${name}`,
      [[3, 5]],
      (x) => sub(x, operation(x, -1, options)),
      (a) => reference.zip(a, kept(a, 1), (x, y) => x - y),
    );
  });

  test("matmul", () => {
    for (const [m, k, n] of triples)
      check(
        "matmul",
        [
          [m, k],
          [k, n],
        ],
        matmul,
        reference.matmul,
      );
    check(
      "matmul",
      [
        [9, 17],
        [17, 3],
      ],
      matmul,
      reference.matmul,
    );
    check(
      "matmul with itself",
      [[5, 5]],
      (a) => matmul(a, a),
      (a) => reference.matmul(a, a),
    );
  });

  test("matmul of more than a matrix", () => {
    for (const [m, k, n] of [
      [3, 5, 9],
      [1, 4, 17],
      [4, 3, 1],
    ] as const) {
      check(
        "matmul",
        [
          [2, m, k],
          [k, n],
        ],
        matmul,
        (a, b) => reference.linear(a, reference.transpose(b)),
      );
    }
  });

  test("matmul of batches of matrices, broadcast", () => {
    for (const [m, k, n] of [...triples, [1, 1, 1], [33, 2, 9]] as const) {
      for (const [a, b] of [
        [[2], [2]],
        [[], [3]],
        [
          [1, 2],
          [3, 1],
        ],
        [[2, 1], [3]],
        [[2], [1]],
      ] as const)
        check(
          "matmul",
          [
            [...a, m, k],
            [...b, k, n],
          ],
          matmul,
          reference.matmul,
        );
    }
    check(
      "matmul with itself",
      [[3, 5, 5]],
      (a) => matmul(a, a),
      (a) => reference.matmul(a, a),
    );
  });

  test("Linear, over the last axis of any rank", () => {
    for (const [b, i, o] of triples) {
      for (const lead of b < 9 ? [[b], [2, b]] : [[b]]) {
        for (const bias of [true, false]) {
          const layer = new Linear(i, o, { bias });
          const arrays: Record<string, NdArray> = {
            x: { shape: [...lead, i], data: uniform(sizeOf(lead) * i, 1) },
            weight: { shape: [o, i], data: uniform(o * i, 2) },
            ...(bias && { bias: { shape: [o], data: uniform(o, 3) } }),
          };
          for (const [name, p] of Object.entries(layer.parameters())) {
            p.assign(Float32Array.from(arrays[name]!.data));
          }
          const x = tensor(Float32Array.from(arrays.x!.data), [...lead, i]);
          expectForwardAndGradients({
            label: `Linear(${i}, ${o}) of [${lead}, ${i}]`,
            numbers: Object.fromEntries(Object.entries(arrays).map(([k, a]) => [k, a.data])),
            targets: { x, ...layer.parameters() },
            forward: () => ({ y: layer.forward(x) }),
            reference: () => ({ y: reference.linear(arrays.x!, arrays.weight!, arrays.bias).data }),
          });
        }
      }
    }
  });

  test.each(reductions)("%s, of all and along each axis", (name, operation, f) => {
    for (const shape of [...sizes.map((n) => [n]), ...pairs, ...blocks]) {
      check(
        name,
        [shape],
        (x) => operation(x),
        (x) => reference.fold(x, f),
      );
      shape.forEach((_, axis) => {
        check(
          `${name} along ${axis}`,
          [shape],
          (x) => operation(x, axis),
          (x) => reference.fold(x, f, axis),
        );
      });
    }
  });

  test("softmax and logSoftmax, along the last axis", () => {
    for (const shape of [...pairs, [2, 3, 5], [7]]) {
      check("softmax", [shape], (x) => softmax(x), reference.softmax);
      check("logSoftmax", [shape], (x) => logSoftmax(x), reference.logSoftmax);
    }
  });

  test("crossEntropy, of classes and of probabilities", () => {
    for (const [n, v] of pairs) {
      const classes = [...uniform(n, 5, 0, v)].map(Math.floor);
      const hot = reference.oneHot(classes, v);
      check(
        "crossEntropy of classes",
        [[n, v]],
        (x) => crossEntropy(x, classes),
        (x) => reference.crossEntropy(x, hot),
      );
      const p = reference.softmax({ shape: [n, v], data: uniform(n * v, 6) });
      const probabilities = tensor(Float32Array.from(p.data), [n, v]);
      check(
        "crossEntropy of probabilities",
        [[n, v]],
        (x) => crossEntropy(x, probabilities),
        (x) => reference.crossEntropy(x, p),
      );
    }
    check(
      "crossEntropy of an Int32Array",
      [[3, 4]],
      (x) => crossEntropy(x, Int32Array.of(3, 0, 3)),
      (x) => reference.crossEntropy(x, reference.oneHot([3, 0, 3], 4)),
    );
  });

  test("mse", () => {
    for (const pair of pairs) check("mse", [pair, pair], (a, b) => mse(a, b), reference.mse);
    check(
      "mse",
      [
        [2, 3, 5],
        [2, 3, 5],
      ],
      (a, b) => mse(a, b),
      reference.mse,
    );
    check("mse", [[9], [9]], (a, b) => mse(a, b), reference.mse);
  });

  test("concat and stack, along each axis", () => {
    for (const [m, n] of pairs) {
      const join = (axis: number) =>
        [
          (...x: Tensor[]) => concat(x, axis),
          (...x: NdArray[]) => reference.concat(x, axis),
        ] as const;
      check(
        "concat along 0",
        [
          [m, n],
          [2, n],
          [m, n],
        ],
        ...join(0),
      );
      check(
        "concat along 1",
        [
          [m, n],
          [m, 3],
        ],
        ...join(1),
      );
      check(
        "concat along 2",
        [
          [2, m, n],
          [2, m, 1],
        ],
        ...join(2),
      );
      check(
        "concat along 1",
        [
          [2, m, n],
          [2, 5, n],
        ],
        ...join(1),
      );
      for (const axis of [0, 1, 2]) {
        check(
          `stack along ${axis}`,
          [
            [m, n],
            [m, n],
            [m, n],
          ],
          (...x) => stack(x, axis),
          (...x) => reference.stack(x, axis),
        );
      }
    }
    check(
      "concat with itself",
      [[3, 5]],
      (x) => concat([x, x], 1),
      (x) => reference.concat([x, x], 1),
    );
  });

  test("slice, reshape and transpose", () => {
    for (const [m, n] of pairs) {
      const begin = [Math.floor(m / 3), Math.floor(n / 2)];
      const size = [m - begin[0]!, Math.max(1, n - begin[1]! - 1)];
      check(
        "slice",
        [[m, n]],
        (x) => slice(x, begin, size),
        (x) => reference.slice(x, begin, size),
      );
      check(
        "slice",
        [[2, m, n]],
        (x) => slice(x, [1, ...begin], [1, ...size]),
        (x) => reference.slice(x, [1, ...begin], [1, ...size]),
      );
      check(
        "x.slice",
        [[m, n]],
        (x) => x.slice(begin, size),
        (x) => reference.slice(x, begin, size),
      );
      check(
        "reshape",
        [[m, n]],
        (x) => x.reshape([n, m]),
        ({ data }) => ({ shape: [n, m], data }),
      );
      check("transpose", [[m, n]], (x) => transpose(x), reference.transpose);
    }
    check(
      "slices of one tensor",
      [[5, 4]],
      (x) => add(slice(x, [0, 0], [3, 4]), slice(x, [2, 0], [3, 4])),
      (x) =>
        reference.zip(
          reference.slice(x, [0, 0], [3, 4]),
          reference.slice(x, [2, 0], [3, 4]),
          (a, b) => a + b,
        ),
    );
  });

  test("embedding: a row that is read twice gets both gradients", () => {
    for (const [v, e] of pairs) {
      const indices = [...uniform(9, 5, 0, v)].map(Math.floor);
      check(
        "embedding",
        [[v, e]],
        (w) => embedding(w, indices),
        (w) => reference.embedding(w, indices, [9]),
      );
    }
    check(
      "embedding of a matrix",
      [[5, 3]],
      (w) =>
        embedding(w, [
          [4, 0, 4],
          [1, 4, 0],
        ]),
      (w) => reference.embedding(w, [4, 0, 4, 1, 4, 0], [2, 3]),
    );
    check(
      "embedding of rows of Int32Arrays",
      [[5, 4]],
      (w) => embedding(w, [Int32Array.of(2, 0), Int32Array.of(4, 2)]),
      (w) => reference.embedding(w, [2, 0, 4, 2], [2, 2]),
    );
    check(
      "embedding of an Int32Array",
      [[5, 4]],
      (w) => embedding(w, Int32Array.of(2, 2)),
      (w) => reference.embedding(w, [2, 2], [2]),
    );
  });

  test("a chain in which values are used again", () => {
    const f = (v: number) => Math.tanh(v) * logistic(v) + v;
    for (const pair of pairs) {
      check(
        "tanh x · σ x + x",
        [pair],
        (x) => add(mul(tanh(x), sigmoid(x)), x),
        (x) => reference.map(x, f),
      );
    }
  });

  test("axes counted from the last, axes in another order, sizes left open", () => {
    const shape = [4, 3, 5];
    const turned = (x: NdArray): NdArray =>
      reference.build([5, 4, 3], ([c, a, b]) => reference.at(x, [a!, b!, c!]));
    check("transpose to [2, 0, 1]", [shape], (x) => transpose(x, [2, 0, 1]), turned);
    check(
      "transpose of three axes",
      [shape],
      (x) => transpose(x),
      (x) => reference.build([5, 3, 4], ([c, b, a]) => reference.at(x, [a!, b!, c!])),
    );
    check(
      "sum along -1",
      [shape],
      (x) => sum(x, -1),
      (x) => reference.fold(x, reference.total, 2),
    );
    check(
      "slice to the end",
      [shape],
      (x) => slice(x, [1, 0, 2], [-1, 2, -1]),
      (x) => reference.slice(x, [1, 0, 2], [3, 2, 3]),
    );
    check(
      "reshape to [-1, 6]",
      [shape],
      (x) => x.reshape([-1, 6]),
      ({ data }) => ({ shape: [10, 6], data }),
    );
  });

  test("detach stops the gradient", () => {
    const x = tensor([1, -2, 3]);
    const { gradients } = valueAndGrad(() => sum(mul(x, detach(mul(x, x)))), { x });
    expect(gradients.x.toArray()).toEqual([1, 4, 9]);
  });
});

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** The gradient of the sum of an operation's results. */
const slope = (operation: (x: Tensor) => Tensor, x: Tensor): Float32Array =>
  valueAndGrad(() => sum(operation(x)), { x }).gradients.x.data;

describeKernelSets("operations: extremes", () => {
  // Five of each, so that both whole vectors and what is left over are met.
  const spread = (v: number) => [v, v, v, v, v];

  test.each([
    ["tanh", tanh, [-inf, -100, -1e-30, 0, 1e-30, 100, inf], [-1, -1, -1e-30, 0, 1e-30, 1, 1]],
    ["sigmoid", sigmoid, [-inf, -200, 0, 200, inf], [0, 0, 0.5, 1, 1]],
    ["exp", exp, [-inf, -200, 0, 200, inf], [0, 0, 1, inf, inf]],
    ["log", log, [-1, 0, 1, inf], [nan, -inf, 0, inf]],
    ["sqrt", sqrt, [-1, 0, 4, inf], [nan, 0, 2, inf]],
    ["relu", relu, [-inf, -1e30, 0, 1e30, inf], [0, 0, 0, 1e30, inf]],
    ["abs", abs, [-inf, -1e30, 0, inf], [inf, 1e30, 0, inf]],
  ] as const)("%s", (name, operation, given, wanted) => {
    const x = tensor(Float32Array.from(given.flatMap(spread)), [given.length * 5]);
    const f32 = Float32Array.from(wanted.flatMap(spread));
    expectClose(operation(x).data, f32, { atol: 1e-37, rtol: 1e-6 }, name);
  });

  test("gradients of what is saturated are 0, not NaN", () => {
    const x = tensor(Float32Array.from([-1e4, -100, 100, 1e4].flatMap(spread)), [20]);
    expect([...slope(tanh, x)].every((v) => v === 0)).toBe(true);
    expect([...slope(sigmoid, x)].every((v) => Math.abs(v) < 1e-37)).toBe(true);
  });

  test.each([...unary.map(([name, operation]) => [name, operation] as const)])(
    "%s lets NaN through, and only there",
    (_, operation) => {
      for (const n of sizes) {
        for (const where of [0, n - 1]) {
          const x = Float32Array.from(uniform(n, 3, 0.25, 1));
          x[where] = nan;
          const y = operation(tensor(x, [n])).data;
          y.forEach((v, k) => {
            expect(Number.isNaN(v), `value ${k} of ${n}`).toBe(k === where);
          });
        }
      }
    },
  );

  test("NaN comes through products, sums and losses", () => {
    for (const [m, n] of pairs) {
      const x = Float32Array.from(uniform(m * n, 3));
      x[x.length - 1] = nan;
      const t = tensor(x, [m, n]);
      for (const total of [sum(t), mean(t), max(t)]) expect(total.item()).toBeNaN();
      expect(mse(t, t).item()).toBeNaN();
      expect(crossEntropy(t, new Array(m).fill(0)).item()).toBeNaN();
      const product = matmul(t, tensor(Float32Array.from(uniform(n * 3, 4)), [n, 3])).data;
      product.forEach((v, k) => {
        expect(Number.isNaN(v)).toBe(k >= (m - 1) * 3);
      });
      softmax(t).data.forEach((v, k) => {
        expect(Number.isNaN(v)).toBe(k >= (m - 1) * n);
      });
    }
  });

  test("softmax, logSoftmax and crossEntropy of large logits", () => {
    const data = [1e4, -1e4, 0, 9999, 1e4, 1e30, -1e30, 0, 1, 2];
    const logits: NdArray = { shape: [2, 5], data: Float64Array.from(data.map(Math.fround)) };
    const x = tensor(Float32Array.from(data), [2, 5]);
    const near = { atol: 1e-6, rtol: 1e-6 };
    const p = reference.softmax(logits);
    expectClose(softmax(x).data, p.data, near, "softmax");
    expectClose(logSoftmax(x).data, reference.logSoftmax(logits).data, near, "logSoftmax");
    const hot = reference.oneHot([4, 0], 5);
    expectClose(
      crossEntropy(x, [4, 0]).data,
      reference.crossEntropy(logits, hot).data,
      near,
      "loss",
    );
    const wanted = reference.zip(p, hot, (a, b) => (a - b) / 2);
    expectClose(
      slope((t) => crossEntropy(t, [4, 0]), x),
      wanted.data,
      near,
      "gradient of the loss",
    );
    expect(crossEntropy(x, [1, 1]).item()).toBeGreaterThan(1e29); // far off, and still a number
  });
});
