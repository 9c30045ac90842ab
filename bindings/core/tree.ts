import { Tensor } from "./tensor.ts";

/** Whether something is an object literal, not an instance of a class. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Calls `f` with every tensor in a value: the value itself, or in arrays and plain objects, however nested. An array that
 * begins with a number is one of numbers.
 */
export function forEachTensor(
  value: unknown,
  f: (x: Tensor) => void,
  seen: Set<object> = new Set(),
): void {
  if (value instanceof Tensor) {
    f(value);
    return;
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value)) {
    if (typeof value[0] !== "number") for (const v of value) forEachTensor(v, f, seen);
  } else if (isPlain(value)) {
    for (const v of Object.values(value)) forEachTensor(v, f, seen);
  }
}

/** The same value with every tensor in it replaced. */
export function mapTensors<T>(value: T, f: (x: Tensor) => Tensor): T {
  if (value instanceof Tensor) return f(value) as T;
  if (Array.isArray(value)) return value.map((v) => mapTensors(v, f)) as T;
  if (typeof value === "object" && value !== null && isPlain(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, v]) => [name, mapTensors(v, f)]),
    ) as T;
  return value;
}
