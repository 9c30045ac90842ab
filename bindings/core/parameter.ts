import { checkShape, checkSize, formatShape, kindError, sameShape, valueError } from "./check.ts";
import { flatten } from "./flatten.ts";
import { HeapPiece, wholeVectors } from "./heap.ts";
import { seedWords } from "./random.ts";
import { type Runtime, runtime } from "./runtime.ts";
import type { Frame } from "./scope.ts";
import { mostElements, type NestedArray, type Shape, sizeOf, Tensor } from "./tensor.ts";

/** The parameters of one leaf module: equal slabs for values and gradients, so that an update is one call. */
export class Block {
  readonly runtime: Runtime;
  /** Floats of each slab. Every parameter begins at a multiple of 4; what lies between stays 0. */
  readonly size: number;
  readonly piece: HeapPiece;
  /** Goes up with every change of the values: what was derived from them (packed weights) is then made anew. */
  version = 0;

  constructor(size: number) {
    this.runtime = runtime();
    this.size = size;
    this.piece = new HeapPiece(this.runtime.heap, 2 * size);
  }
}

/** How a parameter can be packed: plain or in groups of gates, as the operand of x Wᵀ or of x W. */
type PackLayout = "nt" | "nn" | "gates nt" | "gates nn";

/**
 * A tensor that training changes. It lives in the kernels' memory, with a gradient of the same shape beside it;
 * `data` is a copy of its values, `assign` replaces them.
 */
export class Parameter extends Tensor {
  /** @internal */ readonly block: Block;
  /** @internal Where in the block it begins, in floats. */ readonly offset: number;
  readonly #packs = new Map<PackLayout, { piece: HeapPiece; version: number }>();

  /** @internal */
  constructor(shape: Shape, block: Block, offset: number) {
    super(shape, undefined, undefined, block.piece.address + 4 * offset);
    this.block = block;
    this.offset = offset;
  }

  /** @internal */
  protected override get kind(): string {
    return "Parameter";
  }

  /** @internal */
  override get home(): Runtime {
    return this.block.runtime;
  }

  /** @internal */
  get gradientAddress(): number {
    return this.address + 4 * this.block.size;
  }

  /** @internal The gradient as it stands in memory. Not to be kept. */
  get gradientView(): Float32Array {
    const first = this.block.size + this.offset;
    return this.block.piece.view.subarray(first, first + this.size);
  }

  /** @internal */
  checkUsable(): void {
    if (this.block.piece.disposed)
      throw new Error("Parameter: used after its module was disposed of");
  }

  /** @internal */
  override snapshot(): Float32Array {
    this.checkUsable();
    return this.block.piece.view.slice(this.offset, this.offset + this.size);
  }

  /** @internal */
  override locate(frame: Frame): number {
    this.checkUsable();
    frame.bind(this.home);
    return this.address;
  }

  /** @internal */
  override leave(): void {}

  /**
   * Replaces the values: by a tensor or nested arrays of the same shape, or as many numbers row by row.
   * Throws a RangeError where they do not fit, and changes nothing then.
   */
  assign(values: Tensor | Float32Array | NestedArray): void {
    const where = "Parameter.assign";
    this.checkUsable();
    const source = values instanceof Tensor ? values : flatten(where, values);
    const flat = source.shape.length === 1 && source.shape[0] === this.size;
    if (!flat && !sameShape(source.shape, this.shape))
      throw valueError(
        where,
        `values of shape ${formatShape(this.shape)}`,
        formatShape(source.shape),
      );
    this.block.piece.view.set(source.data, this.offset);
    this.block.version++;
  }

  /**
   * @internal The address of something that is derived from the values, `floats` floats that `pack` writes: made once and
   * again only after the values have changed.
   */
  packed(layout: PackLayout, floats: number, pack: (address: number) => void): number {
    this.checkUsable();
    let entry = this.#packs.get(layout);
    if (!entry) {
      entry = { piece: new HeapPiece(this.home.heap, floats), version: -1 };
      this.#packs.set(layout, entry);
    }
    if (entry.version !== this.block.version) {
      pack(entry.piece.address);
      entry.version = this.block.version;
    }
    return entry.piece.address;
  }

  /** @internal */
  dispose(): void {
    for (const { piece } of this.#packs.values()) piece.dispose();
    this.#packs.clear();
    this.block.piece.dispose();
    this.block.version++; // whoever kept an address asks again, and is told
  }
}

/** The parameters of one leaf module, all 0, in one block. `shapes` gives their names in order. */
export function createParameters<Name extends string>(
  where: string,
  shapes: { readonly [N in Name]: Shape },
): { readonly [N in Name]: Parameter } {
  const entries = Object.entries<Shape>(shapes);
  let total = 0;
  const offsets = entries.map(([name, shape]) => {
    for (const n of shape) checkSize(where, `every size of ${name}`, n);
    const offset = total;
    total += wholeVectors(sizeOf(shape));
    return offset;
  });
  if (total > mostElements) throw valueError(where, `at most ${mostElements} parameters`, total);
  const block = new Block(total);
  return Object.fromEntries(
    entries.map(([name, shape], i) => [name, new Parameter(shape, block, offsets[i]!)]),
  ) as { [N in Name]: Parameter };
}

/** Makes sure that what a module is to share with another is a parameter of this shape. */
export function checkShared(where: string, weight: unknown, shape: Shape): void {
  if (!(weight instanceof Parameter)) throw kindError(where, "weight to be a parameter", weight);
  checkShape(where, "weight", weight.shape, shape);
}

/** A parameter of one's own, with the values given: for cells and modules written in operations. */
export function parameter(values: Tensor | NestedArray): Parameter {
  const where = "parameter";
  const source = values instanceof Tensor ? values : flatten(where, values);
  const { value } = createParameters(where, { value: source.shape });
  value.assign(source.data);
  return value;
}

/** Fills parameters with numbers spread evenly over [-bound, bound): a stream of the seed for each. */
export function initializeUniform(
  where: string,
  parameters: readonly Parameter[],
  bound: number,
  seed: number | undefined,
): void {
  const [low, high] = seedWords(where, seed);
  parameters.forEach((p, stream) => {
    p.home.kernels.random_uniform(p.address, p.size, low, high, stream, -bound, bound);
  });
}

/** Fills a parameter with numbers of the normal distribution with mean 0 and this standard deviation. */
export function initializeNormal(
  where: string,
  p: Parameter,
  std: number,
  seed: number | undefined,
): void {
  const [low, high] = seedWords(where, seed);
  p.home.kernels.random_normal(p.address, p.size, low, high, 0, 0, std);
}

/** Makes a square matrix the identity: ones on its diagonal, zeros elsewhere. */
export function initializeIdentity(p: Parameter): void {
  const values = p.block.piece.view.subarray(p.offset, p.offset + p.size);
  values.fill(0);
  for (let i = 0; i < p.size; i += p.shape[1]! + 1) values[i] = 1;
  p.block.version++;
}
