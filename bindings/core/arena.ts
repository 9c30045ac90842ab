import type { Heap } from "./heap.ts";

const alignment = 64;
/** The first segment; each later one is at least as large as all before it. */
const firstSegment = 1 << 18;

interface Segment {
  readonly address: number;
  readonly size: number;
}

/** A point in an arena to go back to. */
export interface Mark {
  readonly segment: number;
  readonly offset: number;
}

/**
 * Memory of what is computed: taken piece by piece, given back all at once by going back to a mark. Segments are kept, so
 * a step that asks for the same pieces as the one before finds them at the same addresses and memory stands still.
 */
export class Arena {
  readonly #heap: Heap;
  readonly #segments: Segment[] = [];
  #segment = 0;
  #offset = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  mark(): Mark {
    return { segment: this.#segment, offset: this.#offset };
  }

  release(mark: Mark): void {
    this.#segment = mark.segment;
    this.#offset = mark.offset;
  }

  /** The address of `bytes` bytes, uninitialised. */
  allocate(bytes: number): number {
    const size = Math.ceil(bytes / alignment) * alignment;
    for (;;) {
      const segment = this.#segments[this.#segment];
      if (!segment) break;
      if (this.#offset + size <= segment.size) {
        const address = segment.address + this.#offset;
        this.#offset += size;
        return address;
      }
      this.#segment++;
      this.#offset = 0;
    }
    const held = this.#segments.reduce((sum, s) => sum + s.size, 0);
    const fresh = this.#segmentOf(Math.max(size, held, firstSegment), size);
    this.#segments.push(fresh);
    this.#segment = this.#segments.length - 1;
    this.#offset = size;
    return fresh.address;
  }

  /** As large as wished, or as needed where there is no room for that. */
  #segmentOf(wished: number, needed: number): Segment {
    try {
      return { address: this.#heap.allocate(wished), size: wished };
    } catch (error) {
      if (wished === needed) throw error;
      return { address: this.#heap.allocate(needed), size: needed };
    }
  }
}
