import { type Word2VecKernels, word2vecHex, word2vecNames } from "./generated/word2vec.ts";
import { type Loaded, loadModule, oncePerRuntime } from "./modules.ts";
import type { Runtime } from "./runtime.ts";

export type { Word2VecKernels };

/** The third module beside the kernels of an instance, or those kernels where they have everything themselves. */
export const loadWord2Vec = (instance: Loaded): Word2VecKernels =>
  loadModule(instance, word2vecNames, word2vecHex);

/** The kernels of the third module: word vectors. Compiled when a runtime first needs them, over its memory. */
export const word2vecKernels: (runtime: Runtime) => Word2VecKernels =
  /* @__PURE__ */ oncePerRuntime(loadWord2Vec);
