import {
  add,
  Cell,
  concat,
  dynamicRNN,
  GRUCell,
  Linear,
  MultiRNNCell,
  mul,
  sigmoid,
  sub,
  type Tensor,
  tanh,
} from "gatewise";
import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";
import { affine, type ReferenceCell } from "../reference/cells.ts";
import { assignAll, asTensor, expectedOf, expectRun, runCase } from "./oracle.ts";

/** The minimal gated unit (Zhou et al. 2016), as a user would write it. */
class MGUCell extends Cell<Tensor> {
  readonly stateSize: number;
  readonly outputSize: number;
  readonly forget: Linear;
  readonly candidate: Linear;

  constructor(inputSize: number, hiddenSize: number) {
    super(inputSize);
    this.stateSize = this.outputSize = hiddenSize;
    this.forget = new Linear(inputSize + hiddenSize, hiddenSize, { seed: 1 });
    this.candidate = new Linear(inputSize + hiddenSize, hiddenSize, { seed: 2 });
  }

  call(x: Tensor, h: Tensor): [Tensor, Tensor] {
    const f = sigmoid(this.forget.forward(concat([x, h], 1)));
    const n = tanh(this.candidate.forward(concat([x, mul(f, h)], 1)));
    const next = add(mul(sub(1, f), h), mul(f, n));
    return [next, next];
  }
}

/**
 * f = σ(W_f [x, h] + b_f), n = tanh(W_n [x, f h] + b_n), h' = (1 - f) h + f n. Its weights are handed over as
 * weight_ih (of f and n, on x), weight_hh (likewise, on h) and bias_ih, which `split` makes into MGUCell's.
 */
const reference: ReferenceCell = {
  gates: 2,
  stateNames: ["h"],
  step(w, x, { h }) {
    const H = h.length;
    const fromInput = affine(w.weight_ih, x, w.bias_ih);
    const f = affine(w.weight_hh.slice(0, H), h).map(
      (v, j) => 1 / (1 + Math.exp(-(v + fromInput[j]!))),
    );
    const fh = h.map((v, j) => f[j]! * v);
    const n = affine(w.weight_hh.slice(H), fh).map((v, j) => Math.tanh(v + fromInput[H + j]!));
    return { h: h.map((v, j) => (1 - f[j]!) * v + f[j]! * n[j]!) };
  },
};

/** Rows k·H to (k+1)·H of weight_ih and weight_hh side by side: the weight of a Linear over [x, h]. */
const side = (all: Record<string, ArrayLike<number>>, k: number, I: number, H: number) => {
  const row = (a: ArrayLike<number>, r: number, width: number) =>
    Array.from({ length: width }, (_, i) => a[r * width + i]!);
  return Float64Array.from(
    Array.from({ length: H }, (_, j) => [
      ...row(all.weight_ih!, k * H + j, I),
      ...row(all.weight_hh!, k * H + j, H),
    ]).flat(),
  );
};

const split = (all: Record<string, ArrayLike<number>>, I: number, H: number) => ({
  "forget.weight": side(all, 0, I, H),
  "forget.bias": Float64Array.from(Array.from(all.bias_ih!).slice(0, H)),
  "candidate.weight": side(all, 1, I, H),
  "candidate.bias": Float64Array.from(Array.from(all.bias_ih!).slice(H)),
});

describeKernelSets("a cell of the user's own", () => {
  test.each([
    { I: 3, H: 5, B: 4, T: 9, lengths: [1, 9, 0, 4] },
    { I: 4, H: 1, B: 3, T: 5, lengths: [5, 5, 5] },
  ])("unrolls and trains as the equations say: $I $H $B $T", (shape) => {
    const { I, H, lengths } = shape;
    const { numbers, upstream, ...expected } = expectedOf("MGU", reference, shape);
    const { x, h } = numbers;
    const given = { numbers: { x: x!, h: h!, ...split(numbers, I, H) }, upstream };
    const run = runCase(new MGUCell(I, H), shape, given, (cell, inputs, initialState) =>
      dynamicRNN(cell, inputs, { initialState, sequenceLength: lengths }),
    );
    const gradients = {
      x: expected.gradients.x!,
      h: expected.gradients.h!,
      ...split(expected.gradients, I, H),
    };
    expectRun(run, { ...expected, numbers, upstream, gradients }, "MGU");
  });

  test("stacks with the built-in ones", () => {
    const [first, second] = [new MGUCell(3, 8), new GRUCell(8, 5, { seed: 4 })];
    const stack = new MultiRNNCell([first, second]);
    expect(stack.stateSize).toEqual([8, 5]);
    const numbers = expectedOf("MGU", reference, { I: 3, H: 8, B: 2, T: 3 }).numbers;
    const { x, h: _, ...weights } = numbers;
    assignAll(first.parameters(), split(weights, 3, 8));
    const rows = asTensor(x!, [2, 3, 3]);
    const run = <S>(cell: Cell<S>, inputs: Tensor) => dynamicRNN(cell, inputs).outputs;
    expect(run(stack, rows).data).toEqual(run(second, run(first, rows)).data);
  });
});
