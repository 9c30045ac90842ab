// Runs the API programs (test/api) as a user would: the packed tarball in an empty folder, type-checked and unchanged.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const programs = readdirSync(join(root, "test/api")).filter((name) => name.endsWith(".ts"));
const folder = mkdtempSync(join(tmpdir(), "gatewise-api-"));
const npm = (...args) => execFileSync("npm", args, { cwd: folder, stdio: "pipe" }).toString();

const options = {
  target: "es2022",
  module: "nodenext",
  lib: ["es2024"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
};

let failed = 0;
function report(name, { status, stdout, stderr }) {
  if (status !== 0) failed++;
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name}`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
}

try {
  const [{ filename }] = JSON.parse(npm("pack", root, "--json", "--ignore-scripts"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
  npm(
    "install",
    "--no-audit",
    "--no-fund",
    `./${filename}`,
    "tsx",
    "typescript@7",
    "@types/node@20",
  );
  for (const name of programs) cpSync(join(root, "test/api", name), join(folder, name));
  const run = (...args) => spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  report("type check", run("node_modules/typescript/bin/tsc", "-p", "."));
  for (const name of programs) report(name, run("--import", "tsx", name));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const passed = programs.length + 1 - failed;
console.log(`API programs: ${passed} passed, ${failed} failed`);
const [flag, file] = process.argv.slice(2);
if (flag === "--json") writeFileSync(file, JSON.stringify({ passed, failed }));
process.exitCode = failed ? 1 : 0;
