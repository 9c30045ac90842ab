import type { LinearMemory } from "../core/kernels.ts";

/** The linear memory of the kernels, and the views they read it through: good until `memory.buffer` is another one. */
export interface Heap {
  readonly memory: LinearMemory;
  f32: Float32Array;
  f64: Float64Array;
  i32: Int32Array;
}

const PAGE = 65536;

/** Byte offsets of what the kernels keep for themselves below HEAP_BASE. The first 16 bytes are left: 0 means "absent". */
export const EDGE = 16; // f32 [2, 4]: a tile that reaches over the edge of its matrix
export const ZEROS = 48; // f32 [8]: where sums begin that begin from nothing
export const BLOCK = 128; // f64 [BLOCK_SIZE]: rows of A, packed
export const BLOCK_SIZE = 16384; // 128 KiB: stays in a second-level cache
export const HEAP_BASE: number = BLOCK + 8 * BLOCK_SIZE;

/**
 * Memory that grows as WebAssembly's does: by pages of 64 KiB, into another buffer. The old one is copied, not detached:
 * from the first detached buffer on, V8 checks for it at every access to any typed array.
 */
export function createHeap(): Heap {
  let buffer = new ArrayBuffer(Math.ceil(HEAP_BASE / PAGE) * PAGE);
  const memory: LinearMemory = {
    get buffer() {
      return buffer;
    },
    grow(pages) {
      const before = buffer.byteLength / PAGE;
      if (pages === 0) return before;
      const grown = new ArrayBuffer((before + pages) * PAGE);
      new Uint8Array(grown).set(new Uint8Array(buffer));
      buffer = grown;
      heap.f32 = new Float32Array(grown);
      heap.f64 = new Float64Array(grown);
      heap.i32 = new Int32Array(grown);
      return before;
    },
  };
  const heap: Heap = {
    memory,
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
    i32: new Int32Array(buffer),
  };
  return heap;
}
