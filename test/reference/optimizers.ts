type Slab = Float64Array;

/** Adam as the paper prints it: bias corrections of the moments themselves. AMSGrad where there is a `largest`. */
export function adam(
  { value, m, v, largest }: { value: Slab; m: Slab; v: Slab; largest?: Slab },
  g: Slab,
  t: number,
  { rate, beta1, beta2, epsilon }: Record<"rate" | "beta1" | "beta2" | "epsilon", number>,
): void {
  for (let i = 0; i < value.length; i++) {
    m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
    v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2;
    if (largest) largest[i] = Math.max(largest[i]!, v[i]!);
    const mean = m[i]! / (1 - beta1 ** t);
    const square = (largest ?? v)[i]! / (1 - beta2 ** t);
    value[i]! -= (rate * mean) / (Math.sqrt(square) + epsilon);
  }
}

/** Gradient descent with momentum in torch's form; plain where there is no velocity. */
export function sgd(
  value: Slab,
  g: Slab,
  velocity: Slab | undefined,
  rate: number,
  momentum: number,
  { take = 1, nesterov = false } = {},
): void {
  for (let i = 0; i < value.length; i++) {
    let change = g[i]!;
    if (velocity) {
      velocity[i] = momentum * velocity[i]! + take * g[i]!;
      change = nesterov ? g[i]! + momentum * velocity[i]! : velocity[i]!;
    }
    value[i]! -= rate * change;
  }
}

/** RMSprop as torch has it, centred where there is a mean, with momentum where there is a velocity. */
export function rmsprop(
  slabs: { value: Slab; square: Slab; mean?: Slab; velocity?: Slab },
  g: Slab,
  { rate, alpha, momentum }: Record<"rate" | "alpha" | "momentum", number>,
  root: (variance: number) => number,
): void {
  const { value, square, mean, velocity } = slabs;
  for (let i = 0; i < value.length; i++) {
    square[i] = alpha * square[i]! + (1 - alpha) * g[i]! ** 2;
    if (mean) mean[i] = alpha * mean[i]! + (1 - alpha) * g[i]!;
    let change = g[i]! / root(square[i]! - (mean ? mean[i]! ** 2 : 0));
    if (velocity) change = velocity[i] = momentum * velocity[i]! + change;
    value[i]! -= rate * change;
  }
}

/** Adagrad as the paper has it. */
export function adagrad(
  value: Slab,
  square: Slab,
  g: Slab,
  rate: number,
  root: (sum: number) => number,
): void {
  for (let i = 0; i < value.length; i++) {
    square[i]! += g[i]! ** 2;
    value[i]! -= (rate * g[i]!) / root(square[i]!);
  }
}
