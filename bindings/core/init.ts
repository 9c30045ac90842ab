import { checkFlag, checkOptions, checkSize, kindError, valueError } from "./check.ts";
import {
  checkModule,
  embeddedKernels,
  isForbidden,
  type KernelSet,
  notCompiled,
  wasmKernels,
} from "./kernels.ts";
import { builtin, startPool } from "./pool.ts";
import { startedRuntime, startRuntime } from "./runtime.ts";
import { openFrame } from "./scope.ts";

/** What `init` can choose. */
export interface InitOptions {
  /**
   * How many threads compute, from 1 to 64; by default 1. In Node, large recurrent layers are shared out among them, with
   * the same bits as on one thread. The others end with the program.
   */
  readonly threads?: number | undefined;
  /**
   * The kernels as a WebAssembly.Module (of `gatewise/kernels.wasm`), its bytes, a Response that brings it or a URL to
   * fetch it from: for runtimes that forbid compiling bytes. By default the one inlined in the package.
   */
  readonly module?: object | undefined;
  /** Another set of kernels: `jsKernels` of gatewise/js. */
  readonly kernels?: KernelSet | undefined;
  /** Replaces a choice already made: modules created from now on use the new one, those that exist keep theirs. */
  readonly replace?: boolean | undefined;
}

/** What computes: the set of kernels by name and how many threads. */
export interface Engine {
  /** "wasm", "js", or the name of a set of one's own. */
  readonly kernels: string;
  /** How many threads compute. */
  readonly threads: number;
}

const where = "init";

/** The engine in use; before first use the one that would be. */
export function engine(): Engine {
  const running = startedRuntime();
  const pool = running?.pool?.usable ? running.pool : undefined;
  return { kernels: running?.name ?? "wasm", threads: pool?.threads ?? 1 };
}

/** What was asked for, so that asking for the same again is no change. */
let chosen: { module: InitOptions["module"]; kernels: KernelSet | undefined } | undefined;

async function compile(module: InitOptions["module"]): Promise<WebAssembly.Module> {
  if (module === undefined || typeof WebAssembly === "undefined") {
    const bytes = embeddedKernels();
    try {
      return await WebAssembly.compile(bytes);
    } catch (cause) {
      throw notCompiled(bytes, cause);
    }
  }
  if (module instanceof WebAssembly.Module) return module;
  const bytes = await fetchBytes(module);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    if (isForbidden(bytes)) throw notCompiled(bytes, cause);
    throw new RangeError(`${where}: expected a WebAssembly module with SIMD, got ${cause}`, {
      cause,
    });
  }
}

/** Node's fetch knows no files. */
async function fetchUrl(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const files = url.protocol === "file:" ? builtin("node:fs") : undefined;
  if (!files) return fetchBytes(await fetch(url));
  return (files as { readFileSync(url: URL): Uint8Array<ArrayBuffer> }).readFileSync(url);
}

/** The bytes of a module, wherever they come from. */
async function fetchBytes(module: InitOptions["module"]): Promise<Uint8Array<ArrayBuffer>> {
  if (module === undefined) return embeddedKernels();
  if (typeof Response === "function" && module instanceof Response) {
    if (!module.ok)
      throw valueError(where, "a response with the module", `status ${module.status}`);
    return new Uint8Array(await module.arrayBuffer());
  }
  if (module instanceof URL) return fetchUrl(module);
  if (module instanceof ArrayBuffer) return new Uint8Array(module);
  if (ArrayBuffer.isView(module))
    return new Uint8Array(module.buffer as ArrayBuffer, module.byteOffset, module.byteLength);
  throw kindError(where, "module to be a WebAssembly.Module, bytes, a Response or a URL", module);
}

/**
 * Chooses what computes, before first use, and compiles it off the main path. Nobody has to call it: without it the
 * package's own kernels are compiled at first use. The choice is made once; asking for the same again does nothing.
 * Rejects with a RangeError or TypeError for a wrong option, with an Error where the choice is made already (and
 * `replace` is not set) or a scope is open; nothing has changed then.
 */
export async function init(options?: InitOptions): Promise<void> {
  const { threads, module, kernels, replace } = checkOptions(where, options, [
    "threads",
    "module",
    "kernels",
    "replace",
  ]);
  if (threads !== undefined && checkSize(where, "threads", threads) > 64)
    throw valueError(where, "threads to be a whole number from 1 to 64", threads);
  checkFlag(where, "replace", replace);
  if (kernels !== undefined && typeof kernels?.instantiate !== "function")
    throw kindError(where, "kernels to be a set of kernels such as jsKernels", kernels);
  if (kernels && module) throw new TypeError(`${where}: expected kernels or module, got both`);
  if (openFrame()) throw new Error(`${where}: called inside a scope; call it before`);

  /** Whether there is nothing to do: the same was chosen before. Throws where it was something else. */
  const settled = (): boolean => {
    const running = startedRuntime();
    if (!running || replace) return false;
    const same = chosen?.module === module && chosen?.kernels === kernels;
    if (same && (threads ?? 1) === engine().threads) return true;
    throw new Error(
      `${where}: the engine is chosen already (${running.name}, threads: ${engine().threads}); pass replace: true to change it for what is created from now on (or await init before anything is created)`,
    );
  };
  if (settled()) return;
  if (kernels && threads !== undefined && threads > 1)
    throw valueError(where, `threads to be 1 with ${kernels.name} kernels`, threads);

  if (kernels) {
    startRuntime(kernels);
  } else if (threads !== undefined && threads > 1) {
    if (module instanceof WebAssembly.Module)
      throw kindError(where, "module as bytes, a Response or a URL with several threads", module);
    const bytes = await fetchBytes(module);
    const compiled = await compile(bytes);
    checkModule(where, compiled);
    const instance = await startPool(where, bytes, threads);
    if (settled()) return instance.pool.close();
    startRuntime({ name: "wasm", instantiate: () => instance });
  } else {
    const compiled = await compile(module);
    checkModule(where, compiled);
    if (settled()) return; // by first use, or another call, while this one compiled
    startRuntime(wasmKernels(compiled));
  }
  chosen = { module, kernels };
}
