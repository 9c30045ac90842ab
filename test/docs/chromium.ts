import { type Browser, chromium } from "playwright";
import { chooseEngines, chromiumArguments } from "../engines/browsers.ts";

/** Where Chromium is, if it is one of the engines to test in. Throws where it was asked for and is not there. */
export const path = chooseEngines(process.env.GATEWISE_ENGINES).browsers.chromium;

/** Starts it. */
export function startChromium(): Promise<Browser> {
  if (!path) throw new Error("Chromium is not one of the engines to test in");
  return chromium.launch({ executablePath: path, args: [...chromiumArguments], timeout: 60_000 });
}
