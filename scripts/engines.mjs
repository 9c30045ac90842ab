// Runs test/engines/program.ts on the packed package in engines other than the one at hand: Node 20, 22, 24, 26, Bun and
// Deno, as scripts/engines/package.json has them (npm ci --prefix scripts/engines --ignore-scripts).
//   --json FILE   writes { passed, failed } for scripts/tally.mjs
//   --readme      runs the same bits in the browsers of this machine as well and writes README's table of engines
//                 (xvfb-run -a npx tsx scripts/engines.mjs --readme)
import { spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { emptyFolder, install, pack } from "./pack.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const { values: asked } = parseArgs({
  options: { json: { type: "string" }, readme: { type: "boolean", default: false } },
});

const modules = join(root, "scripts/engines/node_modules");
const node = (version) => ({ name: `Node ${version}`, path: `${modules}/node${version}/bin/node` });
const engines = [
  ...[20, 22, 24, 26].map(node),
  { name: "Bun", path: `${modules}/bun/bin/bun` },
  { name: "Deno", path: `${modules}/deno/deno`, args: ["run", "--allow-all", "--no-lock"] },
];

/** Milliseconds that an engine may take: none takes a tenth of it on a machine that has nothing else to do. */
const patience = 240_000;

/** Puts the package as a user installs it into a folder, and the program beside it. */
async function prepare(folder) {
  install(folder, pack(folder).tarball);
  await build({
    entryPoints: [join(root, "test/engines/program.ts")],
    outfile: join(folder, "program.mjs"),
    ...{ bundle: true, format: "esm", platform: "node", target: "es2022" },
    external: ["gatewise", "gatewise/*"],
    logLevel: "error",
  });
}

/** What a program prints; an Error where it fails or does not end. */
function output(path, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { cwd, timeout: patience, killSignal: "SIGKILL" });
    let [out, errors] = ["", ""];
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      errors += text;
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(out);
      else reject(new Error(`ended with ${signal ?? code}: ${errors}${out}`));
    });
  });
}

/** "v22.23.3", "1.4.5", "deno 2.9.6 (stable, ...)": the number. */
const versionOf = async (path) =>
  /\d+\.\d+\.\d+/.exec(await output(path, ["--version"], root))?.[0] ?? "";

async function run({ name, path, args = [] }, folder) {
  try {
    const version = await versionOf(path);
    const found = JSON.parse(await output(path, [...args, "program.mjs"], folder));
    return { name, version, found };
  } catch (error) {
    return { name, version: "", found: { run: `${error}` } };
  }
}

/** A line for each engine, and one for each check that failed. */
function report({ name, version, found }) {
  const failures = Object.entries(found).filter(([, result]) => result !== "ok");
  const passed = Object.keys(found).length - failures.length;
  const mark = failures.length > 0 ? "FAIL" : "ok  ";
  console.log(`${mark} ${name} (${version}): ${passed} passed, ${failures.length} failed`);
  for (const [check, result] of failures) console.log(`     ${check}: ${result}`);
  return { passed, failed: failures.length };
}

const missing = engines.filter(({ path }) => !existsSync(path));
if (missing.length > 0) {
  console.log(`missing: ${missing.map(({ name }) => name).join(", ")}`);
  console.log("npm ci --prefix scripts/engines --ignore-scripts (Linux on x64) installs them");
  process.exit(1);
}
const folder = emptyFolder("engines");
const total = { passed: 0, failed: 0 };
const results = [];
try {
  await prepare(folder);
  for (const engine of engines) {
    const result = await run(engine, folder);
    const { passed, failed } = report(result);
    total.passed += passed;
    total.failed += failed;
    results.push(result);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`Engines: ${total.passed} passed, ${total.failed} failed`);
if (asked.json) writeFileSync(asked.json, JSON.stringify(total));
if (asked.readme) (await import("./engines-table.mjs")).writeTable(results);
process.exitCode = total.failed > 0 ? 1 : 0;
