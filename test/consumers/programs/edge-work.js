import edge from "./edge.js";
import { train } from "./training.js";
import { work } from "./work.js";

// The page's program, and what the other consumers do, in the runtime that it has set up.
export default {
  async fetch() {
    const shape = await edge.fetch().json();
    return Response.json({ shape, ...work(), trained: await train({ epochs: 3 }) });
  },
};
