import { sigmoid } from "./pointwise.ts";

/** An activation and its derivative in float64: the kernels' kind number, its parameters, and the kinks tests keep off. */
export interface ActivationCase {
  readonly name: string;
  readonly kind: number;
  readonly alpha: number;
  readonly beta: number;
  readonly value: (x: number) => number;
  readonly kinks?: readonly number[];
}

/** erf x = 2/√π e^(-x²) Σ 2^n x^(2n+1) / (1 · 3 · … (2n+1)), a series without cancellation. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const eluOf = (x: number, alpha: number): number => (x < 0 ? alpha * Math.expm1(x) : x);
const [SELU_ALPHA, SELU_SCALE] = [1.6732632423543772, 1.0507009873554805];
const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const geluTanh = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** Every kind, with parameters that are not their defaults. */
// biome-ignore format: a table
export const activations: readonly ActivationCase[] = [
  { name: "affine", kind: 0, alpha: 1.5, beta: -0.25, value: (x) => 1.5 * x - 0.25 },
  { name: "hard tanh", kind: 1, alpha: -1.25, beta: 2, value: (x) => clamp(x, -1.25, 2), kinks: [-1.25, 2] },
  { name: "hard sigmoid", kind: 2, alpha: 0.375, beta: 0.625, value: (x) => clamp(0.375 * x + 0.625, 0, 1), kinks: [-5 / 3, 1] },
  { name: "leaky relu", kind: 3, alpha: 0.125, beta: 0, value: (x) => (x < 0 ? 0.125 * x : x), kinks: [0] },
  { name: "thresholded relu", kind: 4, alpha: 0.75, beta: 0, value: (x) => (x > 0.75 ? x : 0), kinks: [0.75] },
  { name: "softsign", kind: 5, alpha: 0, beta: 0, value: (x) => x / (1 + Math.abs(x)) },
  { name: "scaled tanh", kind: 6, alpha: 1.75, beta: 0.625, value: (x) => 1.75 * Math.tanh(0.625 * x) },
  { name: "elu", kind: 7, alpha: 0.75, beta: 1, value: (x) => eluOf(x, 0.75), kinks: [0] },
  { name: "selu", kind: 7, alpha: SELU_ALPHA, beta: SELU_SCALE, value: (x) => SELU_SCALE * eluOf(x, SELU_ALPHA), kinks: [0] },
  { name: "softplus", kind: 8, alpha: 0, beta: 0, value: softplusOf },
  { name: "gelu", kind: 9, alpha: 0, beta: 0, value: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)) },
  { name: "mish", kind: 10, alpha: 0, beta: 0, value: (x) => x * Math.tanh(softplusOf(x)) },
  { name: "swish", kind: 11, alpha: 0, beta: 0, value: (x) => x * sigmoid(x) },
  { name: "gelu by tanh", kind: 12, alpha: 0, beta: 0, value: geluTanh },
];
