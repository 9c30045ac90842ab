import { randomInts } from "../core/create.ts";
import { deriveSeed } from "../core/random.ts";

/**
 * 0 to count - 1 in a random order, another one for each pass, the same in every engine for the same seed: Fisher and Yates, as
 * in Knuth's algorithm 3.4.2 P.
 */
export function shuffled(count: number, seed: number | undefined, pass: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const ofPass = deriveSeed(seed, pass);
  const options = ofPass === undefined ? {} : { seed: ofPass };
  const words = randomInts([count], -(2 ** 31), 2 ** 31 - 1, options);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((words[i]! / 2 ** 32 + 0.5) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
