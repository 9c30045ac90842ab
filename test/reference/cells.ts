/**
 * The oracle: recurrent cells in float64, one row of the batch and one step at a time, as the equations are printed.
 * Nothing here is fast. Letters: T time, B batch, I input, H hidden, G gates; W [G·H, I], R [G·H, H].
 */

export type Vector = Float64Array;
/** Rows; views into one flat array where a gradient is to be taken by `numericGradient`. */
export type Matrix = readonly Vector[];

export interface CellWeights {
  readonly weight_ih: Matrix; // W
  readonly weight_hh: Matrix; // R
  readonly bias_ih?: Vector | undefined;
  readonly bias_hh?: Vector | undefined;
}

/** One row's state by name: `h`, and `c` where the cell has one. The output of every cell here is its `h`. */
export interface RowState {
  readonly h: Vector;
  readonly c?: Vector | undefined;
}

export interface ReferenceCell {
  readonly gates: number; // G
  readonly stateNames: readonly ("h" | "c")[];
  step(weights: CellWeights, x: Vector, state: RowState): RowState;
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/** M v + b; an absent bias is 0. */
export function affine(m: Matrix, v: Vector, b?: Vector): Vector {
  const y = new Float64Array(m.length);
  for (let k = 0; k < m.length; k++) {
    const row = m[k]!;
    let sum = b ? b[k]! : 0;
    for (let i = 0; i < v.length; i++) sum += row[i]! * v[i]!;
    y[k] = sum;
  }
  return y;
}

/** The rows (or entries) of gate k out of those that lie one after another. */
const gate = <A extends Matrix | Vector>(all: A, k: number, H: number): A =>
  all.slice(k * H, (k + 1) * H) as A;

/** h' = f(W x + bx + R h + br) */
const elman = (f: (v: number) => number): ReferenceCell => ({
  gates: 1,
  stateNames: ["h"],
  step(w, x, { h }) {
    const fromInput = affine(w.weight_ih, x, w.bias_ih);
    const fromState = affine(w.weight_hh, h, w.bias_hh);
    return { h: h.map((_, j) => f(fromInput[j]! + fromState[j]!)) };
  },
});

export const rnnTanh: ReferenceCell = elman(Math.tanh);
export const rnnRelu: ReferenceCell = elman((v) => (v > 0 ? v : 0));

/**
 * i = σ(W_i x + R_i h + b_i), f and o likewise, g = tanh(W_g x + R_g h + b_g);
 * c' = f c + i g, h' = o tanh(c'). Rows of the weights in the order i f g o.
 */
export const lstm: ReferenceCell = {
  gates: 4,
  stateNames: ["h", "c"],
  step(w, x, { h, c }) {
    const H = h.length;
    const fromInput = affine(w.weight_ih, x, w.bias_ih);
    const fromState = affine(w.weight_hh, h, w.bias_hh);
    const sums = fromInput.map((v, k) => v + fromState[k]!);
    const i = gate(sums, 0, H).map(sigmoid);
    const f = gate(sums, 1, H).map(sigmoid);
    const g = gate(sums, 2, H).map(Math.tanh);
    const o = gate(sums, 3, H).map(sigmoid);
    const next = h.map((_, j) => f[j]! * c![j]! + i[j]! * g[j]!);
    return { h: next.map((v, j) => o[j]! * Math.tanh(v)), c: next };
  },
};

/**
 * r = σ(W_r x + bx_r + R_r h + br_r), z likewise, h' = (1 - z) n + z h, rows in the order r z n, where
 * n = tanh(W_n x + bx_n + r (R_n h + br_n)) with reset after the product, tanh(W_n x + bx_n + R_n (r h) + br_n) before.
 */
const gru = (resetAfter: boolean): ReferenceCell => ({
  gates: 3,
  stateNames: ["h"],
  step(w, x, { h }) {
    const H = h.length;
    const fromInput = affine(w.weight_ih, x, w.bias_ih);
    const fromState = affine(w.weight_hh, h, w.bias_hh);
    const r = h.map((_, j) => sigmoid(fromInput[j]! + fromState[j]!));
    const z = h.map((_, j) => sigmoid(fromInput[H + j]! + fromState[H + j]!));
    const candidate = resetAfter
      ? gate(fromState, 2, H).map((v, j) => r[j]! * v)
      : affine(
          gate(w.weight_hh, 2, H),
          h.map((v, j) => r[j]! * v),
          w.bias_hh && gate(w.bias_hh, 2, H),
        );
    const n = candidate.map((v, j) => Math.tanh(fromInput[2 * H + j]! + v));
    return { h: h.map((v, j) => (1 - z[j]!) * n[j]! + z[j]! * v) };
  },
});

export const gruAfter: ReferenceCell = gru(true);
export const gruBefore: ReferenceCell = gru(false);

/** x [B][T] rows of I. */
export type Sequences = readonly Matrix[];

export interface SequenceOptions {
  readonly lengths?: readonly number[] | undefined;
  readonly reverse?: boolean | undefined;
}

/**
 * Unrolls each row of the batch over its own length: outputs [B][T] rows of H, 0 beyond the length, and the state after
 * its last step. In reverse a row starts at its own last step; what belongs to step t stands at t.
 */
export function unroll(
  cell: ReferenceCell,
  weights: CellWeights,
  inputs: Sequences,
  initial: readonly RowState[],
  { lengths, reverse = false }: SequenceOptions = {},
): { outputs: Vector[][]; state: RowState[] } {
  const state = [...initial];
  const outputs = inputs.map((x, b) => {
    const H = initial[b]!.h.length;
    const out = x.map(() => new Float64Array(H));
    const length = lengths?.[b] ?? x.length;
    for (let k = 0; k < length; k++) {
      const t = reverse ? length - 1 - k : k;
      state[b] = cell.step(weights, x[t]!, state[b]!);
      out[t] = state[b].h as Float64Array<ArrayBuffer>;
    }
    return out;
  });
  return { outputs, state };
}

/** A stack of layers, each of one direction or two, every layer fed with the outputs of all directions below. */
export function unrollStack(
  cell: ReferenceCell,
  layers: readonly (readonly CellWeights[])[],
  inputs: Sequences,
  initial: readonly (readonly RowState[])[], // [layers · directions][B]
  lengths?: readonly number[],
): { outputs: Vector[][]; states: RowState[][] } {
  let x: Vector[][] = inputs.map((rows) => [...rows]);
  const states: RowState[][] = [];
  for (const directions of layers) {
    const runs = directions.map((weights, d) =>
      unroll(cell, weights, x, initial[states.length + d]!, { lengths, reverse: d === 1 }),
    );
    x = x.map((rows, b) => rows.map((_, t) => join(runs.map((run) => run.outputs[b]![t]!))));
    states.push(...runs.map((run) => run.state));
  }
  return { outputs: x, states };
}

/** Vectors one behind the other. */
export function join(parts: readonly Vector[]): Vector {
  const all = new Float64Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Views of the rows of a flat array. */
export const rowsOf = (flat: Vector, width: number): Vector[] =>
  Array.from({ length: width === 0 ? 0 : flat.length / width }, (_, k) =>
    flat.subarray(k * width, (k + 1) * width),
  );

/** Views of a flat [B, T, width] array as [B][T] rows. */
export const sequencesOf = (flat: Vector, T: number, width: number): Vector[][] =>
  rowsOf(flat, T * width).map((row) => rowsOf(row, width));

/**
 * ∂f/∂a for every entry of every array, by central differences: (f(a + ε) - f(a - ε)) / 2ε. The arrays are nudged in
 * place, so `f` reads them (or views of them). In float64 with ε = 1e-5 the error is near 1e-9 where f is near 1.
 */
export function numericGradient<const K extends string>(
  f: () => number,
  arrays: Readonly<Record<K, Vector>>,
  epsilon = 1e-5,
): Record<K, Vector> {
  const gradients = {} as Record<K, Vector>;
  for (const name in arrays) {
    const a = arrays[name];
    gradients[name] = a.map((value, k) => {
      a[k] = value + epsilon;
      const above = f();
      a[k] = value - epsilon;
      const below = f();
      a[k] = value;
      return (above - below) / (2 * epsilon);
    });
  }
  return gradients;
}
