/** Philox4x32-10 in integers of any length: J. K. Salmon et al., 2011, section 3.3. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  const word = (v: bigint): bigint => v & 0xffff_ffffn;
  let [c0, c1, c2, c3] = counter.map((v) => BigInt(v)) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map((v) => BigInt(v)) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const first = 0xd251_1f53n * c0;
    const second = 0xcd9e_8d57n * c2;
    [c0, c1, c2, c3] = [
      (second >> 32n) ^ c1 ^ k0,
      word(second),
      (first >> 32n) ^ c3 ^ k1,
      word(first),
    ];
    k0 = word(k0 + 0x9e37_79b9n);
    k1 = word(k1 + 0xbb67_ae85n);
  }
  return [Number(c0), Number(c1), Number(c2), Number(c3)];
}

/** The first n words of a stream. */
export function words(n: number, seedLow: number, seedHigh: number, stream: number): number[] {
  const blocks = Array.from({ length: Math.ceil(n / 4) }, (_, block) =>
    philox([block, 0, stream, 0], [seedLow, seedHigh]),
  );
  return blocks.flat().slice(0, n);
}

/** Box and Muller's normal numbers of four words. */
export function boxMuller(block: readonly number[]): number[] {
  return [0, 2].flatMap((lane) => {
    const radius = Math.sqrt(-2 * Math.log((block[lane]! + 0.5) / 2 ** 32));
    const angle = (2 * Math.PI * block[lane + 1]!) / 2 ** 32;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}
