import type { Mark } from "./arena.ts";
import { checkNotAsync, kindError } from "./check.ts";
import type { Kernels } from "./kernels.ts";
import { type Runtime, runtime } from "./runtime.ts";
import type { Tape } from "./tape.ts";
import { type Shape, sizeOf, Tensor } from "./tensor.ts";
import { forEachTensor } from "./tree.ts";

let innermost: Frame | undefined;

/** The innermost frame that is open, if any. */
export const openFrame = (): Frame | undefined => innermost;

/** The tape that records what is computed now, if any. */
export const openTape = (): Tape | undefined => innermost?.tape;

/** Whether what is computed now is recorded for a backward pass. */
export const recording = (): boolean => openTape() !== undefined;

/**
 * What one call, scope or training step needs: memory from a mark of the arena on, given back when it closes. Operations
 * get their addresses from it and hand their backward passes to its tape, if it has one.
 */
export class Frame {
  #outer: Frame | undefined;
  tape: Tape | undefined;
  #runtime: Runtime | undefined;
  #mark: Mark | undefined;
  #alive = true;

  constructor(outer: Frame | undefined, tape: Tape | undefined) {
    this.#outer = outer;
    this.tape = tape;
    if (outer) outer.#handDown(this);
  }

  /** The runtime that this frame works in: that of the first parameter it meets, else the current one. */
  get runtime(): Runtime {
    if (!this.#runtime) this.bind(runtime());
    return this.#runtime!;
  }

  get kernels(): Kernels {
    return this.runtime.kernels;
  }

  get alive(): boolean {
    return this.#alive;
  }

  checkAlive(): void {
    if (!this.#alive)
      throw new Error(
        "Tensor: used after the scope or training step that computed it has ended; return it from there or keep detach(tensor)",
      );
  }

  #handDown(inner: Frame): void {
    if (this.#runtime) inner.bind(this.#runtime);
  }

  /** Settles on a runtime. Two in one step are a mistake. */
  bind(wanted: Runtime): void {
    if (this.#runtime === wanted) return;
    if (this.#runtime)
      throw new Error(
        `gatewise: a step that computes with ${this.#runtime.name} kernels met a parameter created under ${wanted.name} kernels (init with replace in between?)`,
      );
    this.#outer?.bind(wanted);
    this.#runtime = wanted;
    this.#mark = wanted.arena.mark();
  }

  /** Uninitialised memory for `n` floats. */
  floats(n: number): number {
    return this.runtime.arena.allocate(4 * n);
  }

  /** Memory for `n` floats, all 0. */
  zeros(n: number): number {
    const address = this.floats(n);
    this.runtime.heap.f32.fill(0, address >>> 2, (address >>> 2) + n);
    return address;
  }

  /** A copy of whole numbers. */
  words(values: ArrayLike<number>): number {
    const address = this.floats(values.length);
    this.runtime.heap.i32.set(values, address >>> 2);
    return address;
  }

  /** A tensor of this frame, uninitialised or at an address. */
  tensor(shape: Shape, address: number = this.floats(sizeOf(shape))): Tensor {
    return new Tensor(shape, undefined, this, address);
  }

  /** Where a tensor's elements are. */
  at(x: Tensor): number {
    return x.locate(this);
  }

  /** Hands the backward pass of what was computed to the tape, where one records and an input's gradient is wanted. */
  record(outputs: readonly Tensor[], inputs: readonly Tensor[], backward: () => void): void {
    this.tape?.record(outputs, inputs, backward);
  }

  /** Where to add to the gradient of an input; 0 where nobody wants it. */
  gradient(x: Tensor): number {
    return this.tape!.gradient(x);
  }

  /** The gradient that has reached an output; 0 where none has. */
  flowed(y: Tensor): number {
    return y.tape === this.tape ? y.gradient : 0;
  }

  /** Copies what is to outlive this frame to JavaScript memory. */
  copyOut(results: unknown): void {
    forEachTensor(results, (x) => x.leave(this));
  }

  /** Gives its memory back. Tensors that outlive it keep it, so it lets go of everything else. */
  close(): void {
    this.#alive = false;
    this.#outer = undefined;
    this.tape = undefined;
    if (this.#mark) this.#runtime!.arena.release(this.#mark);
  }
}

/** Runs `f` in a frame of its own; what it returns is copied out, everything else ends with it. */
export function inNewFrame<T>(where: string, tape: Tape | undefined, f: (frame: Frame) => T): T {
  const outer = innermost;
  const frame = new Frame(outer, tape);
  innermost = frame;
  try {
    const result = f(frame);
    checkNotAsync(where, result);
    frame.copyOut(result);
    return result;
  } finally {
    innermost = outer;
    frame.close();
  }
}

/** Something that may belong to a runtime for good: a parameter does, and a module with parameters. */
export interface HasHome {
  readonly home: Runtime | undefined;
}

/**
 * Runs the body of an operation in the open frame, or in one of its own where none is open. The frame settles on the
 * runtime of the parameters among the inputs before it copies anything in.
 */
export function inFrame<T>(inputs: readonly HasHome[], f: (frame: Frame) => T): T {
  if (!innermost) return inNewFrame("gatewise", undefined, () => inFrame(inputs, f));
  for (const x of inputs) if (x.home) innermost.bind(x.home);
  return f(innermost);
}

/**
 * Runs `f`, keeps what it computes in the kernels' memory meanwhile and gives that back at the end. What `f` returns, be it
 * a tensor or tensors in arrays and plain objects, is copied out; any other tensor of it throws when used.
 * Inside a function that is being differentiated nothing ends before the step does. Throws a TypeError for an async `f`.
 */
export function scope<T>(f: () => T): T {
  const where = "scope";
  if (typeof f !== "function") throw kindError(where, "a function", f);
  if (innermost?.tape) {
    const result = f();
    checkNotAsync(where, result);
    return result;
  }
  return inNewFrame(where, undefined, f);
}
