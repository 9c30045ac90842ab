import { add, mul, sum, type Tensor, tensor, valueAndGrad } from "gatewise";
import { expect } from "vitest";
import { expectFloat32 } from "./close.ts";
import { numericGradient } from "./reference/cells.ts";
import { uniform } from "./reference/random.ts";

export interface GradientCheck {
  readonly label: string;
  /** What gradients are taken of, in float64; `reference` reads these very arrays, which are nudged in place. */
  readonly numbers: Readonly<Record<string, Float64Array>>;
  /** The same numbers as tensors or parameters, by the same names. */
  readonly targets: Record<string, Tensor>;
  readonly forward: () => Record<string, Tensor>;
  readonly reference: () => Record<string, Float64Array>;
  /** Error allowed, relative to the largest entry of each result (or to 1). */
  readonly relative?: number;
}

/**
 * `valueAndGrad` where every target already has a gradient by the time that of `f` reaches it, so that a backward pass which
 * overwrites what it should add to gives itself away: the loss is f() + Σ target, and that sum's share (1) is taken off again.
 */
export function gradientsBesideOthers<T extends Record<string, Tensor>>(
  f: () => Tensor,
  targets: T,
): { value: number; gradients: Record<string, { shape: readonly number[]; data: Float32Array }> } {
  let value = Number.NaN;
  const { gradients } = valueAndGrad(() => {
    const loss = f();
    value = loss.item();
    return Object.values(targets).reduce((all, target) => add(all, sum(target)), loss);
  }, targets);
  const own = Object.entries(gradients).map(
    ([name, { shape, data }]) => [name, { shape, data: data.map((v) => v - 1) }] as const,
  );
  return { value, gradients: Object.fromEntries(own) };
}

/**
 * The results of `forward` against those of `reference`, and the gradient of a random weighted sum of all results with
 * respect to every number against central differences of the reference.
 */
export function expectForwardAndGradients(check: GradientCheck): void {
  const { label, numbers, targets, forward, reference, relative = 2e-5 } = check;
  const expected = reference();
  const upstream: Record<string, Float64Array> = {};
  Object.entries(expected).forEach(([name, v], k) => {
    upstream[name] = uniform(v.length, 900 + k, 0.25, 1).map((u, i) => (i % 3 === 1 ? -u : u));
  });
  const plain = forward();
  expect(Object.keys(plain).sort(), `${label}: results`).toEqual(Object.keys(expected).sort());
  for (const [name, want] of Object.entries(expected)) {
    expectFloat32(plain[name]!.data, want, `${label}: ${name}`, relative);
  }
  const { gradients } = gradientsBesideOthers(
    () =>
      Object.entries(forward())
        .map(([name, t]) =>
          sum(mul(t, tensor(Float32Array.from(upstream[name]!), [...plain[name]!.shape]))),
        )
        .reduce((a, b) => add(a, b)),
    targets,
  );
  const wanted = numericGradient(() => {
    let total = 0;
    for (const [name, v] of Object.entries(reference())) {
      v.forEach((value, k) => {
        total += value * upstream[name]![k]!;
      });
    }
    return total;
  }, numbers);
  for (const [name, want] of Object.entries(wanted)) {
    expect(gradients[name]?.shape, `${label}: shape of the gradient of ${name}`).toEqual(
      targets[name]!.shape,
    );
    expectFloat32(gradients[name]!.data, want, `${label}: gradient of ${name}`, relative);
  }
}
