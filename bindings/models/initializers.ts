import { checkChoice, checkNumber, checkOptions, valueError } from "../core/check.ts";
import { randn, randnOf, randomUniform as uniformTensor } from "../core/create.ts";
import { redrawStreams } from "../core/random.ts";
import { type Shape, sizeOf } from "../core/tensor.ts";

/** What an initializer is told besides the shape. */
export interface InitializerContext {
  /** Inputs of a unit; without it the first size of the shape, as Keras counts them. */
  readonly fanIn?: number | undefined;
  /** Units that an input goes to; without it the last size of the shape. */
  readonly fanOut?: number | undefined;
  /** The same seed gives the same bits in every engine; without one they differ each time. */
  readonly seed?: number | undefined;
}

/** Gives as many numbers as a shape has elements, row by row, in Keras' layout: kernel [I, G·H], recurrent kernel [H, G·H]. */
export type InitializerFunction = (shape: Shape, context?: InitializerContext) => Float32Array;

const withSeed = (seed: number | undefined): { seed?: number } =>
  seed === undefined ? {} : { seed };

/** The same number throughout. Default 0. */
export function constant(options?: { readonly value?: number | undefined }): InitializerFunction {
  const where = "initializers.constant";
  const { value = 0 } = checkOptions(where, options, ["value"]);
  checkNumber(where, "value", value);
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** Zeros. */
export const zeros = (): InitializerFunction => constant();

/** Ones. */
export const ones = (): InitializerFunction => constant({ value: 1 });

/** `gain` on the diagonal of a square matrix, zeros beside it. Default 1. Throws a RangeError for another shape. */
export function identity(options?: { readonly gain?: number | undefined }): InitializerFunction {
  const where = "initializers.identity";
  const { gain = 1 } = checkOptions(where, options, ["gain"]);
  checkNumber(where, "gain", gain);
  return ([rows = 0, columns = 0, ...more]) => {
    if (rows !== columns || more.length > 0)
      throw valueError(where, "a square matrix", `shape [${[rows, columns, ...more].join(", ")}]`);
    return Float32Array.from({ length: rows * rows }, (_, i) => (i % (rows + 1) === 0 ? gain : 0));
  };
}

/** Evenly spread numbers of [minval, maxval). Default ±0.05. */
export function randomUniform(options?: {
  readonly minval?: number | undefined;
  readonly maxval?: number | undefined;
}): InitializerFunction {
  const where = "initializers.randomUniform";
  const { minval = -0.05, maxval = 0.05 } = checkOptions(where, options, ["minval", "maxval"]);
  checkNumber(where, "minval", minval);
  if (checkNumber(where, "maxval", maxval) <= minval)
    throw valueError(where, `maxval above minval, which is ${minval}`, maxval);
  return (shape, { seed } = {}) => uniformTensor(shape, minval, maxval, withSeed(seed)).data;
}

/** Mean and standard deviation of a normal distribution. */
export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number | undefined;
  /** Default 0.05. */
  readonly stddev?: number | undefined;
}

function checkNormal(
  where: string,
  options: NormalOptions | undefined,
): { mean: number; stddev: number } {
  const { mean = 0, stddev = 0.05 } = checkOptions(where, options, ["mean", "stddev"]);
  checkNumber(where, "mean", mean);
  checkNumber(where, "stddev", stddev, 0);
  return { mean, stddev };
}

/** Normally distributed numbers. */
export function randomNormal(options?: NormalOptions): InitializerFunction {
  const { mean, stddev } = checkNormal("initializers.randomNormal", options);
  return (shape, { seed } = {}) =>
    Float32Array.from(randn(shape, withSeed(seed)).data, (v) => mean + stddev * v);
}

/** Normally distributed numbers within two standard deviations of the mean: those beyond are drawn again. */
export function truncatedNormal(options?: NormalOptions): InitializerFunction {
  const { mean, stddev } = checkNormal("initializers.truncatedNormal", options);
  return (shape, { seed } = {}) => truncatedNumbers(shape, seed).map((v) => mean + stddev * v);
}

