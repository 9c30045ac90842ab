import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../examples/support/errors.ts";
import { readIdx, readMnist } from "../../examples/support/idx.ts";
import { idx, writeMnist } from "./idx-files.ts";

let root: string;
let made = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gatewise-idx-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const file = (bytes: Uint8Array): string => {
  const path = join(root, `file-${made++}`);
  writeFileSync(path, bytes);
  return path;
};
const folder = (): string => {
  const path = join(root, `folder-${made++}`);
  mkdirSync(path);
  return path;
};

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

describe("readIdx", () => {
  const values = Uint8Array.from({ length: 24 }, (_, i) => (37 * i) % 256);

  test("reads sizes and values, plain and gzip", () => {
    const bytes = idx([2, 3, 4], values);
    for (const content of [bytes, gzipSync(bytes)]) {
      const { shape, data } = readIdx(file(content), 3);
      expect(shape).toEqual([2, 3, 4]);
      expect([...data]).toEqual([...values]);
    }
    expect(readIdx(file(idx([24], values)), 1).shape).toEqual([24]);
    expect(readIdx(file(idx([0], new Uint8Array(0))), 1).data.length).toBe(0);
  });

  test("names what is damaged", () => {
    const bytes = idx([2, 3, 4], values);
    const cases: [Uint8Array, RegExp][] = [
      [idx([24], values), /expected magic number 0x00000803, got 0x00000801/],
      [bytes.with(2, 0x0d), /expected magic number 0x00000803, got 0x00000d03/], // 32-bit floats
      [bytes.slice(0, -1), /expected 40 bytes for 2 x 3 x 4 values, got 39/],
      [Buffer.concat([bytes, Buffer.alloc(1)]), /expected 40 bytes .* got 41/],
      [bytes.slice(0, 15), /expected a header of 16 bytes, got 15/],
      [new Uint8Array(0), /expected a header of 16 bytes, got 0/],
      [gzipSync(bytes).subarray(0, -12), /damaged gzip \(unexpected end of file\)/],
      [gzipSync(bytes).map((byte, i) => (i === 20 ? byte ^ 0xff : byte)), /damaged gzip/],
      [gzipSync(bytes.slice(0, -1)), /got 39/],
    ];
    for (const [content, message] of cases) {
      const path = file(content);
      expect(complaint(path, () => readIdx(path, 3))).toMatch(message);
    }
  });

  test("names what is not there or not a file", () => {
    const missing = join(root, "missing");
    expect(complaint(missing, () => readIdx(missing, 1))).toMatch(/cannot be read \(ENOENT\)/);
    expect(complaint(root, () => readIdx(root, 1))).toMatch(/cannot be read \(EISDIR\)/);
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
