import { expect } from "vitest";
import { type Extras, loadExtras } from "../../bindings/core/extras.ts";
import {
  type KernelInstance,
  type KernelSet,
  type Kernels,
  wasmKernels,
} from "../../bindings/core/kernels.ts";
import { loadWord2Vec, type Word2VecKernels } from "../../bindings/core/word2vec.ts";
import { jsKernels } from "../../bindings/js/index.ts";

/** The sets of kernels that every test here runs over, without anything of the library above them. */
export const kernelSets: readonly KernelSet[] = [wasmKernels(), jsKernels];

/** Lengths on both sides of one, two and four vectors, and one with a long body. */
export const sizes: readonly number[] = [1, 3, 4, 5, 8, 9, 17, 100];

/** Where arrays begin: at a multiple of 16 bytes, and 4 bytes behind one. */
export const shifts: readonly number[] = [0, 4];

/** An array in the kernels' memory. */
export interface Slot {
  readonly at: number;
  readonly length: number;
}

interface Kept extends Slot {
  readonly words: Uint32Array;
}

/** A quiet NaN with a payload: it shows where it is overwritten, and in every sum that reads it. */
const GUARD = 0x7fc5_a5a5;
const GUARDS = 8;

const instances = new Map<KernelSet, KernelInstance>();

function instanceOf(set: KernelSet): KernelInstance {
  const known = instances.get(set);
  if (known) return known;
  const created = set.instantiate();
  instances.set(set, created);
  return created;
}

/** Arrays laid out one after another, guard words before and behind each. One at a time per kernel set. */
export class TestHeap {
  readonly kernels: Kernels & Extras & Word2VecKernels;
  readonly #instance: KernelInstance;
  readonly #shift: number;
  readonly #guards: number[] = [];
  readonly #inputs: Kept[] = [];
  #top: number;

  constructor(set: KernelSet, shift = 0) {
    this.#instance = instanceOf(set);
    this.kernels = {
      ...this.#instance.kernels,
      ...loadExtras(this.#instance),
      ...loadWord2Vec(this.#instance),
    };
    this.#shift = shift;
    this.#top = this.#instance.heapBase;
  }

  /** Floats that the kernel reads and leaves as they are. */
  input(values: ArrayLike<number>): Slot {
    const slot = this.output(values);
    return this.#keep(slot);
  }

  /** Floats that the kernel writes or adds to. */
  output(values: ArrayLike<number>): Slot {
    const slot = this.#place(values.length);
    this.write(slot, values);
    return slot;
  }

  /** Other values for an output, from its beginning on. */
  write({ at, length }: Slot, values: ArrayLike<number>): void {
    new Float32Array(this.#buffer, at, length).set(values);
  }

  /** As many numbers that the kernel has to write: they are NaN before. */
  blank(length: number): Slot {
    return this.output(new Float32Array(length).fill(Number.NaN));
  }

  /** Integers that the kernel reads and leaves as they are. */
  integers(values: ArrayLike<number>): Slot {
    const slot = this.#place(values.length);
    new Int32Array(this.#buffer, slot.at, slot.length).set(values);
    return this.#keep(slot);
  }

  /** The last `values.length` floats of the memory: to read one byte more is a trap. */
  last(values: ArrayLike<number>): Slot {
    const at = this.#buffer.byteLength - 4 * values.length;
    new Float32Array(this.#buffer, at).set(values);
    return { at, length: values.length };
  }

  floats({ at, length }: Slot): Float32Array {
    return new Float32Array(this.#buffer, at, length).slice();
  }

  readIntegers({ at, length }: Slot): Int32Array {
    return new Int32Array(this.#buffer, at, length).slice();
  }

  /** Nothing outside the outputs has changed. */
  check(): void {
    const words = new Uint32Array(this.#buffer);
    for (const guard of this.#guards)
      if (words[guard] !== GUARD) expect.fail(`a kernel wrote to byte ${4 * guard}`);
    for (const { at, length, words: kept } of this.#inputs)
      expect(words.slice(at / 4, at / 4 + length), "an input").toEqual(kept);
  }

  get #buffer(): ArrayBufferLike {
    return this.#instance.memory.buffer;
  }

  #keep(slot: Slot): Slot {
    this.#inputs.push({
      ...slot,
      words: new Uint32Array(this.#buffer, slot.at, slot.length).slice(),
    });
    return slot;
  }

  #place(length: number): Slot {
    const at = Math.ceil((this.#top + 4 * GUARDS) / 16) * 16 + this.#shift;
    const end = at + 4 * (length + GUARDS);
    const missing = end - this.#buffer.byteLength;
    if (missing > 0) this.#instance.memory.grow(Math.ceil(missing / 65536));
    const words = new Uint32Array(this.#buffer);
    for (let k = 0; k < GUARDS; k++) {
      for (const guard of [at / 4 - 1 - k, at / 4 + length + k]) {
        words[guard] = GUARD;
        this.#guards.push(guard);
      }
    }
    this.#top = end;
    return { at, length };
  }
}
