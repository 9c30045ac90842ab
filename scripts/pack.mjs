// The package as its users get it: packed, in an empty folder outside the checkout. For api-programs.mjs and test/consumers.
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** An empty folder among the temporary ones; whoever makes it removes it. */
export const emptyFolder = (name) => mkdtempSync(join(tmpdir(), `gatewise-${name}-`));

/** Runs npm in a folder and returns what it prints; throws with what it complains of. */
export function npm(folder, ...args) {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} in ${folder}: ${stderr}`);
  return stdout;
}

/** Packs the built checkout into a folder: the name of the tarball there, and the paths of the files in it. */
export function pack(folder) {
  const [{ filename, files }] = JSON.parse(npm(folder, "pack", root, "--json", "--ignore-scripts"));
  return { tarball: filename, files: files.map(({ path }) => path) };
}

/** Makes a project of ES modules out of a folder, and installs a tarball that lies in it, and others by name. */
export function install(folder, tarball, ...others) {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  npm(folder, "install", "--no-audit", "--no-fund", `./${tarball}`, ...others);
}
