import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { emptyFolder, install, npm, pack } from "../../../scripts/pack.mjs";

/** The package as it was packed and installed, once for all consumers. */
export interface Packed {
  /** An empty folder but for the tarball, and the package installed from it. */
  readonly folder: string;
  /** Path of the tarball. */
  readonly tarball: string;
  /** What the tarball holds. */
  readonly files: readonly string[];
}

declare module "vitest" {
  interface ProvidedContext {
    packed: Packed;
  }
}

const tools = fileURLToPath(new URL("..", import.meta.url));

/** Installs what the consumers need, as test/consumers/package-lock.json has it, where that is not done yet. */
function installTools(): void {
  const lock = join(tools, "package-lock.json");
  const installed = join(tools, "node_modules/.installed.json");
  if (existsSync(installed) && readFileSync(installed, "utf8") === readFileSync(lock, "utf8"))
    return;
  npm(tools, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
  copyFileSync(lock, installed);
}

/** Installs the tools and packs the package. */
export default function setup(project: TestProject): () => void {
  installTools();
  const folder = emptyFolder("consumers");
  const { tarball, files } = pack(folder);
  install(folder, tarball);
  project.provide("packed", { folder, tarball: join(folder, tarball), files });
  return () => rmSync(folder, { recursive: true, force: true });
}
