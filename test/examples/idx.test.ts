import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../examples/support/errors.ts";
import { readMnist } from "../../examples/support/idx.ts";
import { idx, writeMnist } from "./idx-files.ts";

let root: string;
let made = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gatewise-idx-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const folder = (): string => {
  const path = join(root, `folder-${made++}`);
  mkdirSync(path);
  return path;
};

/** One float: type 13. */
const idxOfFloats = (): Uint8Array =>
  Uint8Array.of(0, 0, 13, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0);

/** The error's only line, which names the file. */
const complaint = (path: string, read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as Error;
    expect(message).not.toContain("\n");
    expect(message.startsWith(`${path}`)).toBe(true);
    return message.slice(path.length);
  }
  throw new Error("read without an error");
};

describe("what is wrong with a file", () => {
  const bytes = idx([2, 28, 28], new Uint8Array(2 * 784));
  const labels = idx([2], Uint8Array.of(0, 1));

  test.each([
    ["labels", labels, /expected unsigned bytes with 3 sizes, got a Uint8Array of 2$/],
    ["32-bit floats", idxOfFloats(), /with 3 sizes, got a Float32Array of 1 x 1 x 1$/],
    ["no IDX file", bytes.with(2, 10), /expected the magic number of an IDX file, .* 0x00000a03/],
    ["one byte short", bytes.slice(0, -1), /expected 1584 bytes for 2 x 28 x 28 values, got 1583/],
    ["truncated gzip", gzipSync(bytes).subarray(0, -12), /damaged gzip \(unexpected end of file\)/],
    ["damaged gzip", gzipSync(bytes).map((b, i) => (i === 15 ? b ^ 0xff : b)), /damaged gzip/],
    ["a byte short in gzip", gzipSync(bytes.slice(0, -1)), /got 1583/],
  ])("%s", (_, content, message) => {
    const path = folder();
    writeMnist(path, { train: 2, test: 2 });
    const images = join(path, "train-images-idx3-ubyte");
    writeFileSync(images, content);
    expect(complaint(images, () => readMnist(path))).toMatch(message);
  });

  test("a folder instead of a file", () => {
    const path = folder();
    writeMnist(path, { train: 2, test: 2 });
    const images = join(path, "t10k-images-idx3-ubyte");
    rmSync(images);
    mkdirSync(images);
    expect(complaint(images, () => readMnist(path))).toMatch(/cannot be read \(EISDIR\)/);
  });
});

describe("readMnist", () => {
  test("reads both parts, plain and gzip mixed", () => {
    const path = folder();
    writeMnist(path, { train: 5, test: 3, gzip: ["train-images", "t10k-labels"] });
    const { train, test } = readMnist(path);
    expect([train.count, test.count]).toEqual([5, 3]);
    expect(train.images.length).toBe(5 * 784);
    expect(train.images.slice(784, 788)).not.toEqual(train.images.slice(0, 4));
    expect([...test.labels]).toEqual([0, 1, 2]);
  });

  test("names what is wrong", () => {
    const cases: [string, Uint8Array, RegExp][] = [
      ["train-labels-idx1-ubyte", idx([4], Uint8Array.of(0, 1, 2, 3)), /expected 5 labels.* got 4/],
      ["t10k-labels-idx1-ubyte", idx([3], Uint8Array.of(0, 10, 2)), /from 0 to 9, got 10 at 1/],
      ["train-images-idx3-ubyte", idx([5, 2, 3], new Uint8Array(30)), /28 x 28, got 2 x 3/],
      ["t10k-images-idx3-ubyte", idx([0, 28, 28], new Uint8Array(0)), /at least one picture/],
    ];
    for (const [name, content, message] of cases) {
      const path = folder();
      writeMnist(path, { train: 5, test: 3 });
      writeFileSync(join(path, name), content);
      expect(complaint(join(path, name), () => readMnist(path))).toMatch(message);
    }
  });

  test("names a missing file or folder", () => {
    const path = folder();
    writeMnist(path, { train: 5, test: 3 });
    rmSync(join(path, "t10k-labels-idx1-ubyte"));
    const missing = join(path, "t10k-labels-idx1-ubyte");
    expect(complaint(missing, () => readMnist(path))).toMatch(/no such file, nor t10k-labels/);
    expect(complaint(missing, () => readMnist(missing))).toBe(": no such folder");
    const images = join(path, "t10k-images-idx3-ubyte");
    expect(complaint(images, () => readMnist(images))).toBe(": no such folder"); // it is a file
  });
});
