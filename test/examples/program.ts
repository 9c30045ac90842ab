import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a program of `examples/` as a user does, but on the sources, as all tests do. */
export function runProgram(name: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", `examples/${name}.ts`, ...args],
    {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.tools.json") },
    },
  );
  return { status, stdout, stderr };
}

/** What a pipe must not be sent: anything but printable characters and ends of lines. */
export const controls = (text: string): string[] =>
  [...text].filter((c) => (c < " " && c !== "\n") || (c >= "\x7f" && c < "\xa0"));
