// README's table of engines: what scripts/engines.mjs found, and the same bits in the browsers of this machine.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBrowser } from "../test/engines/browsers.ts";
import { emptyFolder } from "./pack.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const [begin, end] = ["<!-- engines:begin -->", "<!-- engines:end -->"];

const names = { chromium: "Chromium", firefox: "Firefox ESR", webkit: "WebKitGTK" };

/** Whether the hashes are those that stand in test/goldens/same-bits.json, in a browser; throws where it is not there. */
function browserRow(browser) {
  const found = findBrowser[browser]();
  if (found.missing) throw new Error(`${names[browser]}: ${found.missing}`);
  const printed = execFileSync(found.path, ["--version"], { encoding: "utf8" });
  const folder = emptyFolder("table");
  const report = join(folder, "report.json");
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "test/engines/same-bits.test.ts"];
  const args = [...vitest, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const env = { ...process.env, GATEWISE_ENGINES: browser };
  spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  const tests = JSON.parse(readFileSync(report, "utf8")).testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  );
  rmSync(folder, { recursive: true });
  const passed = (kernels) => {
    const test = tests.find(({ title }) => title.startsWith(`${kernels}: `));
    // A test that was not there, or took too long, says nothing of bits.
    const told = test?.status === "passed" || /^AssertionError/.test(test?.failureMessages[0]);
    if (!told) throw new Error(`${names[browser]}: the tests did not run`);
    return test.status === "passed";
  };
  const [version] = /\d+(\.\d+)+/.exec(printed) ?? [""];
  return {
    name: names[browser],
    version,
    simd: passed("simd"),
    threads: "1", // others are for Node, Bun and Deno: init refuses them in a page
    equal: passed("wasm"),
    plain: passed("js"),
  };
}

function engineRow({ name, version, found }) {
  if (!version) throw new Error(`${name}: ${found.run}`);
  const ok = (...checks) => checks.every((check) => found[check] === "ok");
  const threaded = ok("wasm on two threads: the same bits");
  const equal = ok("wasm: the same bits", "kernels.wasm handed over: the same bits");
  const plain = ok("js: the same bits");
  const simd = ok("has SIMD");
  const threads = threaded ? "1, 2" : "1";
  return { name: name.split(" ")[0], version, simd, threads, equal, plain };
}

const word = (equal) => (equal ? "equal" : "**different**");

/** Puts the table between its marks; without the browsers of this machine (and a display for WebKit) it throws. */
export function writeTable(results) {
  const rows = [...results.map(engineRow), ...Object.keys(names).map(browserRow)];
  const lines = [
    "| engine | version | SIMD | threads | hashes, `gatewise` | hashes, `gatewise/js` |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map(
      ({ name, version, simd, threads, equal, plain }) =>
        `| ${name} | ${version} | ${simd ? "yes" : "no"} | ${threads} | ${word(equal)} | ${word(plain)} |`,
    ),
  ];
  const readme = `${root}README.md`;
  const text = readFileSync(readme, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md: expected ${begin} and ${end}`);
  const table = `${begin}\n\n${lines.join("\n")}\n\n`;
  writeFileSync(readme, text.slice(0, from) + table + text.slice(to));
}
