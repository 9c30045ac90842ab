import { type Extras, extrasHex, extrasNames } from "./generated/extras.ts";
import { type Loaded, loadModule, oncePerRuntime } from "./modules.ts";
import type { Runtime } from "./runtime.ts";

export type { Extras };

/** The second module beside the kernels of an instance, or those kernels where they have everything themselves. */
export const loadExtras = (instance: Loaded): Extras =>
  loadModule(instance, extrasNames, extrasHex);

/**
 * The kernels of the second module: what not every program needs, so that one that imports nothing of it does not carry it.
 * Compiled when a runtime first needs them, over its memory.
 */
export const extras: (runtime: Runtime) => Extras = /* @__PURE__ */ oncePerRuntime(loadExtras);
