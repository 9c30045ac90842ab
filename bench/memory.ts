import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type KernelSet, wasmKernels } from "../bindings/core/kernels.ts";
import { over } from "./ours.ts";
import type { Step } from "./peers/peer.ts";
import { workloads } from "./workloads.ts";

/** W10: what stands in memory after that many steps of W2 with Adam, in bytes. */
export interface MemoryUse {
  readonly steps: number;
  readonly webAssembly: number;
  readonly rss: number;
}

const file = fileURLToPath(import.meta.url);

/** Trains in a process of its own, where nobody else's memory is counted. */
export function memoryUse(): readonly MemoryUse[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", "tsx", file, "--measure"],
    { encoding: "utf8", cwd: fileURLToPath(new URL("..", import.meta.url)) },
  );
  if (status !== 0) throw new Error(`memory: ${stderr}`);
  return JSON.parse(stdout) as MemoryUse[];
}

/** The package's own kernels, with an eye on their memory. */
async function measure(): Promise<MemoryUse[]> {
  let memory: { readonly buffer: ArrayBufferLike } | undefined;
  const kernels = wasmKernels();
  const observed: KernelSet = {
    name: kernels.name,
    instantiate: (...args) => {
      const instance = kernels.instantiate(...args);
      memory = instance.memory;
      return instance;
    },
  };
  const wanted = workloads.flatMap(({ cases }) => cases).find(({ id }) => id === "W2 adam")!;
  const step = (await over("observed", { kernels: observed }).create(wanted)) as Step;
  const use: MemoryUse[] = [];
  for (let steps = 1; steps <= 200; steps++) {
    await step.run!();
    if (steps === 10 || steps === 200)
      use.push({ steps, webAssembly: memory!.buffer.byteLength, rss: process.memoryUsage.rss() });
  }
  return use;
}

if (process.argv[1] === file && process.argv[2] === "--measure")
  console.log(JSON.stringify(await measure()));
