import { add, type Cell, detach, mul, type Parameters, sum, type Tensor, tensor } from "gatewise";
import { expect } from "vitest";
import { expectFloat32 } from "../close.ts";
import { gradientsBesideOthers } from "../gradient-check.ts";
import {
  type CellWeights,
  join,
  numericGradient,
  type ReferenceCell,
  type RowState,
  rowsOf,
  sequencesOf,
  unroll,
  type Vector,
} from "../reference/cells.ts";
import { random, uniform } from "../reference/random.ts";
import type { State } from "./registry.ts";

/** Input, hidden, batch and time. */
export interface Sizes {
  readonly I: number;
  readonly H: number;
  readonly B: number;
  readonly T: number;
}

export interface SequenceCase extends Sizes {
  readonly lengths?: readonly number[] | undefined;
  readonly reverse?: boolean;
  readonly bias?: boolean;
}

/** Sizes that straddle the vector width. */
export const sizes: readonly number[] = [1, 3, 4, 5, 8, 9, 17];

/** Seven choices in which each of I, H, B and T takes each size once; `shifts` says how they are paired. */
export const covering = (...[i, h, b, t]: readonly [number, number, number, number]): Sizes[] =>
  sizes.map((_, k) => {
    const at = (shift: number) => sizes[(k + shift) % sizes.length]!;
    return { I: at(i), H: at(h), B: at(b), T: at(t) };
  });

/** Lengths from 0 to T in no order, both ends among them where there is room. */
export function raggedLengths(B: number, T: number, seed: number): number[] {
  const next = random(seed);
  const lengths = Array.from({ length: B }, () => Math.floor(next() * (T + 1)));
  if (B > 1) lengths[Math.floor(B / 2)] = T;
  if (B > 2) lengths[B - 2] = 0;
  return lengths;
}

export const describeCase = ({ I, H, B, T, lengths, reverse, bias = true }: SequenceCase): string =>
  `I=${I} H=${H} B=${B} T=${T}${lengths ? ` lengths=${lengths}` : ""}${reverse ? " reverse" : ""}${bias ? "" : " no bias"}`;

/** Numbers by name: `x`, the initial `h` and `c`, the parameters. */
export type Numbers = Record<string, Vector>;

export interface Expected {
  readonly numbers: Numbers;
  /** Factors of the loss Σ outputs·up + Σ h·up + Σ c·up; random, so that no entry of a gradient is like another. */
  readonly upstream: { readonly outputs: Vector } & Numbers;
  readonly outputs: Vector;
  readonly state: Numbers;
  readonly loss: number;
  readonly gradients: Numbers;
}

/** Random weights of one cell, scaled so that gates are neither flat nor saturated. */
export function randomWeights(
  { gates }: ReferenceCell,
  I: number,
  H: number,
  seed: number,
  bias = true,
): Numbers {
  const scale = 1.5 / Math.sqrt(Math.max(H, 2));
  return {
    weight_ih: uniform(gates * H * I, seed, -scale, scale),
    weight_hh: uniform(gates * H * H, seed + 1, -scale, scale),
    ...(bias && {
      bias_ih: uniform(gates * H, seed + 2, -0.5, 0.5),
      bias_hh: uniform(gates * H, seed + 3, -0.5, 0.5),
    }),
  };
}

/** The reference's view of a cell's flat parameters. */
export const weightsOf = (flat: Numbers, I: number, H: number): CellWeights => ({
  weight_ih: rowsOf(flat.weight_ih!, I),
  weight_hh: rowsOf(flat.weight_hh!, H),
  bias_ih: flat.bias_ih,
  bias_hh: flat.bias_hh,
});

/** The reference's view of a flat state, row by row. */
export const rowStates = (flat: Numbers, H: number): RowState[] => {
  const c = flat.c && rowsOf(flat.c, H);
  return rowsOf(flat.h!, H).map((h, b) => (c ? { h, c: c[b]! } : { h }));
};

const dot = (a: Vector, b: Vector): number => {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k]! * b[k]!;
  return total;
};

export type Given = Pick<Expected, "numbers" | "upstream">;

/** Random numbers for a case: inputs, initial state, parameters, and the factors of its loss. */
export function givenOf(reference: ReferenceCell, shape: SequenceCase, seed = 1): Given {
  const { I, H, B, T, bias } = shape;
  const numbers: Numbers = { x: uniform(B * T * I, seed + 10) };
  const upstream: Expected["upstream"] = { outputs: uniform(B * T * H, seed + 40) };
  reference.stateNames.forEach((part, k) => {
    numbers[part] = uniform(B * H, seed + 20 + k);
    upstream[part] = uniform(B * H, seed + 50 + k);
  });
  Object.assign(numbers, randomWeights(reference, I, H, seed + 30, bias));
  return { numbers, upstream };
}

const known = new Map<string, Expected>();

