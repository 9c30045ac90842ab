import { formatShape, kindError, valueError } from "./check.ts";
import { formatTensor } from "./format.ts";
import type { Runtime } from "./runtime.ts";
import type { Frame } from "./scope.ts";
import type { Tape } from "./tape.ts";
import { reshape, slice } from "./views.ts";

/** What Node asks an object for how to show it: by name, since not every engine has `node:util`. */
const nodeInspect: unique symbol = /* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom");

/** Sizes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Numbers nested as deeply as a tensor has dimensions. */
export type NestedArray = number | readonly NestedArray[];

/** The most elements that 4 GiB of memory could hold. */
export const mostElements: number = 2 ** 30;

/** How many elements a shape has. */
export const sizeOf = (shape: Shape): number => shape.reduce((size, n) => size * n, 1);

/**
 * An array of float32 numbers, row by row. It never changes (parameters do, by `assign` and by optimizers).
 *
 * What a call outside any scope returns holds its numbers in ordinary JavaScript memory. Inside a scope, or a function
 * given to `valueAndGrad` or `minimize`, results stay in the kernels' memory and end with it; what such a function
 * returns is copied out, `detach` copies out anything else.
 */
export class Tensor {
  /** Sizes, outermost first; `[]` is a scalar. */
  readonly shape: Shape;
  /** How many elements there are. */
  readonly size: number;

  // Where the numbers are: in JavaScript memory, or at an address of the frame that computed them.
  /** @internal */ host: Float32Array | undefined;
  /** @internal */ frame: Frame | undefined;
  /** @internal For a host tensor: where its copy in `frame` is. */ address: number;
  /** @internal The tape that wants a gradient of this tensor. */ tape: Tape | undefined;
  /** @internal Where that gradient is accumulated; 0: nothing has flowed yet. */ gradient = 0;

  /** Not for users: tensors are made by `tensor` and by operations. */
  constructor(shape: Shape, host: Float32Array | undefined, frame?: Frame, address = 0) {
    this.shape = shape;
    this.size = sizeOf(shape);
    this.host = host;
    this.frame = frame;
    this.address = address;
  }

  /** The elements, row by row. For a parameter or inside a scope a copy, else the tensor's own: do not write to it. */
  get data(): Float32Array {
    return this.host ?? this.snapshot();
  }

  /** @internal A copy of the elements out of the kernels' memory. */
  snapshot(): Float32Array {
    const frame = this.frame!;
    frame.checkAlive();
    const first = this.address >>> 2;
    return frame.runtime.heap.f32.slice(first, first + this.size);
  }

  /** @internal The runtime that the elements belong to for good: a parameter's. */
  get home(): Runtime | undefined {
    return undefined;
  }

  /** @internal Where the elements are for `frame` to compute with. Those in JavaScript memory are copied in, once a frame. */
  locate(frame: Frame): number {
    if (!this.host) {
      this.frame!.checkAlive();
    } else if (!this.frame?.alive) {
      this.address = frame.floats(this.size);
      this.frame = frame;
      frame.runtime.heap.f32.set(this.host, this.address >>> 2);
    }
    return this.address;
  }

  /** @internal Moves the elements to JavaScript memory where they would end with `frame`. */
  leave(frame: Frame): void {
    if (this.host || this.frame !== frame) return;
    this.host = this.snapshot();
    this.frame = undefined;
  }

  /** The one element there is, as a number. Throws a RangeError where there are more. */
  item(): number {
    if (this.size !== 1) throw valueError("Tensor.item", "one element", `${this.size}`);
    return this.data[0]!;
  }

  /** The elements as arrays nested as the shape says; a number for a scalar. `toArray<number[][]>()` says how deeply. */
  // biome-ignore lint/suspicious/noExplicitAny: the depth of nesting is known at run time only
  toArray<T extends NestedArray = any>(): T {
    const { data, shape } = this;
    let at = 0;
    const nest = (depth: number): NestedArray =>
      depth === shape.length
        ? data[at++]!
        : Array.from({ length: shape[depth]! }, () => nest(depth + 1));
    return nest(0) as T;
  }

  /** In a few words, for people: `Tensor [2, 3] [[1, 2, 3], [4, 5, 6]]`, of long rows the ends, five digits of each number. */
  toString(): string {
    return `${this.kind} ${formatTensor(this)}`;
  }

  /** What JSON.stringify writes: `tensor(data, shape)` is the way back. JSON has no NaN or infinity, and makes null of them. */
  toJSON(): { shape: Shape; data: number[] } {
    return { shape: this.shape, data: [...this.data] };
  }

  /** @internal What console.log shows in Node, of a tensor whose memory is gone, too. */
  [nodeInspect](): string {
    const gone = this.host === undefined && this.frame?.alive === false;
    return gone ? `${this.kind} ${formatShape(this.shape)} of a scope that has ended` : `${this}`;
  }

  /** @internal What messages call it. */
  protected get kind(): string {
    return "Tensor";
  }

  /** The part that begins at `begin` and has `size` elements along each axis: see `slice`. */
  slice(begin: readonly number[], size: readonly number[]): Tensor {
    return slice(this, begin, size);
  }

  /** The same elements, row by row, in another shape: see `reshape`. */
  reshape(shape: Shape): Tensor {
    return reshape(this, shape);
  }
}

/** Makes sure that something is a tensor. */
export function checkTensor(where: string, name: string, value: unknown): Tensor {
  if (!(value instanceof Tensor)) throw kindError(where, `${name} to be a tensor`, value);
  return value;
}
