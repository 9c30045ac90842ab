import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import type { TestProject } from "vitest/node";
import { chooseEngines } from "../engines/browsers.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the built playground is served; undefined where there is no Chromium to look at it. */
    readonly playground: string | undefined;
    readonly chromium: string | undefined;
  }
}

const configFile = fileURLToPath(
  new URL("../../examples/playground/vite.config.ts", import.meta.url),
);

/** Builds the playground and serves it while tests run. Throws where Chromium is asked for and is not there. */
export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  const { chromium } = chooseEngines(process.env.GATEWISE_ENGINES).browsers;
  project.provide("chromium", chromium);
  if (!chromium) {
    console.log("playground: skipped, for Chromium is neither there nor asked for");
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
