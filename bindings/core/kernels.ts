import { valueError } from "./check.ts";
import { coreHex, heapBase, type Kernels, mark } from "./generated/core.ts";
import type { Pool } from "./pool.ts";

export type { Kernels };

/** A linear memory that kernels work in: WebAssembly's, or something that looks like it. */
export interface LinearMemory {
  readonly buffer: ArrayBufferLike;
  /** Adds pages of 64 KiB; `buffer` may be another one afterwards. */
  grow(pages: number): number;
}

/** Kernels bound to the memory they work in. Bytes below `heapBase` belong to the kernels. */
export interface KernelInstance {
  /** The kernels by name. */
  readonly kernels: Kernels;
  /** What their pointers point into. */
  readonly memory: LinearMemory;
  /** The first byte that the library may use. */
  readonly heapBase: number;
  /** Threads that work on the same memory. */
  readonly pool?: Pool;
}

/** A set of kernels that a runtime can be built on: the compiled one, or `jsKernels` of gatewise/js. */
export interface KernelSet {
  /** What `engine()` calls it. */
  readonly name: string;
  /** Binds the kernels to a memory of their own; called once for each runtime that is made of them. */
  instantiate(): KernelInstance;
}

/** Whether the fault is not in the bytes of a module: they are valid, but nobody may compile them here. */
export const isForbidden = (bytes: Uint8Array<ArrayBuffer>): boolean =>
  typeof WebAssembly === "object" && WebAssembly.validate(bytes);

/**
 * Says why there are no compiled kernels (it is forbidden, or the engine cannot), and how to do without. A RangeError is neither:
 * the engine is out of memory, and is left to say so.
 */
export const notCompiled = (forbidden: boolean, cause: unknown): Error => {
  if (cause instanceof RangeError) return cause;
  return new Error(
    `gatewise: ${
      forbidden
        ? "compiling WebAssembly is forbidden here; allow 'wasm-unsafe-eval' in script-src of the page's " +
          'Content-Security-Policy, or import the module "gatewise/kernels.wasm" and await init({ module }); or '
        : "this engine cannot compile WebAssembly SIMD; "
    }import { jsKernels } from "gatewise/js" and await init({ kernels: jsKernels }) to run without it`,
    { cause },
  );
};

/** What some engines have for it. */
interface HexReader {
  readonly fromHex?: (hex: string) => Uint8Array<ArrayBuffer>;
}

/** Natively where the engine can: by hand it takes 2 ms of a program's start. */
export function decodeHex(hex: string): Uint8Array<ArrayBuffer> {
  const { fromHex } = Uint8Array as HexReader;
  if (fromHex) return fromHex.call(Uint8Array, hex);
  const { Buffer } = globalThis as {
    Buffer?: { from(hex: string, encoding: "hex"): Uint8Array<ArrayBuffer> };
  };
  if (Buffer) return Buffer.from(hex, "hex");
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const encodeHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of the kernels that come with the package. */
export const embeddedKernels = (): Uint8Array<ArrayBuffer> => decodeHex(coreHex);

/** @internal Compiles a module that comes with the package. */
export function compileEmbedded(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw notCompiled(isForbidden(bytes), cause);
  }
}

/** @internal Kernels of a compiled module over a memory, and where the rest of the memory begins: behind the constants of all modules. */
export function bindKernels<K extends Kernels>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): { readonly kernels: K; readonly memory: LinearMemory; readonly heapBase: number } {
  try {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return { kernels: exports as unknown as K, memory, heapBase };
  } catch (cause) {
    // A Content-Security-Policy that forbids WebAssembly: WebKit compiles nevertheless, and refuses here.
    throw cause instanceof WebAssembly.CompileError ? notCompiled(true, cause) : cause;
  }
}

/** Refuses a module that is not these kernels, nor of the build that the bindings go with, before anything is instantiated. */
export function checkModule(where: string, module: object): void {
  const [section] = WebAssembly.Module.customSections(module as WebAssembly.Module, "gatewise");
  const found = section && encodeHex(new Uint8Array(section));
  if (found !== mark)
    throw valueError(
      where,
      "the kernels of this version of gatewise",
      found === undefined ? "another module" : "those of another one",
    );
}

/** Wraps a WebAssembly.Module of the kernels, the package's own where none is given. */
export function wasmKernels(module?: object): KernelSet {
  return {
    name: "wasm",
    instantiate(): KernelInstance {
      const compiled = (module as WebAssembly.Module) ?? compileEmbedded(embeddedKernels());
      return bindKernels(compiled, new WebAssembly.Memory({ initial: 1 }));
    },
  };
}
