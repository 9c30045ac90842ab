import { existsSync, rmSync } from "node:fs";
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

/** Installs what the consumers need (test/consumers/package.json) where it is not there yet, and packs the package. */
export default function setup(project: TestProject): () => void {
  if (!existsSync(join(tools, "node_modules"))) npm(tools, "ci", "--no-audit", "--no-fund");
  const folder = emptyFolder("consumers");
  const { tarball, files } = pack(folder);
  install(folder, tarball);
  project.provide("packed", { folder, tarball: join(folder, tarball), files });
  return () => rmSync(folder, { recursive: true, force: true });
}
