// README's table of engines: what scripts/engines.mjs found, and the same bits in the browsers of this machine.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findBrowser } from "../../test/engines/browsers.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const [begin, end] = ["<!-- engines:begin -->", "<!-- engines:end -->"];

const names = { chromium: "Chromium", firefox: "Firefox ESR", webkit: "WebKitGTK" };

/** Whether the hashes are those that stand in test/goldens/same-bits.json, in a browser; throws where it is not there. */
function browserRow(browser) {
  const found = findBrowser[browser]();
  if (found.missing) throw new Error(`${names[browser]}: ${found.missing}`);
  const printed = execFileSync(found.path, ["--version"], { encoding: "utf8" });
  const args = ["node_modules/vitest/vitest.mjs", "run", "test/engines/same-bits.test.ts"];
  const env = { ...process.env, GATEWISE_ENGINES: browser };
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  const equal = status === 0;
  const [version] = /\d+(\.\d+)+/.exec(printed) ?? [""];
  return { name: names[browser], version, threads: "1", equal, plain: equal };
}

function engineRow({ name, version, found }) {
  const ok = (...checks) => checks.every((check) => found[check] === "ok");
  const threaded = ok("wasm on two threads: the same bits");
  const equal = ok("wasm: the same bits", "kernels.wasm handed over: the same bits");
  const plain = ok("js: the same bits");
  return { name: name.split(" ")[0], version, threads: threaded ? "1, 2" : "1", equal, plain };
}

const word = (equal) => (equal ? "equal" : "**different**");

/** Puts the table between its marks; without the browsers of this machine (and a display for WebKit) it throws. */
export function writeTable(results) {
  const rows = [...results.map(engineRow), ...Object.keys(names).map(browserRow)];
  const lines = [
    "| engine | version | SIMD | threads | hashes, `gatewise` | hashes, `gatewise/js` |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map(
      ({ name, version, threads, equal, plain }) =>
        `| ${name} | ${version} | yes | ${threads} | ${word(equal)} | ${word(plain)} |`,
    ),
  ];
  const readme = `${root}README.md`;
  const text = readFileSync(readme, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md: expected ${begin} and ${end}`);
  const table = `${begin}\n\n${lines.join("\n")}\n\n`;
  writeFileSync(readme, text.slice(0, from) + table + text.slice(to));
}
