import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Digits, SIDE } from "./digits.ts";
import { UserError } from "./errors.ts";

/** An IDX file of unsigned bytes: its sizes and its values, the last index fastest. */
export interface Idx {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes (the format of MNIST: yann.lecun.com/exdb/mnist), plain or gzip. The file's
 * rank is given: 3 for pictures, 1 for labels. Throws a UserError naming the file where anything is amiss.
 */
export function readIdx(path: string, rank: number): Idx {
  const bytes = readBytes(path);
  const magic = 0x0800 + rank; // two zero bytes, type 8 (unsigned byte), number of sizes
  const header = 4 + 4 * rank;
  const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;
  if (bytes.length < header) {
    throw new UserError(
      `${path}: expected a header of ${header} bytes, got ${bytes.length} bytes in all`,
    );
  }
  const found = bytes.readUInt32BE(0);
  if (found !== magic) {
    throw new UserError(`${path}: expected magic number ${hex(magic)}, got ${hex(found)}`);
  }
  const shape = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const size = shape.reduce((product, n) => product * n, 1);
  if (bytes.length !== header + size) {
    throw new UserError(
      `${path}: expected ${header + size} bytes for ${shape.join(" x ")} values, got ${bytes.length}`,
    );
  }
  return { shape, data: bytes.subarray(header) };
}

/** Reads both parts of MNIST from a folder that holds its four files under their usual names. */
export function readMnist(directory: string): { train: Digits; test: Digits } {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`${directory}: no such folder`);
  }
  return { train: readDigits(directory, "train"), test: readDigits(directory, "t10k") };
}

function readDigits(directory: string, part: string): Digits {
  const imagesPath = find(directory, `${part}-images-idx3-ubyte`);
  const labelsPath = find(directory, `${part}-labels-idx1-ubyte`);
  const images = readIdx(imagesPath, 3);
  const labels = readIdx(labelsPath, 1);
  const [count, rows, columns] = images.shape as [number, number, number];
  if (rows !== SIDE || columns !== SIDE) {
    throw new UserError(`${imagesPath}: expected pictures of 28 x 28, got ${rows} x ${columns}`);
  }
  if (count === 0) throw new UserError(`${imagesPath}: expected at least one picture, got none`);
  if (labels.shape[0] !== count) {
    throw new UserError(
      `${labelsPath}: expected ${count} labels, one a picture, got ${labels.shape[0]}`,
    );
  }
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong >= 0) {
    throw new UserError(
      `${labelsPath}: expected labels from 0 to 9, got ${labels.data[wrong]} at ${wrong}`,
    );
  }
  return { count, images: images.data, labels: labels.data };
}

function find(directory: string, name: string): string {
  for (const file of [name, `${name}.gz`]) {
    const path = join(directory, file);
    if (existsSync(path)) return path;
  }
  throw new UserError(`${join(directory, name)}: no such file, nor ${name}.gz`);
}

function readBytes(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes; // no gzip
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new UserError(`${path}: damaged gzip (${(error as Error).message})`);
  }
}
