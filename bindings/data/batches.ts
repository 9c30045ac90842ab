import { checkFlag, checkOptions, checkSize, kindError, valueError } from "../core/check.ts";
import { Tensor } from "../core/tensor.ts";
import { shuffled } from "./shuffle.ts";
import { blank } from "./values.ts";

/** A typed array of numbers. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Examples one behind the other: the rows of a tensor [N, ...], the elements of an array. */
export type Rows = Tensor | TypedArray | readonly unknown[];

/** Some of the rows, in the form that all of them have. */
export type Taken<R extends Rows> = R extends Tensor
  ? Tensor
  : R extends readonly (infer E)[]
    ? E[]
    : R;

/** Some examples and what is wanted of them. */
export interface Batch<X extends Rows, Y extends Rows> {
  /** The examples, in the form that they were given in. */
  readonly x: Taken<X>;
  /** What is wanted of them, in the same order. */
  readonly y: Taken<Y>;
}

/** Batches to go over as often as one likes. */
export interface Batches<X extends Rows, Y extends Rows> extends Iterable<Batch<X, Y>> {
  /** How many there are. */
  readonly count: number;
}

/** How examples are divided. */
export interface BatchesOptions {
  /** Examples of a batch; the last one may have fewer. Default 32. */
  readonly batchSize?: number | undefined;
  /** Whether the order is random, and another one on every pass. Default false. */
  readonly shuffle?: boolean | undefined;
  /** For the orders: the same seed gives the same ones, pass by pass, in every engine. */
  readonly seed?: number | undefined;
  /** Whether a last batch with fewer examples is left out. Default false. */
  readonly dropLast?: boolean | undefined;
}

const isTyped = (rows: unknown): rows is TypedArray =>
  ArrayBuffer.isView(rows) && !(rows instanceof DataView);

function countRows(where: string, name: string, rows: Rows): number {
  const isList = Array.isArray(rows) || isTyped(rows);
  if (!isList && !(rows instanceof Tensor))
    throw kindError(where, `${name} to be a tensor or an array`, rows);
  const count = isList ? rows.length : rows.shape[0];
  if (!count) throw valueError(where, `${name} with at least one row`, count ?? "a scalar");
  return count;
}

type Take<T> = (numbers: Int32Array) => T;

function ofTensor(where: string, { data, shape }: Tensor): Take<Tensor> {
  const [count, ...rest] = shape;
  const width = data.length / count!;
  return (numbers) => {
    const rows = blank(where, [numbers.length, ...rest]);
    numbers.forEach((n, i) => {
      rows.data.set(data.subarray(n * width, (n + 1) * width), i * width);
    });
    return rows;
  };
}

const ofTyped =
  (all: TypedArray): Take<TypedArray> =>
  (numbers) => {
    const rows = all.slice(0, numbers.length);
    numbers.forEach((n, i) => {
      rows[i] = all[n]!;
    });
    return rows;
  };

const ofList =
  (all: readonly unknown[]): Take<unknown[]> =>
  (numbers) =>
    Array.from(numbers, (n) => all[n]);

/** Takes rows by their numbers. */
function taker<R extends Rows>(where: string, rows: R): Take<Taken<R>> {
  const take =
    rows instanceof Tensor
      ? ofTensor(where, rows)
      : isTyped(rows)
        ? ofTyped(rows)
        : ofList(rows as readonly unknown[]);
  return take as Take<Taken<R>>;
}

/**
 * Divides examples into batches `{ x, y }` for a loop of training, or for `fit`; each pass is a new one over all of them.
 *
 * x and y have as many rows, each its own form: a tensor [N, ...] gives tensors [batchSize, ...]; a typed array or an array
 * (class numbers, sequences of different lengths, rows of indices) gives arrays of its kind.
 * Throws a RangeError for rows that do not match, or where `dropLast` would leave none.
 */
export function batches<X extends Rows, Y extends Rows>(
  x: X,
  y: Y,
  options?: BatchesOptions,
): Batches<X, Y> {
  const where = "batches";
  const names = ["batchSize", "shuffle", "seed", "dropLast"] as const;
  const {
    batchSize = 32,
    shuffle = false,
    seed,
    dropLast = false,
  } = checkOptions(where, options, names);
  checkSize(where, "batchSize", batchSize);
  if (seed !== undefined) checkSize(where, "seed", seed, 0);
  for (const [name, value] of Object.entries({ shuffle, dropLast })) checkFlag(where, name, value);
  const rows = countRows(where, "x", x);
  if (countRows(where, "y", y) !== rows)
    throw valueError(where, `y with ${rows} rows, as many as x`, countRows(where, "y", y));
  const count = dropLast ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
  if (count === 0) throw valueError(where, `batchSize of at most ${rows}, all rows`, batchSize);

  let passes = 0;
  return {
    count,
    *[Symbol.iterator](): Generator<Batch<X, Y>> {
      const order = shuffle
        ? shuffled(rows, seed, passes++)
        : Int32Array.from({ length: rows }, (_, i) => i);
      const [takeX, takeY] = [taker(where, x), taker(where, y)];
      for (let n = 0; n < count; n++) {
        const numbers = order.subarray(n * batchSize, (n + 1) * batchSize);
        yield { x: takeX(numbers), y: takeY(numbers) };
      }
    },
  };
}
