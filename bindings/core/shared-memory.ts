/** WebAssembly's variable-length numbers, least significant bits first. */
function readNumber(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  let next = at;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[next++]!;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return { value, next };
  }
}

function writeNumber(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

const importSection = 2;
const memoryKind = 2;
/** Shared, with a maximum. */
const sharedLimits = 3;
const mostPages = 65536;

/**
 * The kernels' module with its one import, a memory, declared as shared. The code is the same either way, so it needs no
 * second module in the package (WebAssembly specification, binary format: import section and limits).
 */
export function withSharedMemory(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let at = 8; // behind magic and version
  while (bytes[at] !== importSection) {
    const { value: size, next } = readNumber(bytes, at + 1);
    at = next + size;
  }
  const { value: size, next: content } = readNumber(bytes, at + 1);
  let p = readNumber(bytes, content).next; // the number of imports: one
  for (let name = 0; name < 2; name++) {
    const { value: length, next } = readNumber(bytes, p);
    p = next + length;
  }
  if (bytes[p] !== memoryKind || bytes[p + 1] !== 0)
    throw new Error("withSharedMemory: expected a module that imports a memory and nothing else");
  const least = readNumber(bytes, p + 2);
  const changed = [
    ...bytes.subarray(content, p + 1),
    sharedLimits,
    ...writeNumber(least.value),
    ...writeNumber(mostPages),
    ...bytes.subarray(least.next, content + size),
  ];
  return Uint8Array.from([
    ...bytes.subarray(0, at + 1),
    ...writeNumber(changed.length),
    ...changed,
    ...bytes.subarray(content + size),
  ]);
}
