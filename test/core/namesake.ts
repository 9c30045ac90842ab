/** WebAssembly's variable-length numbers. */
const number = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...number(n >>> 7)]);
const sized = (content: readonly number[]): number[] => [...number(content.length), ...content];
const text = (name: string): number[] => sized([...new TextEncoder().encode(name)]);
const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];

/**
 * A module that exports functions of the same names as another, each of which does nothing. It imports `env.memory` as
 * something of such a kind (WebAssembly specification, binary format: import description), or nothing where that is empty.
 */
export function namesake(
  module: Uint8Array<ArrayBuffer>,
  kind: readonly number[],
): Uint8Array<ArrayBuffer> {
  const names = WebAssembly.Module.exports(new WebAssembly.Module(module)).map(({ name }) => name);
  const own = kind[0] === 0 ? 1 : 0; // the number of its function: imported ones come first
  const imports = [1, ...text("env"), ...text("memory"), ...kind];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...(kind.length > 0 ? section(2, imports) : []),
    ...section(3, [1, 0]),
    ...section(7, [...number(names.length), ...names.flatMap((name) => [...text(name), 0, own])]),
    ...section(10, [1, 2, 0, 0x0b]),
  ]);
}
