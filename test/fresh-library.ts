import source from "virtual:gatewise";
import type * as Kernels from "../bindings/core/kernels.ts";
import type * as Library from "../bindings/index.ts";
import type * as Plain from "../bindings/js/index.ts";

/** The library with `jsKernels` and the bytes of its kernels. */
export type Gatewise = typeof Library &
  Pick<typeof Plain, "jsKernels"> &
  Pick<typeof Kernels, "embeddedKernels">;

let loaded = 0;

/** A library that has not been used yet, in any engine: a module of its own, with state of its own. */
export function freshLibrary(): Promise<Gatewise> {
  const text = `${source}\n// ${loaded++}`;
  return import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`);
}
