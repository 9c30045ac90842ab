import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../../scripts/mistakes.mjs", import.meta.url));
const chosen = process.env.GATEWISE_SLICE ? ["--slice"] : ["--jobs", "2"];

/** Runs the script: its exit code and all that it printed. */
const run = (): Promise<{ code: unknown; output: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...chosen], (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, output: stdout + stderr });
    });
  });

test("every deliberate mistake breaks a test", { timeout: 2 * 60 * 60_000 }, async () => {
  const { code, output } = await run();
  console.info(output.trimEnd().split("\n").at(-1));
  expect(code, output).toBe(0);
});
