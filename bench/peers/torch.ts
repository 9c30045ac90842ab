import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { dataOf, factorsOf, type Values } from "../workloads.ts";
import { CHECKED_FRAMES, CHECKED_STEPS, isNetwork, type Peer, type Step } from "./peer.ts";

/** PyTorch on one thread, in a process of its own that takes its turn (torch_bench.py says how it is used). */

const encode = ({ shape, data }: Values) => ({
  shape,
  data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
});

function decode(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return new Float32Array(new Uint8Array(bytes).buffer);
}

let child: ChildProcess | undefined;
let answers: AsyncIterator<string> | undefined;
let version = "";
let blas = "";

async function answer<T>(): Promise<T> {
  const { value, done } = await answers!.next();
  if (done) throw new Error("torch_bench.py has ended");
  return JSON.parse(value) as T;
}

function ask<T>(request: object): Promise<T> {
  child!.stdin!.write(`${JSON.stringify(request)}\n`);
  return answer<T>();
}

const pythons = ["python3", "/usr/bin/python3"];

export const torch: Peer = {
  name: "PyTorch",
  load: async () => {
    const python = pythons.find((p) => spawnSync(p, ["-c", "import torch"]).status === 0);
    if (!python) return { reason: "not installed: python3 has no torch" };
    const program = fileURLToPath(new URL("./torch_bench.py", import.meta.url));
    const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
    child = spawn(python, [program], { stdio: ["pipe", "pipe", "inherit"], env });
    child.stdin!.on("error", () => undefined); // that it is gone shows where its answer is awaited
    answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    ({ version, blas } = await answer<{ version: string; blas: string }>());
    return undefined;
  },
  version: () => `PyTorch ${version} with ${blas}`,
  create: async (wanted): Promise<Step> => {
    const { id } = await ask<{ id: number }>({ do: "create", case: wanted, data: dataFor() });
    function dataFor(): object {
      if (!isNetwork(wanted)) {
        const { a, b } = factorsOf(wanted);
        return { a: encode(a), b: encode(b) };
      }
      const { weights, x, target, classes } = dataOf(wanted);
      const encoded = Object.entries(weights).map(([name, values]) => [name, encode(values)]);
      return {
        weights: Object.fromEntries(encoded),
        x: encode(x),
        target: encode(target),
        classes: Array.from(classes),
        steps: CHECKED_STEPS,
        frames: CHECKED_FRAMES,
      };
    }
    return {
      sample: async (ms) => (await ask<{ ns: number[] }>({ do: "sample", id, ms, least: 1 })).ns,
      result: async () => {
        const { results } = await ask<{ results: Record<string, string> }>({ do: "result", id });
        const decoded = Object.entries(results).map(([name, base64]) => [name, decode(base64)]);
        return Object.fromEntries(decoded);
      },
      dispose: () => void ask({ do: "dispose", id }),
    };
  },
  close: () => child?.stdin?.end(),
};