/** What the float64 reference makes of a case: once per case, for however many kernel sets ask. */
export function expectedOf(name: string, reference: ReferenceCell, shape: SequenceCase): Expected {
  const key = `${name} ${describeCase(shape)}`;
  const before = known.get(key);
  if (before) return before;
  const { I, H, B, T, lengths, reverse } = shape;
  const parts = reference.stateNames;
  const { numbers, upstream } = givenOf(reference, shape);
  const weights = weightsOf(numbers, I, H);
  const inputs = sequencesOf(numbers.x!, T, I);
  const initial = rowStates(numbers, H);
  const { outputs, state } = unroll(reference, weights, inputs, initial, { lengths, reverse });

  // A row of the batch has a loss of its own, and its input and initial state are in no other row's.
  const upstreamOf = Object.fromEntries(
    Object.entries(upstream).map(([k, v]) => [k, rowsOf(v, v.length / B)]),
  );
  const lossOf = (b: number): number => {
    const own = { lengths: lengths && [lengths[b]!], reverse };
    const run = unroll(reference, weights, [inputs[b]!], [initial[b]!], own);
    return parts.reduce(
      (total, part) => total + dot(run.state[0]![part]!, upstreamOf[part]![b]!),
      dot(join(run.outputs[0]!), upstreamOf.outputs![b]!),
    );
  };
  const loss = () => inputs.reduce((total, _, b) => total + lossOf(b), 0);
  const gradients: Numbers = {};
  const { x, h, c, ...parameters } = numbers;
  for (const [name, all] of Object.entries({ x: x!, h: h!, ...(c && { c }) })) {
    const rows = rowsOf(all, all.length / B);
    gradients[name] = join(rows.map((row, b) => numericGradient(() => lossOf(b), { row }).row));
  }
  Object.assign(gradients, numericGradient(loss, parameters));
  const last = Object.fromEntries(parts.map((part) => [part, join(state.map((s) => s[part]!))]));
  const result = {
    numbers,
    upstream,
    outputs: join(outputs.flat()),
    state: last,
    loss: loss(),
    gradients,
  };
  known.set(key, result);
  return result;
}

/** A state by name: `{ h }` of a tensor, `{ h, c }` as it is. */
export const partsOf = (state: State): Record<string, Tensor> =>
  "shape" in state ? { h: state as Tensor } : (state as unknown as Record<string, Tensor>);

/** The state that a cell wants, from its parts by name. */
export const stateOf = (parts: Record<string, Tensor>): State =>
  (parts.c ? { h: parts.h!, c: parts.c } : parts.h!) as State;

/** Float64 numbers (that float32 holds) as a tensor. */
export const asTensor = (numbers: ArrayLike<number>, shape: readonly number[]): Tensor =>
  tensor(Float32Array.from(numbers), [...shape]);

/** Assigns numbers to parameters of the same names. */
export function assignAll(parameters: Parameters, numbers: Numbers): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    expect(numbers, `numbers for parameter ${name}`).toHaveProperty([name]);
    parameter.assign(Float32Array.from(numbers[name]!));
  }
}

/** A weighted sum over outputs and states: the loss of `expectedOf`. */
export function weightedSum(tensors: Record<string, Tensor>, upstream: Numbers): Tensor {
  return Object.entries(tensors)
    .map(([name, t]) => sum(mul(t, asTensor(upstream[name]!, t.shape))))
    .reduce((a, b) => add(a, b));
}

/** What a run of a cell over sequences gave, as plain numbers. */
export interface Run {
  readonly outputs: Float32Array;
  readonly state: Record<string, Float32Array>;
  readonly loss: number;
  readonly gradients: Record<string, Float32Array>;
}

/** Runs `unrolled` in and outside a tape, with the numbers of a case. */
export function runCase(
  cell: Cell<State>,
  { I, H, B, T }: Sizes,
  { numbers, upstream }: Given,
  unrolled: (cell: Cell<State>, x: Tensor, state: State) => { outputs: Tensor; state: State },
): Run {
  assignAll(cell.parameters(), numbers);
  const x = asTensor(numbers.x!, [B, T, I]);
  const initial: Record<string, Tensor> = { h: asTensor(numbers.h!, [B, H]) };
  if (numbers.c) initial.c = asTensor(numbers.c, [B, H]);
  const plain = unrolled(cell, x, stateOf(initial));
  const plainParts = partsOf(plain.state);

  let taped: Record<string, Tensor> = {};
  const targets: Record<string, Tensor> = { x, ...initial, ...cell.parameters() };
  const { value, gradients } = gradientsBesideOthers(() => {
    const run = unrolled(cell, x, stateOf(initial));
    const all = { outputs: run.outputs, ...partsOf(run.state) };
    taped = Object.fromEntries(Object.entries(all).map(([name, t]) => [name, detach(t)]));
    return weightedSum(all, upstream);
  }, targets);
  for (const [name, t] of Object.entries({ outputs: plain.outputs, ...plainParts })) {
    expect(taped[name]!.data, `${name}: the same with a tape and without`).toEqual(t.data);
  }
  const dataOf = (all: Record<string, { readonly data: Float32Array }>) =>
    Object.fromEntries(Object.entries(all).map(([name, t]) => [name, t.data]));
  return {
    outputs: plain.outputs.data,
    state: dataOf(plainParts),
    loss: value,
    gradients: dataOf(gradients),
  };
}

/** A run against the reference: outputs, state, loss, and the gradient of everything. */
export function expectRun(run: Run, expected: Expected, label: string): void {
  expectFloat32(run.outputs, expected.outputs, `${label}: outputs`);
  for (const [part, want] of Object.entries(expected.state)) {
    expectFloat32(run.state[part]!, want, `${label}: state ${part}`);
  }
  expectFloat32([run.loss], [expected.loss], `${label}: loss`, 1e-4);
  expect(Object.keys(run.gradients).sort()).toEqual(Object.keys(expected.gradients).sort());
  for (const [name, want] of Object.entries(expected.gradients)) {
    expectFloat32(run.gradients[name]!, want, `${label}: gradient of ${name}`);
  }
}

/** Two runs of the same numbers by different ways. */
export function expectSameRun(a: Run, b: Run, label: string): void {
  expectFloat32(a.outputs, b.outputs, `${label}: outputs`, 5e-6);
  for (const part of Object.keys(b.state)) {
    expectFloat32(a.state[part]!, b.state[part]!, `${label}: state ${part}`, 5e-6);
  }
  for (const name of Object.keys(b.gradients)) {
    expectFloat32(a.gradients[name]!, b.gradients[name]!, `${label}: gradient of ${name}`, 5e-6);
  }
}
