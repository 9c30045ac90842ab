/** One bit pattern for what is not a number: engines leave different ones. */
const canonical = <A extends Float32Array | Float64Array>(numbers: A): A =>
  numbers.map((x) => (Number.isNaN(x) ? Number.NaN : x)) as A;

/** What can be hashed: numbers by their bits, text by its code units. */
export type Hashable = Float32Array | Float64Array | Int32Array | string;

function bytesOf(value: Hashable): Uint8Array {
  if (typeof value === "string")
    return new Uint8Array(Uint16Array.from(value, (unit) => unit.charCodeAt(0)).buffer);
  const numbers = value instanceof Int32Array ? value : canonical(value);
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/**
 * FNV-1a of 64 bits (draft-eastlake-fnv), as 16 hexadecimal digits. In 16-bit limbs, least significant first: the prime is
 * 2^40 + 0x1b3, so that a product is one by 0x1b3 and a shift by 40.
 */
export function hash(value: Hashable): string {
  let [a, b, c, d] = [0x2325, 0x8422, 0x9ce4, 0xcbf2];
  for (const byte of bytesOf(value)) {
    a ^= byte;
    const p = a * 0x1b3;
    const q = b * 0x1b3 + (p >>> 16);
    const r = c * 0x1b3 + (q >>> 16) + ((a << 8) & 0xffff);
    d = (d * 0x1b3 + (r >>> 16) + (b << 8) + (a >>> 8)) & 0xffff;
    [a, b, c] = [p & 0xffff, q & 0xffff, r & 0xffff];
  }
  return [d, c, b, a].map((limb) => limb.toString(16).padStart(4, "0")).join("");
}
