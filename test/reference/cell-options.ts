import { affine, type Matrix, rowsOf, type Vector } from "./cells.ts";

/** The options that a cell can have beside its weights, as functions and numbers. */
export interface ReferenceOptions {
  readonly clip?: number;
  readonly cellClip?: number;
  readonly forgetBias?: number;
  readonly coupled?: boolean;
  readonly activation?: (v: number) => number;
  readonly recurrentActivation?: (v: number) => number;
  readonly outputActivation?: (v: number) => number;
  readonly resetAfter?: boolean;
}

export const logistic = (v: number): number => 1 / (1 + Math.exp(-v));

const cut = (v: number, limit = Number.POSITIVE_INFINITY): number =>
  Math.min(Math.max(v, -limit), limit);

/** Parameters by our names, flat. */
export type FlatWeights = Readonly<Record<string, Vector>>;

interface Reading {
  readonly W: Matrix;
  readonly R: Matrix;
}

const read = (w: FlatWeights, I: number, out: number): Reading => ({
  W: rowsOf(w.weight_ih!, I),
  R: rowsOf(w.weight_hh!, out),
});

/** (v - mean) / √(variance + 1e-5) · gain + bias */
function normalize(v: Vector, gain: Vector, bias?: Vector): Vector {
  const mean = v.reduce((a, b) => a + b, 0) / v.length;
  const variance = v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length;
  const scale = 1 / Math.sqrt(variance + 1e-5);
  return v.map((a, k) => (a - mean) * scale * gain[k]! + (bias ? bias[k]! : 0));
}

/** M v + b, or with a gain M v normalised. */
const product = (m: Matrix, v: Vector, bias: Vector | undefined, gain?: Vector): Vector =>
  gain ? normalize(affine(m, v), gain, bias) : affine(m, v, bias);

/** One row of an LSTM with peepholes, coupled gates, clipping and a projection, as the equations are printed. */
export function lstmStep(
  w: FlatWeights,
  options: ReferenceOptions,
  x: Vector,
  h: Vector,
  c: Vector,
): { h: Vector; c: Vector } {
  const { clip, cellClip, forgetBias = 0, coupled = false } = options;
  const { activation = Math.tanh, recurrentActivation = logistic } = options;
  const { outputActivation = activation } = options;
  const { W, R } = read(w, x.length, h.length);
  const H = c.length;
  const a = product(W, x, w.bias_ih, w.gain_ih);
  const b = product(R, h, w.bias_hh, w.gain_hh);
  const p = w.weight_ch ?? new Float64Array(3 * H);
  const next = new Float64Array(H);
  const opened = new Float64Array(H);
  for (let j = 0; j < H; j++) {
    const sum = (gate: number): number => a[gate * H + j]! + b[gate * H + j]!;
    const open = (v: number): number => recurrentActivation(cut(v, clip));
    const i = open(sum(0) + p[j]! * c[j]!);
    const f = coupled ? 1 - i : open(sum(1) + p[H + j]! * c[j]! + forgetBias);
    const g = activation(cut(sum(2), clip));
    next[j] = cut(f * c[j]! + i * g, cellClip);
    opened[j] = open(sum(3) + p[2 * H + j]! * next[j]!);
  }
  const leaving = w.gain_c ? normalize(next, w.gain_c, w.bias_c) : next;
  const out = leaving.map((v, j) => opened[j]! * outputActivation(v));
  return { h: w.weight_hr ? affine(rowsOf(w.weight_hr, H), out) : out, c: next };
}

/** One row of a GRU with other activations and clipping. */
export function gruStep(
  w: FlatWeights,
  options: ReferenceOptions,
  x: Vector,
  h: Vector,
): { h: Vector } {
  const { clip, resetAfter = true } = options;
  const { activation = Math.tanh, recurrentActivation = logistic } = options;
  const H = h.length;
  const { W, R } = read(w, x.length, H);
  const a = product(W, x, w.bias_ih, w.gain_ih);
  const b = product(R, h, w.bias_hh, w.gain_hh);
  const open = (k: number): number => recurrentActivation(cut(a[k]! + b[k]!, clip));
  const r = h.map((_, j) => open(j));
  const fromReset = affine(
    R,
    h.map((v, j) => r[j]! * v),
    w.bias_hh,
  );
  return {
    h: h.map((v, j) => {
      const k = 2 * H + j;
      const share = resetAfter ? r[j]! * b[k]! : fromReset[k]!;
      const n = activation(cut(a[k]! + share, clip));
      const z = open(H + j);
      return (1 - z) * n + z * v;
    }),
  };
}

/** One row of a simple recurrent network with another activation and clipping. */
export function rnnStep(
  w: FlatWeights,
  { clip, activation = Math.tanh }: ReferenceOptions,
  x: Vector,
  h: Vector,
): { h: Vector } {
  const { W, R } = read(w, x.length, h.length);
  const a = product(W, x, w.bias_ih, w.gain_ih);
  const b = product(R, h, w.bias_hh, w.gain_hh);
  return { h: h.map((_, j) => activation(cut(a[j]! + b[j]!, clip))) };
}
