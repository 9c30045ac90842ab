import { kindError, valueError } from "../core/check.ts";
import type { Shape } from "../core/tensor.ts";
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type InitializerContext,
  identity,
  leCunNormal,
  leCunUniform,
  ones,
  orthogonal,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
  zeros,
} from "./initializers.ts";

/** How weights begin, by Keras' names. */
export const initializers: typeof import("./initializers.ts") = {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  identity,
  leCunNormal,
  leCunUniform,
  ones,
  orthogonal,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
  zeros,
};

/** The initializers that can be had by name, with their defaults. */
export type InitializerName = keyof typeof initializers | "lecunNormal" | "lecunUniform";

/** Numbers for a weight, row by row: what those of `initializers` are, and one of one's own. */
export type InitialValues = (shape: Shape, context: InitializerContext) => ArrayLike<number>;

/** An initializer by name, or a function. */
export type Initializer = InitializerName | InitialValues;

/** The function that an option means. Throws a RangeError, with the names there are, for one that is not known. */
export function resolveInitializer(where: string, name: string, value: unknown): InitialValues {
  if (typeof value === "function") return value as InitialValues;
  if (typeof value !== "string")
    throw kindError(where, `${name} to be the name of an initializer or a function`, value);
  const known = Object.entries(initializers).sort(([a], [b]) => (a < b ? -1 : 1));
  // Capitals do not matter: TensorFlow.js writes leCunNormal, others lecunNormal.
  const found = known.find(([one]) => one.toLowerCase() === value.toLowerCase());
  if (!found)
    throw valueError(where, `${name} out of ${known.map(([one]) => one).join(", ")}`, `"${value}"`);
  return found[1]();
}
