import { checkFlag, checkNumber, checkOptions } from "../core/check.ts";
import { extras } from "../core/extras.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";

/** The kinds of assembly/activations.ts. */
const kinds = {
  affine: 0,
  hardTanh: 1,
  hardSigmoid: 2,
  leakyRelu: 3,
  thresholdedRelu: 4,
  softsign: 5,
  scaledTanh: 6,
  elu: 7,
  softplus: 8,
  gelu: 9,
  mish: 10,
  swish: 11,
  geluTanh: 12,
} as const;

/** A function of the kernels' list applied to every element; what alpha and beta mean is the kind's affair. */
function activate(where: string, x: Tensor, kind: keyof typeof kinds, alpha = 0, beta = 0): Tensor {
  checkTensor(where, "x", x);
  checkNumber(where, "alpha", alpha);
  checkNumber(where, "beta", beta);
  const number = kinds[kind];
  return inFrame([x], (frame) => {
    const k = extras(frame.runtime);
    const from = frame.at(x);
    const y = frame.tensor(x.shape);
    k.activation_forward(frame.at(y), from, x.size, number, alpha, beta);
    frame.record([y], [x], () => {
      const [dx, dy] = [frame.gradient(x), frame.flowed(y)];
      k.activation_backward(dx, dy, from, x.size, number, alpha, beta);
    });
    return y;
  });
}

/** The line that `hardSigmoid` cuts off at 0 and 1. */
export interface HardSigmoidOptions {
  /** Its slope. Default 0.2, as in ONNX and TensorFlow.js; PyTorch and Keras 3 have 1/6. */
  readonly alpha?: number | undefined;
  /** Its value at 0. Default 0.5. */
  readonly beta?: number | undefined;
}

/** min(max(alpha x + beta, 0), 1) of every element; its gradient where it is 0 or 1 is 0. */
export function hardSigmoid(x: Tensor, options?: HardSigmoidOptions): Tensor {
  const where = "hardSigmoid";
  const { alpha = 0.2, beta = 0.5 } = checkOptions(where, options, ["alpha", "beta"]);
  return activate(where, x, "hardSigmoid", alpha, beta);
}

/** x of every element, alpha x where that is negative; its gradient at 0 is alpha (Maas et al. 2013). */
export const leakyRelu = (x: Tensor, alpha = 0.01): Tensor =>
  activate("leakyRelu", x, "leakyRelu", alpha);

/** x where it is above alpha, else 0; its gradient at alpha is 0 (Konda et al. 2015, arXiv:1402.3337). */
export const thresholdedRelu = (x: Tensor, alpha = 1): Tensor =>
  activate("thresholdedRelu", x, "thresholdedRelu", alpha);

/** x of every element, alpha (e^x - 1) where that is negative (Clevert et al. 2016, arXiv:1511.07289). */
export const elu = (x: Tensor, alpha = 1): Tensor => activate("elu", x, "elu", alpha, 1);

/** 1.0507 elu(x, 1.6733): keeps mean 0 and variance 1 from layer to layer (Klambauer et al. 2017, arXiv:1706.02515). */
export const selu = (x: Tensor): Tensor =>
  activate("selu", x, "elu", 1.6732632423543772, 1.0507009873554805);

/** ln(1 + e^x) of every element, a smooth `relu`. */
export const softplus = (x: Tensor): Tensor => activate("softplus", x, "softplus");

/** x / (1 + |x|) of every element. */
export const softsign = (x: Tensor): Tensor => activate("softsign", x, "softsign");

/** alpha tanh(beta x) of every element. */
export const scaledTanh = (x: Tensor, alpha: number, beta: number): Tensor =>
  activate("scaledTanh", x, "scaledTanh", alpha, beta);

/** alpha x + beta of every element. */
export const affine = (x: Tensor, alpha: number, beta: number): Tensor =>
  activate("affine", x, "affine", alpha, beta);

/** min(max(x, 0), 6) of every element; its gradient at 0 and 6 is 0. */
export const relu6 = (x: Tensor): Tensor => activate("relu6", x, "hardTanh", 0, 6);

/** x σ(x) of every element, also called SiLU (Ramachandran et al. 2017, arXiv:1710.05941). */
export const swish = (x: Tensor): Tensor => activate("swish", x, "swish");

/** x tanh(softplus(x)) of every element (Misra 2019, arXiv:1908.08681). */
export const mish = (x: Tensor): Tensor => activate("mish", x, "mish");

/** How `gelu` is computed. */
export interface GeluOptions {
  /** Whether Φ is approximated by a tanh, as GPT-2 did. Default false. */
  readonly approximate?: boolean | undefined;
}

/**
 * x Φ(x) of every element, Φ the normal distribution (Hendrycks & Gimpel 2016, arXiv:1606.08415); with `approximate`
 * ½x (1 + tanh(√(2/π) (x + 0.044715 x³))).
 */
export function gelu(x: Tensor, options?: GeluOptions): Tensor {
  const where = "gelu";
  const { approximate } = checkOptions(where, options, ["approximate"]);
  return activate(where, x, checkFlag(where, "approximate", approximate) ? "geluTanh" : "gelu");
}
