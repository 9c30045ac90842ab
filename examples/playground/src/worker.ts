// The one script of all workers: told by its name what to compute. One script, so that the library is built once for all.
import { type Create, serve, type WorkerScope } from "./lib/serve.ts";
import type { Work } from "./lib/work.ts";

/** What there is to compute, by name. */
const works: Readonly<
  Record<string, () => Promise<{ readonly create: (settings: never) => unknown }>>
> = {
  sine: () => import("./panels/sine/worker.ts"),
  digits: () => import("./panels/digits/worker.ts"),
  text: () => import("./panels/text/worker.ts"),
  translation: () => import("./panels/words/translation-worker.ts"),
  tagging: () => import("./panels/words/tagging-worker.ts"),
  map: () => import("./panels/words/map-worker.ts"),
  gates: () => import("./panels/gates/worker.ts"),
  gradient: () => import("./panels/gradient/worker.ts"),
  speed: () => import("./panels/speed/worker.ts"),
};

const scope = self as unknown as WorkerScope & { readonly name: string };
serve(
  scope,
  works[scope.name]!().then(({ create }) => create as Create<Work>),
);
