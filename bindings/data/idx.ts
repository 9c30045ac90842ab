import { valueError } from "../core/check.ts";
import { checkBytes, isGzip } from "./values.ts";

/** The values of an IDX file, in the type that it has. */
export type IdxData =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** An IDX file: its sizes and its values, the last index fastest. */
export interface Idx {
  /** How many there are along each axis. */
  readonly shape: readonly number[];
  /** The values, of the type that the file says. */
  readonly data: IdxData;
}

/** How the values of a type are read: `size` bytes each, the first one the most significant. */
interface IdxType {
  readonly size: number;
  read(bytes: DataView, count: number): IdxData;
}

function decode<D extends IdxData>(values: D, value: (at: number) => number): D {
  for (let i = 0; i < values.length; i++) values[i] = value(i * values.BYTES_PER_ELEMENT);
  return values;
}

/** By the third byte of the file. */
const types: Readonly<Record<number, IdxType>> = {
  8: { size: 1, read: (b, n) => new Uint8Array(b.buffer, b.byteOffset, n) },
  9: { size: 1, read: (b, n) => new Int8Array(b.buffer, b.byteOffset, n) },
  11: { size: 2, read: (b, n) => decode(new Int16Array(n), (at) => b.getInt16(at)) },
  12: { size: 4, read: (b, n) => decode(new Int32Array(n), (at) => b.getInt32(at)) },
  13: { size: 4, read: (b, n) => decode(new Float32Array(n), (at) => b.getFloat32(at)) },
  14: { size: 8, read: (b, n) => decode(new Float64Array(n), (at) => b.getFloat64(at)) },
};

const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;

/**
 * Reads a file in the IDX format, that of MNIST (yann.lecun.com/exdb/mnist): all its types of integers and floats. Bytes
 * are not copied: `data` is then a view of the file. For one that may be compressed: `readIdx(await gunzip(bytes))`.
 * Throws a RangeError for another kind of file, or one with too few or too many bytes.
 */
export function readIdx(bytes: Uint8Array | ArrayBuffer): Idx {
  const where = "readIdx";
  const file = checkBytes(where, bytes);
  if (isGzip(file)) throw valueError(where, "an IDX file", "a gzip file; `gunzip` it first");
  if (file.length < 4) throw valueError(where, "at least 4 bytes", file.length);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const magic = view.getUint32(0);
  const [rank, type] = [magic & 0xff, types[magic >>> 8]];
  if (!type || rank === 0)
    throw valueError(where, "the magic number of an IDX file, as 0x00000803", hex(magic));
  const header = 4 + 4 * rank;
  if (file.length < header) throw valueError(where, `a header of ${header} bytes`, file.length);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((product, n) => product * n, 1);
  const length = header + count * type.size;
  if (file.length !== length)
    throw valueError(where, `${length} bytes for ${shape.join(" x ")} values`, file.length);
  const values = new DataView(file.buffer, file.byteOffset + header, count * type.size);
  return { shape, data: type.read(values, count) };
}
