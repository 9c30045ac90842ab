import { spawnSync } from "node:child_process";
import { availableParallelism, platform } from "node:os";

/** Keeps this process with all its threads, and those it starts later, on one core. Says what came of it. */
export function pinTo(core: string | undefined): string {
  if (core === "none") return "not pinned to a core";
  const wanted = core ?? String(availableParallelism() - 1);
  if (platform() !== "linux") return "not pinned to a core (only on Linux)";
  const { status } = spawnSync("taskset", ["-a", "-p", "-c", wanted, String(process.pid)]);
  return status === 0 ? `on core ${wanted}` : "not pinned to a core (no taskset)";
}
