import { checkNumber, checkOptions, checkShape, valueError } from "../core/check.ts";
import { extras } from "../core/extras.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";

/** What a normalised row goes through. */
export interface LayerNormOperands {
  /** [n]: a factor for each column. */
  readonly weight?: Tensor | undefined;
  /** [n]: added to each column. */
  readonly bias?: Tensor | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number | undefined;
}

/**
 * Layer normalisation along the last axis (Ba, Kiros & Hinton 2016, arXiv:1607.06450): (x - μ) / √(σ² + ε) · weight + bias
 * for x [..., n], where μ and σ² are those of each row of n. Throws a RangeError where the shapes do not fit.
 */
export function layerNorm(x: Tensor, options?: LayerNormOperands): Tensor {
  const where = "layerNorm";
  checkTensor(where, "x", x);
  const names = ["weight", "bias", "epsilon"] as const;
  const { weight, bias, epsilon = 1e-5 } = checkOptions(where, options, names);
  const n = x.shape.at(-1);
  if (n === undefined) throw valueError(where, "x with an axis", "a scalar");
  checkNumber(where, "epsilon", epsilon, 0);
  for (const [name, operand] of Object.entries({ weight, bias }))
    if (operand !== undefined)
      checkShape(where, name, checkTensor(where, name, operand).shape, [n]);
  const inputs = [x, weight, bias].filter((operand) => operand !== undefined);
  const rows = x.size / n;
  return inFrame(inputs, (frame) => {
    const k = extras(frame.runtime);
    const [px, pw, pb] = [frame.at(x), weight ? frame.at(weight) : 0, bias ? frame.at(bias) : 0];
    const [mean, rstd] = [frame.floats(rows), frame.floats(rows)];
    const y = frame.tensor(x.shape);
    k.layer_norm_forward(frame.at(y), mean, rstd, px, pw, pb, rows, n, epsilon);
    frame.record([y], inputs, () => {
      const dw = weight ? frame.gradient(weight) : 0;
      const db = bias ? frame.gradient(bias) : 0;
      const [dx, dy] = [frame.gradient(x), frame.flowed(y)];
      k.layer_norm_backward(dx, dw, db, dy, px, mean, rstd, pw, rows, n);
    });
    return y;
  });
}
