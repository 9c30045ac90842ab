import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Idx, readIdx } from "gatewise/data";
import { type Digits, SIDE } from "./digits.ts";
import { UserError } from "./errors.ts";

/** What `--mnist DIR` is for. */
export const MNIST_FOLDER = `train on MNIST instead of digits drawn here; DIR holds
train-images-idx3-ubyte, train-labels-idx1-ubyte,
t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
each plain or gzip (.gz)`;

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
  const images = readByteFile(imagesPath, 3);
  const labels = readByteFile(labelsPath, 1);
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

/** Reads a file of unsigned bytes, plain or gzip: 3 sizes for pictures, 1 for labels. */
function readByteFile(path: string, rank: number): { shape: readonly number[]; data: Uint8Array } {
  const { shape, data } = parse(path);
  if (!(data instanceof Uint8Array) || shape.length !== rank) {
    const got = `${data.constructor.name} of ${shape.join(" x ")}`;
    throw new UserError(`${path}: expected unsigned bytes with ${rank} sizes, got a ${got}`);
  }
  return { shape, data };
}

function parse(path: string): Idx {
  const bytes = readBytes(path);
  try {
    return readIdx(bytes);
  } catch (error) {
    throw new UserError(`${path}: ${(error as Error).message}`);
  }
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
