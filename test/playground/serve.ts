import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the built playground is served; undefined where there is no Chromium to look at it. */
    readonly playground: string | undefined;
    readonly chromium: string;
  }
}

const configFile = fileURLToPath(
  new URL("../../examples/playground/vite.config.ts", import.meta.url),
);

/** Builds the playground and serves it while tests run. */
export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
  project.provide("chromium", chromium);
  if (!existsSync(chromium)) {
    console.log(`playground: skipped, for there is no ${chromium} (CHROMIUM names another)`);
    project.provide("playground", undefined);
    return async () => {};
  }
  await build({ configFile, logLevel: "warn" });
  const server = await preview({
    configFile,
    logLevel: "warn",
    preview: { host: "127.0.0.1", port: 0 },
  });
  project.provide("playground", server.resolvedUrls!.local[0]!);
  return () => server.close();
}
