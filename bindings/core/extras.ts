import { type Extras, extrasHex, extrasNames } from "./generated/extras.ts";
import { compileEmbedded, decodeHex, type KernelInstance } from "./kernels.ts";
import type { Runtime } from "./runtime.ts";
import { withSharedMemory } from "./shared-memory.ts";

export type { Extras };

const loaded = new WeakMap<Runtime, Extras>();

/**
 * The kernels of the second module: what not every program needs, so that one that imports nothing of it does not carry it.
 * Compiled when a runtime first needs them, over its memory.
 */
export function extras(runtime: Runtime): Extras {
  let kernels = loaded.get(runtime);
  if (!kernels) {
    kernels = loadExtras(runtime);
    loaded.set(runtime, kernels);
  }
  return kernels;
}

/** The second module beside the kernels of an instance, or those kernels where they have everything themselves. */
export function loadExtras({
  kernels,
  memory,
}: Pick<KernelInstance, "kernels" | "memory">): Extras {
  if (extrasNames.every((name) => name in kernels)) return kernels as unknown as Extras;
  const bytes = decodeHex(extrasHex);
  const shared =
    typeof SharedArrayBuffer === "function" && memory.buffer instanceof SharedArrayBuffer;
  const module = compileEmbedded(shared ? withSharedMemory(bytes) : bytes);
  return new WebAssembly.Instance(module, { env: { memory: memory as WebAssembly.Memory } })
    .exports as unknown as Extras;
}
