/** Numbers made by a formula: the same in every run, for every peer, with no file and nobody's random generator. */

/** 32 well mixed bits of a whole number (the finalizer of MurmurHash3). */
function mix(n: number): number {
  let k = n | 0;
  k = Math.imul(k ^ (k >>> 16), 0x85ebca6b);
  k = Math.imul(k ^ (k >>> 13), 0xc2b2ae35);
  return (k ^ (k >>> 16)) >>> 0;
}

/** `n` numbers spread evenly over [-bound, bound); another `seed`, other numbers. */
export function uniform(seed: number, n: number, bound: number): Float32Array {
  const start = mix(seed + 1);
  return Float32Array.from({ length: n }, (_, i) => bound * (mix(start + i) / 2 ** 31 - 1));
}

/** `n` whole numbers spread evenly over [0, below). */
export function wholes(seed: number, n: number, below: number): Int32Array {
  const start = mix(seed + 1);
  return Int32Array.from({ length: n }, (_, i) => Math.floor((mix(start + i) / 2 ** 32) * below));
}
