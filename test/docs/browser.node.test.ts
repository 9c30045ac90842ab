import { basename, join } from "node:path";
import type { Browser, Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "../consumers/support/serve.ts";
import { path as chromium, startChromium } from "./chromium.ts";
import { pageAt, pages } from "./pages.ts";
import { folderOf } from "./programs.ts";
import { Workshop } from "./workshop.ts";

const workshop = new Workshop();
let browser: Browser;

if (!chromium) console.log("pages of the documentation are skipped, without Chromium");

beforeAll(async () => {
  if (chromium) browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  workshop.close();
});

/** Builds what a page of documentation shows, by Vite: the folder it is in. */
async function bundle(path: string): Promise<string> {
  const name = basename(path, ".md");
  for (const [file, text] of Object.entries(folderOf(pageAt(path)).files))
    workshop.write(`${name}/${file}`, text);
  const root = join(workshop.folder, name);
  await build({ root, configFile: false, logLevel: "error", worker: { format: "es" } });
  return join(root, "dist");
}

/** Opens what a page of documentation shows, does something there, and returns what went wrong in its console. */
async function visit(path: string, act: (page: Page) => Promise<void>): Promise<string[]> {
  const site = await serve(await bundle(path));
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`${error}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  try {
    await page.goto(`${site.url}index.html`);
    await act(page);
  } finally {
    await page.close();
    await site.close();
  }
  return problems;
}

/** A script: what `status` says first is kept, and training cancelled. */
const cancelAtFirstProgress = `
  new MutationObserver((_, observer) => {
    observer.disconnect();
    firstProgress = document.querySelector("#status").textContent;
    document.querySelector("#cancel").click();
  }).observe(document.querySelector("#status"), { childList: true, subtree: true });
`;

/** Waits until an element says something. */
async function says(page: Page, id: string, pattern: RegExp): Promise<void> {
  const element = page.locator(`#${id}`);
  await element
    .filter({ hasText: pattern })
    .waitFor({ timeout: 30_000 })
    .catch(async () => expect(await element.textContent()).toMatch(pattern));
}

describe.skipIf(!chromium)("pages of the documentation", () => {
  test("training in a worker: it learns, tells how far it is, and can be cancelled", async () => {
    const problems = await visit("docs/training-in-a-worker.md", async (page) => {
      const [start, cancel] = [page.locator("#start"), page.locator("#cancel")];
      await page.evaluate(cancelAtFirstProgress); // in the page: training would be over before a click from here
      await start.click();
      await says(page, "status", /^cancelled$/);
      expect(await page.evaluate("firstProgress")).toMatch(/^epoch \d+, loss \d\.\d{4}$/);
      expect(await page.evaluate("document.querySelector('#progress').value")).toBeLessThan(0.9);

      expect(await cancel.isDisabled()).toBe(true);
      await start.click();
      await says(page, "status", /^done: the cosine of 1 is about 0\.5$/);
    });
    expect(problems).toEqual([]);
  });

  test("audio: the model comes to work", async () => {
    const problems = await visit("docs/audio.md", async (page) => {
      await page.locator("#play").click();
      await says(page, "status", /^the model is at work$/);
      await page.locator("#drive").fill("0.8");
    });
    expect(problems).toEqual([]);
  });
});

test("every page with files of its own is opened above", () => {
  const own = pages.filter((page) => {
    const { files, programs } = folderOf(page);
    return Object.keys(files).length > programs.length;
  });
  expect(own.map(({ path }) => path)).toEqual(["docs/audio.md", "docs/training-in-a-worker.md"]);
});
