/** A stream of uniform numbers in [0, 1). */
export type Generator = () => number;

/**
 * sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, integer operations only, so the same
 * numbers in every engine. Each pair of seed and stream gives numbers of its own.
 */
export function generator(seed: number, stream = 0): Generator {
  let a = seed | 0;
  let b = stream | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next(); // until every bit of the seed has reached every bit of the state
  return next;
}
