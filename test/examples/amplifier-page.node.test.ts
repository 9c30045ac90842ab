import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Rollup } from "vite";
import { expect, test } from "vitest";
import { root } from "./program.ts";

test("the page builds, and the file for the audio thread is in it as it is", async () => {
  const result = await build({
    root: join(root, "examples/amplifier-page"),
    logLevel: "silent",
    build: { write: false },
  });
  const { output } = result as Rollup.RollupOutput;
  const texts = output.map((file) =>
    file.type === "chunk" ? file.code : Buffer.from(file.source).toString(),
  );
  const worklet = readFileSync(join(root, "dist/worklet/index.js"), "utf8");
  expect(texts.filter((text) => text === worklet).length).toBe(1);
  const script = output.find(({ type }) => type === "chunk")!;
  expect(script.type === "chunk" && script.code.length).toBeLessThan(20_000); // no kernels beside it
});