function truncatedNumbers(shape: Shape, seed: number | undefined): Float32Array {
  const numbers = new Float32Array(sizeOf(shape));
  let open = Array.from(numbers.keys());
  for (let pass = 0; open.length > 0; pass++) {
    const stream = pass === 0 ? 0 : redrawStreams + pass;
    const drawn = randnOf([open.length], withSeed(seed), stream).data;
    open = open.filter((place, i) => {
      numbers[place] = drawn[i]!;
      return !(Math.abs(drawn[i]!) <= 2);
    });
  }
  return numbers;
}

/** How far numbers spread so that signals keep their size from layer to layer. */
export interface VarianceScalingOptions {
  /** Default 1. */
  readonly scale?: number | undefined;
  /** What the variance is divided by. Default "fanIn". */
  readonly mode?: "fanIn" | "fanOut" | "fanAvg" | undefined;
  /** Default "truncatedNormal". */
  readonly distribution?: "normal" | "truncatedNormal" | "uniform" | undefined;
}

/** The standard deviation of a normal distribution cut at two of its own, whose variance scaling makes up for. */
const TRUNCATED_STDDEV = 0.87962566103423978;

/** Numbers of variance scale / n, n the inputs of a unit, the units of an input, or the mean of both. */
export function varianceScaling(options?: VarianceScalingOptions): InitializerFunction {
  const where = "initializers.varianceScaling";
  const {
    scale = 1,
    mode = "fanIn",
    distribution = "truncatedNormal",
  } = checkOptions(where, options, ["scale", "mode", "distribution"]);
  if (checkNumber(where, "scale", scale, 0) === 0) throw valueError(where, "scale above 0", scale);
  checkChoice(where, "mode", mode, ["fanIn", "fanOut", "fanAvg"]);
  checkChoice(where, "distribution", distribution, ["normal", "truncatedNormal", "uniform"]);
  return (shape, context = {}) => {
    const { fanIn = shape[0] ?? 1, fanOut = shape.at(-1) ?? 1 } = context;
    const fan = mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
    const stddev = Math.sqrt(scale / Math.max(1, fan));
    const limit = Math.sqrt(3) * stddev;
    if (distribution === "uniform")
      return randomUniform({ minval: -limit, maxval: limit })(shape, context);
    if (distribution === "normal") return randomNormal({ stddev })(shape, context);
    return truncatedNormal({ stddev: stddev / TRUNCATED_STDDEV })(shape, context);
  };
}

/** Uniform within ±√(6 / (fan in + fan out)): Glorot and Bengio 2010, equation 16. */
export const glorotUniform = (): InitializerFunction =>
  varianceScaling({ mode: "fanAvg", distribution: "uniform" });

/** Normal, variance 2 / (fan in + fan out): Glorot and Bengio 2010. */
export const glorotNormal = (): InitializerFunction => varianceScaling({ mode: "fanAvg" });

/** Uniform within ±√(6 / fan in): He et al. 2015 (arXiv:1502.01852). */
export const heUniform = (): InitializerFunction =>
  varianceScaling({ scale: 2, distribution: "uniform" });

/** Normal, variance 2 / fan in: He et al. 2015. */
export const heNormal = (): InitializerFunction => varianceScaling({ scale: 2 });

/** Uniform within ±√(3 / fan in): LeCun et al. 1998. */
export const leCunUniform = (): InitializerFunction => varianceScaling({ distribution: "uniform" });

/** Normal, variance 1 / fan in: LeCun et al. 1998. */
export const leCunNormal = (): InitializerFunction => varianceScaling();

/**
 * A random matrix whose columns are orthonormal, or its rows where they are the shorter side's, times `gain` (default 1):
 * Saxe et al. 2014 (arXiv:1312.6120). Normal numbers, made orthonormal one vector after the other (Gram-Schmidt, in float64):
 * R's diagonal is then positive, so that every such matrix is as likely. More than two sizes count as [all but the last, last].
 */
