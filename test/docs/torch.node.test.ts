import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pageAt } from "./pages.ts";
import { column } from "./tables.ts";

const script = fileURLToPath(new URL("torch_column.py", import.meta.url));

/** Runs Debian's Python, which PyTorch is installed for. */
const python = (args: readonly string[], input = "") =>
  spawnSync("/usr/bin/python3", args, { input, encoding: "utf8" });

const hasTorch = python(["-c", "import torch"]).status === 0;
if (!hasTorch) console.log("the column PyTorch of docs/coming-from.md is skipped, without PyTorch");

test.skipIf(!hasTorch)("the column PyTorch of docs/coming-from.md runs in PyTorch", () => {
  const cells = column(pageAt("docs/coming-from.md"), "PyTorch");
  expect(cells.length).toBeGreaterThan(20);
  const { status, stderr } = python([script], JSON.stringify(cells));
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
