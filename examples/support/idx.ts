import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Idx, readIdx } from "gatewise/data";
import type { Digits } from "./digits.ts";
import { UserError } from "./errors.ts";
import { toDigits } from "./mnist.ts";

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
  return toDigits(
    { name: imagesPath, ...parse(imagesPath) },
    { name: labelsPath, ...parse(labelsPath) },
  );
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