export function orthogonal(options?: { readonly gain?: number | undefined }): InitializerFunction {
  const where = "initializers.orthogonal";
  const { gain = 1 } = checkOptions(where, options, ["gain"]);
  checkNumber(where, "gain", gain);
  return (shape, { seed } = {}) => {
    if (shape.length < 2) throw valueError(where, "a matrix", `shape [${shape.join(", ")}]`);
    const columns = shape.at(-1)!;
    const rows = sizeOf(shape) / columns;
    const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
    const vectors = orthonormal(randn([count, length], withSeed(seed)).data, count, length);
    const values = new Float32Array(rows * columns);
    vectors.forEach((vector, i) => {
      const [start, step] = rows < columns ? [i * columns, 1] : [i, columns];
      for (let k = 0; k < length; k++) values[start + k * step] = gain * vector[k]!;
    });
    return values;
  };
}

/** Makes rows of numbers orthonormal, each to those before it, in the same order of summation however many go together. */
function orthonormal(numbers: Float32Array, count: number, length: number): Float64Array[] {
  const vectors = Array.from({ length: count }, (_, i) =>
    Float64Array.from(numbers.subarray(i * length, (i + 1) * length)),
  );
  for (let first = 0; first < count; first += 4) {
    const block = vectors.slice(first, first + 4);
    const before = block.map(norm);
    projectOut(vectors.slice(0, first), block);
    block.forEach((vector, i) => {
      projectOut(block.slice(0, i), [vector]);
      // Again where little was left: what nearly depended on the others is not orthogonal to them yet (Giraud et al. 2005).
      if (norm(vector) < before[i]! / 2) projectOut(vectors.slice(0, first + i), [vector]);
      const size = norm(vector);
      for (let k = 0; k < length; k++) vector[k] = vector[k]! / size;
    });
  }
  return vectors;
}

/** Takes from vectors what lies along each unit vector, one after the other. */
function projectOut(units: readonly Float64Array[], from: readonly Float64Array[]): void {
  if (from.length < 4 || units.length === 0) {
    for (const unit of units) for (const vector of from) subtract(vector, unit, dot(vector, unit));
    return;
  }
  const along = Float64Array.from(from, (vector) => dot(vector, units[0]!));
  units.forEach((unit, j) => {
    subtractFromFour(from as Four, unit, along, units[j + 1] ?? unit);
  });
}

type Four = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/**
 * Takes so many times a unit vector from each of four, and adds up what lies along the next one in the same pass: a sum by itself
 * waits for each of its additions. 0.5 s of computing rather than 1.2 s for 512
 * vectors of 2048, what an LSTM of 512 units begins with.
 */
function subtractFromFour(
  from: Four,
  unit: Float64Array,
  times: Float64Array,
  next: Float64Array,
): void {
  const [a, b, c, d] = from;
  const ofA = times[0]!;
  const ofB = times[1]!;
  const ofC = times[2]!;
  const ofD = times[3]!;
  let sumA = 0;
  let sumB = 0;
  let sumC = 0;
  let sumD = 0;
  for (let k = 0; k < unit.length; k++) {
    const u = unit[k]!;
    const v = next[k]!;
    const restA = a[k]! - ofA * u;
    const restB = b[k]! - ofB * u;
    const restC = c[k]! - ofC * u;
    const restD = d[k]! - ofD * u;
    a[k] = restA;
    b[k] = restB;
    c[k] = restC;
    d[k] = restD;
    sumA += restA * v;
    sumB += restB * v;
    sumC += restC * v;
    sumD += restD * v;
  }
  times[0] = sumA;
  times[1] = sumB;
  times[2] = sumC;
  times[3] = sumD;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

function subtract(from: Float64Array, what: Float64Array, times: number): void {
  for (let k = 0; k < from.length; k++) from[k] = from[k]! - times * what[k]!;
}
