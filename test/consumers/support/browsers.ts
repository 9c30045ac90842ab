import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright";
import puppeteer from "puppeteer-core";
import { chooseEngines, chromiumArguments } from "../../engines/browsers.ts";
import { WebKitDriver } from "../../engines/webkit-driver.ts";
import { serve } from "./serve.ts";

/** What a page wrote into its <output>, and what went wrong on the way: errors in the console, uncaught ones. */
export interface Visit {
  readonly result: unknown;
  readonly problems: readonly string[];
}

/** A browser that has been started. */
export interface Browser {
  /** Opens a page and waits until there is something in its <output>, which is JSON. */
  visit(url: string): Promise<Visit>;
  close(): Promise<void>;
}

/** What Playwright's and Puppeteer's pages have in common. */
interface Page {
  on(event: "pageerror", listener: (error: unknown) => void): unknown;
  on(event: "console", listener: (message: Message) => void): unknown;
  goto(url: string): Promise<unknown>;
  waitForSelector(selector: string, options: { timeout: number }): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

interface Message {
  type(): string;
  text(): string;
}

/** How long a start or a page may take, in milliseconds. */
const timeout = 60_000;

async function visitPage(page: Page, url: string): Promise<Visit> {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`${error}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  try {
    await page.goto(url);
    await page.waitForSelector("output:not(:empty)", { timeout });
    const text = await page.evaluate(`document.querySelector("output").textContent`);
    return { result: JSON.parse(`${text}`), problems };
  } catch (cause) {
    throw new Error(`${url}: no result (${problems.join("; ") || cause})`, { cause });
  } finally {
    await page.close();
  }
}

const browserOf = (launched: { newPage(): Promise<unknown>; close(): Promise<void> }): Browser => ({
  close: () => launched.close(),
  visit: async (url) => visitPage((await launched.newPage()) as Page, url),
});

const launches = {
  async chromium(executablePath: string, flags: readonly string[]): Promise<Browser> {
    const args = [...chromiumArguments, ...flags];
    return browserOf(await chromium.launch({ executablePath, args, timeout }));
  },
  async firefox(executablePath: string): Promise<Browser> {
    const options = { executablePath, headless: true, timeout } as const;
    return browserOf(await puppeteer.launch({ browser: "firefox", ...options }));
  },
  async webkit(path: string): Promise<Browser> {
    const driver = new WebKitDriver(path, timeout);
    return {
      close: () => driver.leave().finally(() => driver.kill()),
      async visit(url) {
        await driver.show(url);
        for (const end = Date.now() + timeout; Date.now() < end; await pause(50)) {
          const text = await driver.evaluate(`document.querySelector("output")?.textContent ?? ""`);
          // WebDriver tells nothing of the console: what goes wrong there shows as a page without a result.
          if (text && typeof text === "string") return { result: JSON.parse(text), problems: [] };
        }
        throw new Error(`${url}: no result`);
      },
    };
  },
};

/** Browsers that consumers are tried in. */
export type BrowserName = keyof typeof launches;

/** Those of this machine, or those that GATEWISE_ENGINES asks for; throws where one of these is missing. */
const { browsers } = chooseEngines(process.env.GATEWISE_ENGINES);

/** Whether a browser is neither there nor asked for. Says so, since what needs it is then skipped. */
export function isMissing(name: BrowserName): boolean {
  const missing = browsers[name] === undefined;
  if (missing) console.log(`${name} is left out, and the pages for it are skipped`);
  return missing;
}

/** Starts a browser; flags are Chromium's. */
export const start = (name: BrowserName, ...flags: string[]): Promise<Browser> =>
  launches[name](browsers[name] ?? "", flags);

/** Serves a folder with such headers for as long as a browser visits a page of it. */
export async function visit(
  browser: Browser,
  folder: string,
  page: string,
  headers?: Record<string, string>,
): Promise<Visit> {
  const site = await serve(folder, headers);
  try {
    return await browser.visit(site.url + page);
  } finally {
    await site.close();
  }
}
