/**
 * The errors of the public interface, all built here: `where: expected what, got what`.
 * TypeError for the wrong kind of thing, RangeError for a wrong size or value.
 */

/** Says in a few words what a value is. */
export function describe(value: unknown): string {
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 40))}`;
  if (typeof value === "number" || value == null || typeof value === "boolean") return `${value}`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof (value as { then?: unknown }).then === "function")
    return "a Promise (await it; async functions cannot be used here)";
  const name = (
    Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null
  )?.constructor?.name?.replace(/^_+/, ""); // bundlers put one before names that they have met
  if (!name || name === "Object") return "an object";
  return `${/^([AEIO]|[FHLMNRSX][A-Z])/.test(name) ? "an" : "a"} ${name}`;
}

/** `[32, 100]`; a word stands for a size that is free. */
export const formatShape = (shape: readonly (number | string)[]): string => `[${shape.join(", ")}]`;

/** A number of things: "1 word", "3 words". */
export const counted = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? "" : "s"}`;

export const kindError = (where: string, expected: string, got: unknown): TypeError =>
  new TypeError(`${where}: expected ${expected}, got ${describe(got)}`);

export const valueError = (where: string, expected: string, got: string | number): RangeError =>
  new RangeError(`${where}: expected ${expected}, got ${got}`);

/** A size: a whole number from `least` on, up to `most` where that is given. */
export function checkSize(
  where: string,
  name: string,
  value: unknown,
  least = 1,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== "number") throw kindError(where, `${name} to be a number`, value);
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    const upTo = most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : "";
    throw valueError(where, `${name} to be a whole number of at least ${least}${upTo}`, value);
  }
  return value;
}

/** A finite number within [low, high]. */
export function checkNumber(
  where: string,
  name: string,
  value: unknown,
  low: number = Number.NEGATIVE_INFINITY,
  high: number = Number.POSITIVE_INFINITY,
): number {
  if (typeof value !== "number") throw kindError(where, `${name} to be a number`, value);
  if (!Number.isFinite(value) || value < low || value > high) {
    const bounds = [
      low === Number.NEGATIVE_INFINITY ? "" : ` of at least ${low}`,
      high === Number.POSITIVE_INFINITY ? "" : ` of at most ${high}`,
    ].filter(Boolean);
    throw valueError(where, `${name} to be a finite number${bounds.join(" and")}`, value);
  }
  return value;
}

/** True or false; the fallback where it is left out. */
export function checkFlag(
  where: string,
  name: string,
  value: unknown,
  fallback: boolean = false,
): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") throw kindError(where, `${name} to be true or false`, value);
  return value;
}

/** A choice out of a list. */
export function checkChoice<T extends string>(
  where: string,
  name: string,
  value: unknown,
  choices: readonly T[],
): T {
  const listed = choices.map((c) => `"${c}"`).join(" or ");
  if (typeof value !== "string") throw kindError(where, `${name} to be ${listed}`, value);
  if (!choices.includes(value as T))
    throw valueError(where, `${name} to be ${listed}`, `"${value}"`);
  return value as T;
}

/** A name without what sets its words off. */
const plain = (name: string): string => name.replaceAll("_", "").toLowerCase();

/** Options: an object (or nothing) without a name that is not known, so that a misspelt one does not pass unseen. */
export function checkOptions<T extends object>(
  where: string,
  options: T | undefined,
  known: readonly (keyof T & string)[],
): T {
  if (options === undefined) return {} as T;
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw kindError(where, "options to be an object", options);
  for (const name of Object.keys(options)) {
    if ((known as readonly string[]).includes(name)) continue;
    const meant = known.find((one) => plain(one) === plain(name));
    const hint = meant === undefined ? "" : ` (here it is ${meant})`;
    throw new TypeError(
      `${where}: expected options out of ${known.join(", ")}, got ${name}${hint}`,
    );
  }
  return options;
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Throws where a shape is not as expected; a word stands for a size that is free. */
export function checkShape(
  where: string,
  name: string,
  shape: readonly number[],
  expected: readonly (number | string)[],
): void {
  const fits =
    shape.length === expected.length &&
    expected.every((size, i) => typeof size === "string" || size === shape[i]);
  if (!fits)
    throw valueError(where, `${name} of shape ${formatShape(expected)}`, formatShape(shape));
}

/** A function that was asked to do its work at once must not have handed back a Promise. */
export function checkNotAsync(where: string, result: unknown): void {
  if (!result || typeof (result as { then?: unknown }).then !== "function") return;
  // It is refused here and now: what becomes of it later is nobody's business.
  (result as PromiseLike<unknown>).then(undefined, () => {});
  throw kindError(where, "a function that returns at once", result);
}
