import { Arena } from "./arena.ts";
import { Heap } from "./heap.ts";
import { type KernelSet, type Kernels, type LinearMemory, wasmKernels } from "./kernels.ts";
import type { Pool } from "./pool.ts";

/** Kernels, the memory they work in and its layout. Modules belong to the runtime they were created under. */
export class Runtime {
  readonly name: string;
  readonly kernels: Kernels;
  readonly memory: LinearMemory;
  readonly heap: Heap;
  readonly arena: Arena;
  /** Threads to share the work of large layers with. */
  readonly pool: Pool | undefined;

  constructor(set: KernelSet) {
    const { kernels, memory, heapBase, pool } = set.instantiate();
    this.pool = pool;
    this.name = set.name;
    this.kernels = kernels;
    this.memory = memory;
    this.heap = new Heap(memory, heapBase);
    this.arena = new Arena(this.heap);
  }
}

let current: Runtime | undefined;

/** The runtime that new modules belong to; made from the package's own kernels at first use. */
export function runtime(): Runtime {
  current ??= new Runtime(wasmKernels());
  return current;
}

/** The runtime in use, if there is one yet. */
export const startedRuntime = (): Runtime | undefined => current;

/** Makes a runtime out of a set of kernels and has new modules belong to it. */
export function startRuntime(set: KernelSet): void {
  current = new Runtime(set);
}
