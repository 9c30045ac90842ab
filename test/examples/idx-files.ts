import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** The bytes of an IDX file: type 8 (unsigned bytes), the sizes, the values. */
export function idx(shape: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  shape.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  return Buffer.concat([header, values]);
}

/** Writes four small files under MNIST's names, with labels 0, 1, 2, ... */
export function writeMnist(
  directory: string,
  options: { train: number; test: number; gzip?: readonly string[] },
): void {
  for (const [part, count] of [
    ["train", options.train],
    ["t10k", options.test],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => (i * 31 + (i >> 7)) % 256);
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    const write = (name: string, ending: string, bytes: Buffer): void => {
      const gzip = options.gzip?.includes(name);
      const path = join(directory, `${name}-${ending}${gzip ? ".gz" : ""}`);
      writeFileSync(path, gzip ? gzipSync(bytes) : bytes);
    };
    write(`${part}-images`, "idx3-ubyte", idx([count, 28, 28], pixels));
    write(`${part}-labels`, "idx1-ubyte", idx([count], labels));
  }
}
