/** A tiny seeded generator for tests (mulberry32): numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seeded numbers in [low, high) that float32 holds exactly, so that kernels and oracle start from the same values. */
export function uniform(length: number, seed: number, low = -1, high = 1): Float64Array {
  const next = random(seed);
  return Float64Array.from({ length }, () => Math.fround(low + (high - low) * next()));
}
