import type { LinearMemory } from "./kernels.ts";

const pageSize = 65536;
/** Pieces begin on a cache line. */
const alignment = 64;
/** Memory grows by at least this many pages (1 MiB) and by an eighth of what there is. */
const leastGrowth = 16;

const align = (n: number): number => Math.ceil(n / alignment) * alignment;

/** A number of floats rounded up to whole vectors of four. */
export const wholeVectors = (floats: number): number => Math.ceil(floats / 4) * 4;

interface Gap {
  address: number;
  size: number;
}

/**
 * The layout of a linear memory above what the kernels keep for themselves: pieces that live as long as their owner.
 * First fit over a list of gaps in order of address, neighbours joined. The only place that holds views over the memory.
 */
export class Heap {
  readonly #memory: LinearMemory;
  readonly #sizes = new Map<number, number>();
  #gaps: Gap[] = [];
  #end: number;
  #f32: Float32Array;
  #i32: Int32Array;

  constructor(memory: LinearMemory, base: number) {
    this.#memory = memory;
    this.#end = align(base);
    this.#f32 = new Float32Array(memory.buffer);
    this.#i32 = new Int32Array(memory.buffer);
  }

  /** The whole memory as floats. Not to be kept: growth makes another one. */
  get f32(): Float32Array {
    return this.#f32;
  }

  /** The whole memory as words. Not to be kept: growth makes another one. */
  get i32(): Int32Array {
    return this.#i32;
  }

  /** Bytes of the memory as a whole. */
  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The address of `bytes` bytes, uninitialised. Throws a RangeError where the engine gives no more memory. */
  allocate(bytes: number): number {
    const size = Math.max(align(bytes), alignment);
    const found = this.#gaps.findIndex((gap) => gap.size >= size);
    let address: number;
    if (found >= 0) {
      const gap = this.#gaps[found]!;
      address = gap.address;
      gap.address += size;
      gap.size -= size;
      if (gap.size === 0) this.#gaps.splice(found, 1);
    } else {
      address = this.#end;
      this.#growTo(address + size);
      this.#end = address + size;
    }
    this.#sizes.set(address, size);
    return address;
  }

  /** Gives a piece back. */
  free(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) throw new Error(`Heap.free: nothing is allocated at ${address}`);
    this.#sizes.delete(address);
    const at = this.#gaps.findIndex((gap) => gap.address > address);
    this.#gaps.splice(at < 0 ? this.#gaps.length : at, 0, { address, size });
    const joined: Gap[] = [];
    for (const gap of this.#gaps) {
      const before = joined.at(-1);
      if (before && before.address + before.size === gap.address) before.size += gap.size;
      else joined.push(gap);
    }
    const last = joined.at(-1);
    if (last && last.address + last.size === this.#end) {
      this.#end = last.address;
      joined.pop();
    }
    this.#gaps = joined;
  }

  #growTo(bytes: number): void {
    const missing = bytes - this.byteLength;
    if (missing <= 0) return;
    const needed = Math.ceil(missing / pageSize);
    const generous = Math.max(needed, leastGrowth, Math.floor(this.byteLength / pageSize / 8));
    if (!this.#grow(generous) && !this.#grow(needed))
      throw new RangeError(
        `gatewise: expected ${(bytes / 2 ** 20).toFixed(0)} MiB of memory in all, got no more than ${(this.byteLength / 2 ** 20).toFixed(0)} from the engine`,
      );
  }

  /** Nobody else grows the memory, so the views are made again here and nowhere else. */
  #grow(pages: number): boolean {
    try {
      this.#memory.grow(pages);
    } catch {
      return false;
    }
    this.#f32 = new Float32Array(this.#memory.buffer);
    this.#i32 = new Int32Array(this.#memory.buffer);
    return true;
  }
}

const collected = /* @__PURE__ */ new FinalizationRegistry<{ heap: Heap; address: number }>(
  ({ heap, address }) => {
    heap.free(address);
  },
);

/** A piece of a heap that goes back to it when nobody holds this object any more, or by `dispose`. */
export class HeapPiece {
  readonly heap: Heap;
  readonly address: number;
  readonly floats: number;
  #disposed = false;

  /** `floats` floats, all 0. */
  constructor(heap: Heap, floats: number) {
    this.heap = heap;
    this.floats = floats;
    this.address = heap.allocate(4 * floats);
    this.view.fill(0);
    collected.register(this, { heap, address: this.address }, this);
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Its floats as they stand in memory. Not to be kept. */
  get view(): Float32Array {
    const first = this.address >>> 2;
    return this.heap.f32.subarray(first, first + this.floats);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    collected.unregister(this);
    this.heap.free(this.address);
  }
}
