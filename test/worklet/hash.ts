/** FNV-1a over the bytes of numbers, a NaN's all alike: 32 bits in hex. */
export function hash(values: Float32Array): string {
  const canonical = values.map((value) => (Number.isNaN(value) ? Number.NaN : value));
  let state = 0x811c9dc5;
  for (const byte of new Uint8Array(canonical.buffer))
    state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  return state.toString(16).padStart(8, "0");
}
