import { checkSize, formatShape, kindError, sameShape, valueError } from "../core/check.ts";
import { flatten } from "../core/flatten.ts";
import { type NestedArray, sizeOf, Tensor } from "../core/tensor.ts";
import type { Indices } from "../ops/rows.ts";
import { Pace } from "./pause.ts";

/** Numbers nested as deeply as one likes, the innermost in arrays or typed ones. */
type NestedNumbers = number | ArrayLike<number> | readonly NestedNumbers[];

/** Samples: a tensor [samples, ...], which large data are best as, or numbers in nested arrays or a typed array. */
export type Data = Tensor | Indices | readonly NestedNumbers[] | Float32Array | Float64Array;

/** What a model is trained on at a time, as users hand it over: samples and their targets. */
export type BatchData =
  | readonly [x: Data, y: Data]
  | {
      /** Samples, [batch, ...]. */
      readonly x: Data;
      /** What is wanted of them, as many. */
      readonly y: Data;
    };

/** Batches one after the other: an array, a generator, anything that can be iterated over, at once or in time. */
export type Batches = Iterable<BatchData> | AsyncIterable<BatchData>;

/** Samples and their targets, in JavaScript memory. */
export interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

const isNumbers = (value: unknown): boolean =>
  typeof value === "number" || (isList(value) && isNumbers(value[0]));

/** Whether something is samples, rather than options or batches of them. */
export const isData = (value: unknown): boolean =>
  value instanceof Tensor || (isList(value) && isNumbers(value));

/** Samples as a tensor in JavaScript memory, so that parts of it can be had without a copy. */
export function toTensor(where: string, name: string, data: unknown): Tensor {
  const x = data instanceof Tensor ? data : ofNumbers(where, name, data);
  if (x.shape.length === 0) throw valueError(where, `${name} of shape [samples, ...]`, "a scalar");
  return x.host ? x : new Tensor(x.shape, x.data);
}

function ofNumbers(where: string, name: string, data: unknown): Tensor {
  if (!isList(data))
    throw kindError(where, `${name} to be a tensor, nested arrays or a typed array`, data);
  const flat = flatten(where, data as NestedArray);
  for (const n of flat.shape) checkSize(where, `every size of ${name}`, n);
  return new Tensor(flat.shape, flat.data);
}

/** Samples and targets, as many of each. */
export function toBatch(where: string, x: unknown, y: unknown): Batch {
  const batch = { x: toTensor(where, "x", x), y: toTensor(where, "y", y) };
  if (batch.x.shape[0] !== batch.y.shape[0])
    throw valueError(
      where,
      `y with ${batch.x.shape[0]} samples, as many as x has`,
      formatShape(batch.y.shape),
    );
  return batch;
}

/** Numbers of nested arrays that are made into a tensor at a time: a few milliseconds of work. */
const numbersAtATime = 2 ** 16;

/** Nested arrays with many numbers as a tensor; others have their turn every few milliseconds. Everything else as it is. */
async function inTurns(where: string, data: unknown): Promise<unknown> {
  if (!Array.isArray(data) || !isList(data[0])) return data;
  let perRow = 1;
  for (let row: unknown = data[0]; isList(row) && row.length > 0; row = row[0])
    perRow *= row.length;
  const rows = Math.max(1, Math.floor(numbersAtATime / perRow));
  if (data.length <= rows) return data;
  const pace = new Pace();
  const parts: Tensor[] = [];
  for (let from = 0; from < data.length; from += rows) {
    await pace.breathe();
    const { data: numbers, shape } = flatten(where, data.slice(from, from + rows));
    const [first] = parts;
    if (first && !sameShape(shape.slice(1), first.shape.slice(1)))
      throw valueError(
        where,
        `samples of shape ${formatShape(first.shape.slice(1))}`,
        formatShape(shape.slice(1)),
      );
    parts.push(new Tensor(shape, numbers));
  }
  return joinRows(parts);
}

/** As `toBatch`; while nested arrays are made into tensors others have their turn. */
export const toBatchInTurns = async (where: string, x: unknown, y: unknown): Promise<Batch> =>
  toBatch(where, await inTurns(where, x), await inTurns(where, y));

/** One batch out of an iterable, `[x, y]` or `{ x, y }`. */
export const readBatch = (where: string, value: unknown): Batch =>
  toBatch(where, ...readPair(where, value));

/** What a batch is written as, in order. */
export function readPair(where: string, value: unknown): [x: unknown, y: unknown] {
  if (Array.isArray(value) && value.length === 2) return [value[0], value[1]];
  if (typeof value === "object" && value !== null && "x" in value && "y" in value)
    return [value.x, value.y];
  throw kindError(where, "a batch to be [x, y] or { x, y }", value);
}

/** How many samples there are. */
export const countOf = ({ x }: Batch): number => x.shape[0]!;

/** The samples from one to before another. Nothing is copied. */
export function rowsOf(x: Tensor, from: number, to: number): Tensor {
  const rest = x.shape.slice(1);
  const size = sizeOf(rest);
  return new Tensor([to - from, ...rest], x.host!.subarray(from * size, to * size));
}

/** The samples with such numbers, in their order. */
function gather(x: Tensor, numbers: Int32Array): Tensor {
  const rest = x.shape.slice(1);
  const size = sizeOf(rest);
  const values = new Float32Array(numbers.length * size);
  numbers.forEach((from, to) => {
    values.set(x.host!.subarray(from * size, (from + 1) * size), to * size);
  });
  return new Tensor([numbers.length, ...rest], values);
}

/** Samples of several tensors, one after the other. */
export function joinRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const samples = parts.reduce((n, { shape }) => n + shape[0]!, 0);
  const values = new Float32Array(samples * sizeOf(first!.shape.slice(1)));
  let at = 0;
  for (const { data } of parts) {
    values.set(data, at);
    at += data.length;
  }
  return new Tensor([samples, ...first!.shape.slice(1)], values);
}

/** Both parts of a data set: the samples before one, and those from it on. */
export function splitAt({ x, y }: Batch, at: number): [Batch, Batch] {
  const n = x.shape[0]!;
  return [
    { x: rowsOf(x, 0, at), y: rowsOf(y, 0, at) },
    { x: rowsOf(x, at, n), y: rowsOf(y, at, n) },
  ];
}

/** The data set in batches, the last of them with what is left. With an order, the samples as it says. */
export function* batchesOf(data: Batch, batchSize: number, order?: Int32Array): Generator<Batch> {
  const n = countOf(data);
  for (let from = 0; from < n; from += batchSize) {
    const to = Math.min(from + batchSize, n);
    const take = (x: Tensor): Tensor =>
      order ? gather(x, order.subarray(from, to)) : rowsOf(x, from, to);
    yield { x: take(data.x), y: take(data.y) };
  }
}
