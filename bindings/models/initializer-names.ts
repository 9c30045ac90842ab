import { kindError, valueError } from "../core/check.ts";
import * as initializers from "./initializers.ts";

/** The initializers that can be had by name, with their defaults. */
export type InitializerName = keyof typeof initializers | "lecunNormal" | "lecunUniform";

/** An initializer by name, or a function such as those of `initializers` give. */
export type Initializer = InitializerName | initializers.InitializerFunction;

/** The function that an option means. Throws a RangeError, with the names there are, for one that is not known. */
export function resolveInitializer(
  where: string,
  name: string,
  value: unknown,
): initializers.InitializerFunction {
  if (typeof value === "function") return value as initializers.InitializerFunction;
  if (typeof value !== "string")
    throw kindError(where, `${name} to be the name of an initializer or a function`, value);
  const known = Object.entries(initializers).sort(([a], [b]) => (a < b ? -1 : 1));
  // Capitals do not matter: TensorFlow.js writes leCunNormal, others lecunNormal.
  const found = known.find(([one]) => one.toLowerCase() === value.toLowerCase());
  if (!found)
    throw valueError(where, `${name} out of ${known.map(([one]) => one).join(", ")}`, `"${value}"`);
  return found[1]();
}
