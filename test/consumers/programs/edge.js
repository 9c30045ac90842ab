import { init } from "gatewise";
import module from "gatewise/kernels.wasm";
import { train } from "./training.js";
import { work } from "./work.js";

// Edge runtimes compile no bytes; they hand over the module that was compiled when the program was deployed.
await init({ module });

export default {
  fetch: async () => Response.json({ ...work(), trained: await train({ epochs: 3 }) }),
};
