import { compileEmbedded, decodeHex, type KernelInstance } from "./kernels.ts";
import type { Runtime } from "./runtime.ts";
import { withSharedMemory } from "./shared-memory.ts";

/** Kernels, and the memory that others can be put beside them over. */
export type Loaded = Pick<KernelInstance, "kernels" | "memory">;

/**
 * The kernels of a module that not every program needs, over the memory of the first; or those kernels where they have
 * everything themselves.
 */
export function loadModule<K>(
  { kernels, memory }: Loaded,
  names: readonly string[],
  hex: string,
): K {
  if (names.every((name) => name in kernels)) return kernels as unknown as K;
  const bytes = decodeHex(hex);
  const shared =
    typeof SharedArrayBuffer === "function" && memory.buffer instanceof SharedArrayBuffer;
  const module = compileEmbedded(shared ? withSharedMemory(bytes) : bytes);
  return new WebAssembly.Instance(module, { env: { memory: memory as WebAssembly.Memory } })
    .exports as unknown as K;
}

/** Loads when a runtime first asks, and has the same for it from then on. */
export function oncePerRuntime<K>(load: (runtime: Runtime) => K): (runtime: Runtime) => K {
  const known = new WeakMap<Runtime, K>();
  return (runtime) => {
    if (!known.has(runtime)) known.set(runtime, load(runtime));
    return known.get(runtime)!;
  };
}
