import type { Browser, BrowserContextOptions, Page } from "playwright";
import { chromium as playwright } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, inject } from "vitest";
import { chromiumArguments } from "../engines/browsers.ts";

/** Opens a panel in a page of its own, which is closed after the test. */
export type Open = (panel: string, options?: BrowserContextOptions) => Promise<Page>;

/**
 * Tests in Chromium; skipped where there is none. After each test, what the page has complained of on its console fails it.
 */
export function describeInBrowser(name: string, tests: (open: Open) => void): void {
  const url = inject("playground");
  describe.skipIf(url === undefined)(name, () => {
    let browser: Browser;
    const complaints: string[] = [];
    beforeAll(async () => {
      browser = await playwright.launch({
        executablePath: inject("chromium")!,
        args: [...chromiumArguments],
      });
    });
    afterAll(() => browser.close());
    afterEach(async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
      expect(complaints.splice(0), "what the page complained of").toEqual([]);
    });

    tests(async (panel, options) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        ...options,
      });
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      await page.goto(`${url}#${panel}`);
      await page.getByRole("heading", { level: 2 }).waitFor();
      return page;
    });
  });
}

/** The number after some words in a panel's line of text: `readNumber(page, /error ([\d.e-]+)/)`. Waits until it is there. */
export async function readNumber(page: Page, pattern: RegExp): Promise<number> {
  const text = page.locator("section:not([hidden])").getByText(pattern).first();
  return Number((await text.textContent())!.match(pattern)![1]);
}

/** The least of several measurements, since a machine may be busy with other things; ends at the first one below `enough`. */
export async function bestOf(
  count: number,
  measure: () => Promise<number>,
  enough: number,
): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count && best >= enough; i++) best = Math.min(best, await measure());
  return best;
}

/** Waits until what a function finds out satisfies another. */
export const until = <T>(find: () => Promise<T>, satisfied: (found: T) => boolean): Promise<void> =>
  expect.poll(async () => satisfied(await find()), { timeout: 30_000, interval: 50 }).toBe(true);
