/** Adam as the paper prints it: bias corrections of the moments themselves. */
export function adam(
  { value, m, v }: Record<"value" | "m" | "v", Float64Array>,
  g: Float64Array,
  t: number,
  { rate, beta1, beta2, epsilon }: Record<"rate" | "beta1" | "beta2" | "epsilon", number>,
): void {
  for (let i = 0; i < value.length; i++) {
    m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
    v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2;
    const mean = m[i]! / (1 - beta1 ** t);
    const square = v[i]! / (1 - beta2 ** t);
    value[i]! -= (rate * mean) / (Math.sqrt(square) + epsilon);
  }
}

/** Gradient descent with momentum in torch's form; plain where there is no velocity. */
export function sgd(
  value: Float64Array,
  g: Float64Array,
  velocity: Float64Array | undefined,
  rate: number,
  momentum: number,
): void {
  for (let i = 0; i < value.length; i++) {
    if (velocity) velocity[i] = momentum * velocity[i]! + g[i]!;
    value[i]! -= rate * (velocity ? velocity[i]! : g[i]!);
  }
}
