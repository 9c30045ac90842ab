import { gunzip, readIdx } from "gatewise/data";
import { describe, expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";
import { gzip } from "../gzip.ts";

/** The bytes of an IDX file: a type and the number of sizes, the sizes, the values. */
function idx(type: number, shape: readonly number[], values: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + values.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, (type << 8) + shape.length);
  shape.forEach((size, i) => {
    view.setUint32(4 + 4 * i, size);
  });
  file.set(values, 4 + 4 * shape.length);
  return file;
}

/** Numbers with their most significant byte first. */
const bigEndian = (values: NodeJS.TypedArray): Uint8Array => {
  const bytes = new Uint8Array(values.buffer.slice(0));
  for (let i = 0; i < bytes.length; i += values.BYTES_PER_ELEMENT)
    bytes.subarray(i, i + values.BYTES_PER_ELEMENT).reverse();
  return bytes;
};

const values = Uint8Array.from({ length: 24 }, (_, i) => (37 * i) % 256);
const file = idx(8, [2, 3, 4], values);

describe("readIdx", () => {
  test.each([
    [8, Uint8Array.of(0, 127, 128, 255, 3, 4)],
    [9, Int8Array.of(0, 127, -128, -1, 3, 4)],
    [11, Int16Array.of(1, 258, -32768, 32767, -2, 0)],
    [12, Int32Array.of(1, 16909060, -(2 ** 31), 2 ** 31 - 1, -2, 0)],
    [13, Float32Array.of(0.1, -2.5, Number.POSITIVE_INFINITY, Number.NaN, 1e-40, 3)],
    [14, Float64Array.of(0.1, -2.5e300, Number.NEGATIVE_INFINITY, Number.NaN, 5e-324, 3)],
  ])("type %i", (type, numbers) => {
    const { shape, data } = readIdx(idx(type, [3, 2], bigEndian(numbers)));
    expect(shape).toEqual([3, 2]);
    expect(data).toEqual(numbers); // the kind of array, too
  });

  test("any rank; an ArrayBuffer; bytes that begin anywhere in one; no values", () => {
    const inside = new Uint8Array(file.length + 3);
    inside.set(file, 3);
    for (const bytes of [file, file.buffer as ArrayBuffer, inside.subarray(3)]) {
      const { shape, data } = readIdx(bytes);
      expect(shape).toEqual([2, 3, 4]);
      expect(data).toEqual(values);
    }
    expect(readIdx(idx(8, [24], values)).shape).toEqual([24]);
    expect(readIdx(idx(13, [0, 5], new Uint8Array())).data.length).toBe(0);
  });

  test("wrong arguments", async () => {
    const packed = await gzip(file);
    const long = Uint8Array.of(...file, 0);
    expectErrors([
      ["truncated", RangeError, () => readIdx(file.slice(0, -1)), /40 bytes for 2 x 3 x 4 .* 39/],
      ["too long", RangeError, () => readIdx(long), /40 bytes .* got 41/],
      [
        "in the sizes",
        RangeError,
        () => readIdx(file.slice(0, 15)),
        /a header of 16 bytes, got 15/,
      ],
      ["in the magic number", RangeError, () => readIdx(file.slice(0, 3)), /4 bytes, got 3/],
      ["empty", RangeError, () => readIdx(new ArrayBuffer(0)), /got 0/],
      ["no such type", RangeError, () => readIdx(file.with(2, 10)), /got 0x00000a03/],
      ["another file", RangeError, () => readIdx(new TextEncoder().encode("text")), /0x74657874/],
      ["no sizes", RangeError, () => readIdx(file.with(3, 0)), /got 0x00000800/],
      ["huge", RangeError, () => readIdx(idx(14, [2 ** 32 - 1, 2 ** 32 - 1], values)), /got 36/],
      ["gzip", RangeError, () => readIdx(packed), /got a gzip file; `gunzip` it first/],
      ["a path", TypeError, () => readIdx(wrong("train-images")), /a Uint8Array or an ArrayBuffer/],
    ]);
  });
});

describe("gunzip", () => {
  test("unpacks gzip and lets everything else pass", async () => {
    const packed = await gzip(file);
    expect(await gunzip(packed)).toEqual(file);
    expect(await gunzip(new Uint8Array(packed).buffer)).toEqual(file);
    expect(await gunzip(file)).toBe(file);
    expect(readIdx(await gunzip(packed)).data).toEqual(values);
  });

  test("a damaged file, a wrong argument", async () => {
    const packed = await gzip(file);
    const damaged = /^gunzip: expected a whole gzip file, got a damaged one \(.+\)$/;
    for (const bytes of [
      packed.subarray(0, -12),
      packed.map((b, i) => (i === 20 ? b ^ 0xff : b)),
    ]) {
      await expect(gunzip(bytes)).rejects.toThrow(RangeError);
      await expect(gunzip(bytes)).rejects.toThrow(damaged);
    }
    await expect(gunzip(wrong("file"))).rejects.toThrow(TypeError);
  });
});
