import { type Browser, chromium } from "playwright";
import { chooseEngines } from "../engines/browsers.ts";

/** Where Chromium is, if it is one of the engines to test in. Throws where it was asked for and is not there. */
export const path = chooseEngines(process.env.GATEWISE_ENGINES).browsers.chromium;

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts it. */
export function startChromium(): Promise<Browser> {
  if (!path) throw new Error("Chromium is not one of the engines to test in");
  return chromium.launch({ executablePath: path, args, timeout: 60_000 });
}
