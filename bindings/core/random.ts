import { checkSize } from "./check.ts";

/** A seed as the two words of the generator's key. Without a seed every call gets another one. */
export function seedWords(where: string, seed: number | undefined): [low: number, high: number] {
  const value = checkSize(
    where,
    "seed",
    seed ?? Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
    0,
  );
  return [value | 0, Math.floor(value / 2 ** 32) | 0];
}
