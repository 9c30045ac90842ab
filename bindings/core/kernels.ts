import { valueError } from "./check.ts";
import { type Kernels, kernelNames, wasmHex } from "./generated/kernels.ts";
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
  readonly kernels: Kernels;
  readonly memory: LinearMemory;
  readonly heapBase: number;
  /** Threads that work on the same memory. */
  readonly pool?: Pool;
}

/** A set of kernels that a runtime can be built on: the compiled one, or `jsKernels` of gatewise/js. */
export interface KernelSet {
  readonly name: string;
  instantiate(): KernelInstance;
}

export const noSimd = (cause: unknown): Error =>
  new Error(
    "gatewise: this engine cannot compile WebAssembly SIMD; " +
      'import { jsKernels } from "gatewise/js" and call init({ kernels: jsKernels }) to run without it',
    { cause },
  );

/** What some engines have for it. */
interface HexReader {
  readonly fromHex?: (hex: string) => Uint8Array<ArrayBuffer>;
}

/** Natively where the engine can: by hand it takes 2 ms of a program's start. */
function decodeHex(hex: string): Uint8Array<ArrayBuffer> {
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

/** The bytes of the kernels that come with the package. */
export const embeddedKernels = (): Uint8Array<ArrayBuffer> => decodeHex(wasmHex);

/** Refuses a module that is not these kernels, before anything is instantiated. */
export function checkModule(where: string, module: object): void {
  const exported = new Set(
    WebAssembly.Module.exports(module as WebAssembly.Module).map((e) => e.name),
  );
  const missing = kernelNames.filter((name) => !exported.has(name));
  if (missing.length > 0)
    throw valueError(
      where,
      "the kernels of this version of gatewise",
      `a module without ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""}`,
    );
}

/** Wraps a WebAssembly.Module of the kernels, the package's own where none is given. */
export function wasmKernels(module?: object): KernelSet {
  return {
    name: "wasm",
    instantiate(): KernelInstance {
      let compiled = module as WebAssembly.Module | undefined;
      if (!compiled) {
        try {
          compiled = new WebAssembly.Module(embeddedKernels());
        } catch (cause) {
          throw noSimd(cause);
        }
      }
      const memory = new WebAssembly.Memory({ initial: 1 });
      const kernels = new WebAssembly.Instance(compiled, { env: { memory } })
        .exports as unknown as Kernels & { heap_base(): number };
      return { kernels, memory, heapBase: kernels.heap_base() };
    },
  };
}
