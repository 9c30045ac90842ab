/** A function and its derivative in float64, and where its tests look: kernels `<name>_forward`, `<name>_backward`. */
export interface Pointwise {
  readonly name: "neg" | "abs" | "sqrt" | "relu" | "exp" | "log" | "tanh" | "sigmoid";
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
  readonly domain: readonly [low: number, high: number];
}

export const sigmoid = (x: number): number => {
  const e = Math.exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
};

export const pointwise: readonly Pointwise[] = [
  { name: "neg", value: (x) => -x, slope: () => -1, domain: [-4, 4] },
  { name: "abs", value: Math.abs, slope: Math.sign, domain: [-4, 4] },
  { name: "sqrt", value: Math.sqrt, slope: (x) => 0.5 / Math.sqrt(x), domain: [0.1, 9] },
  { name: "relu", value: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0), domain: [-4, 4] },
  { name: "exp", value: Math.exp, slope: Math.exp, domain: [-4, 4] },
  { name: "log", value: Math.log, slope: (x) => 1 / x, domain: [0.1, 9] },
  { name: "tanh", value: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2, domain: [-4, 4] },
  {
    name: "sigmoid",
    value: sigmoid,
    slope: (x) => sigmoid(x) * sigmoid(-x),
    domain: [-4, 4],
  },
];

/** (f(x + h) - f(x - h)) / 2h: the slope as its definition has it. */
export const centralDifference = (f: (x: number) => number, x: number, h = 1e-5): number =>
  (f(x + h) - f(x - h)) / (2 * h);
