// Runs the API programs (test/api) as a user would: the packed tarball in an empty folder, type-checked and unchanged.
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { emptyFolder, install, pack } from "./pack.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const programs = readdirSync(join(root, "test/api")).filter((name) => name.endsWith(".ts"));
const folder = emptyFolder("api");

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

// A user's editor checks the declarations themselves, by a library of types without what is newer than the target.
const strictest = {
  ...options,
  lib: ["es2022", "dom"],
  types: [],
  skipLibCheck: false,
};
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entries = Object.keys(exports).filter((entry) => exports[entry].types);
const everyEntry = entries
  .map((entry, i) => `export * as entry${i} from "gatewise${entry.slice(1)}";\n`)
  .join("");

let failed = 0;
function report(name, { status, stdout, stderr }) {
  if (status !== 0) failed++;
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name}`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
}

try {
  const { tarball } = pack(folder);
  install(folder, tarball, "tsx", "typescript@7", "@types/node@20");
  const exclude = ["declarations.ts"]; // gatewise/audio speaks of what only pages have
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, exclude }),
  );
  writeFileSync(join(folder, "declarations.ts"), everyEntry);
  writeFileSync(
    join(folder, "declarations.json"),
    JSON.stringify({ compilerOptions: strictest, files: ["declarations.ts"] }),
  );
  for (const name of programs) cpSync(join(root, "test/api", name), join(folder, name));
  const run = (...args) => spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  const tsc = (project) => run("node_modules/typescript/bin/tsc", "-p", project);
  report("type check", tsc("."));
  report("declarations of every entry", tsc("declarations.json"));
  for (const name of programs) report(name, run("--import", "tsx", name));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const passed = programs.length + 2 - failed;
console.log(`API programs: ${passed} passed, ${failed} failed`);
const [flag, file] = process.argv.slice(2);
if (flag === "--json") writeFileSync(file, JSON.stringify({ passed, failed }));
process.exitCode = failed ? 1 : 0;
