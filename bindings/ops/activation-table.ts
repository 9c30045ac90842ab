import { kindError, valueError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import {
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  mish,
  relu6,
  selu,
  softplus,
  softsign,
  swish,
  thresholdedRelu,
} from "./activations.ts";
import { exp, relu, sigmoid, tanh } from "./elementwise.ts";
import { logSoftmax, softmax } from "./softmax.ts";

// Apart from the functions, so that a program which calls one of them does not carry all of them along.

/** The name of an activation function: TensorFlow.js' names. */
export type ActivationName =
  | "elu"
  | "exponential"
  | "gelu"
  | "hardSigmoid"
  | "leakyRelu"
  | "linear"
  | "logSoftmax"
  | "mish"
  | "relu"
  | "relu6"
  | "selu"
  | "sigmoid"
  | "softmax"
  | "softplus"
  | "softsign"
  | "swish"
  | "tanh"
  | "thresholdedRelu";

/** An activation function: by its name, or one of one's own. */
export type Activation = ActivationName | ((x: Tensor) => Tensor);

/** Each with its own defaults; the slope of hardSigmoid is 0.2, as in TensorFlow.js. */
const table: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  elu: (x) => elu(x),
  exponential: exp,
  gelu: (x) => gelu(x),
  hardSigmoid: (x) => hardSigmoid(x),
  leakyRelu: (x) => leakyRelu(x),
  linear: (x) => x,
  logSoftmax,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  swish,
  tanh,
  thresholdedRelu: (x) => thresholdedRelu(x),
};

/** Every name that an activation can be given by. */
export const activationNames: readonly ActivationName[] = /* @__PURE__ */ Object.keys(
  table,
) as ActivationName[];

/** The function that an option means. Throws a RangeError that lists the names for one that is not known. */
export function resolveActivation(
  where: string,
  name: string,
  value: unknown,
): (x: Tensor) => Tensor {
  if (typeof value === "function") return value as (x: Tensor) => Tensor;
  if (typeof value !== "string")
    throw kindError(where, `${name} to be the name of an activation or a function`, value);
  if (!Object.hasOwn(table, value))
    throw valueError(where, `${name} out of ${activationNames.join(", ")}`, `"${value}"`);
  return table[value as ActivationName];
}
