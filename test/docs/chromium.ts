import { type Browser, chromium } from "playwright";
import { preview } from "vite";
import { findBrowser } from "../engines/browsers.ts";

/** Chromium where the machine has it; why not, where it has not. */
export const found = findBrowser.chromium();

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium. Throws where the machine has none. */
export function startChromium(): Promise<Browser> {
  if ("missing" in found) throw new Error(found.missing);
  return chromium.launch({ executablePath: found.path, args, timeout: 60_000 });
}

/** A folder on a port of this machine. */
export interface Site {
  /** Ends with a slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the files of a folder as they are. */
export async function serve(folder: string): Promise<Site> {
  const server = await preview({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { outDir: "." }, // the folder itself, not one in it
    preview: { host: "127.0.0.1", port: 0 },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}
