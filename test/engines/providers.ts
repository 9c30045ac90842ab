import { defineBrowserProvider } from "@vitest/browser";
import { playwright } from "@vitest/browser-playwright";
import type { Browser } from "puppeteer-core";
import type { BrowserProvider, BrowserProviderOption, TestProject } from "vitest/node";
import { chromiumArguments } from "./browsers.ts";
import { twice, within } from "./patience.ts";
import { WebKitDriver } from "./webkit-driver.ts";

/**
 * Milliseconds that a browser may take to start; to start and to open its page: more, so that a start has ended before the
 * next is tried; and to close.
 */
const patience = { launch: 50_000, open: 60_000, close: 10_000 };

/** A browser that opens one page at a time; a start that hangs or fails is tried once more. */
abstract class OnePage implements BrowserProvider {
  abstract readonly name: string;
  readonly supportsParallelism = false;

  constructor(project: TestProject) {
    // Vitest asks its provider for the size of the page, which no test of ours depends on.
    project.browser!.registerCommand("__vitest_viewport" as never, (() => {}) as never);
  }

  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  openPage(_session: string, url: string): Promise<void> {
    const open = () => within(`${this.name}: start`, patience.open, this.show(url));
    return twice(open, () => this.close());
  }

  async close(): Promise<void> {
    await within(`${this.name}: end`, patience.close, this.leave()).catch(() => {});
    this.kill();
  }

  /** Starts the browser where it does not run yet, and shows a page. */
  protected abstract show(url: string): Promise<void>;
  /** Asks the browser to end. */
  protected abstract leave(): Promise<void>;
  /** Ends what has not ended by itself. */
  protected abstract kill(): void;
}

/** Firefox ESR by WebDriver BiDi. */
class Firefox extends OnePage {
  readonly name = "firefox";
  readonly #path: string;
  #browser: Browser | undefined;

  constructor(project: TestProject, path: string) {
    super(project);
    this.#path = path;
  }

  protected async show(url: string): Promise<void> {
    const { launch } = await import("puppeteer-core");
    this.#browser ??= await launch({
      browser: "firefox",
      executablePath: this.#path,
      headless: true,
      timeout: patience.launch,
    });
    const page = await this.#browser.newPage();
    await page.goto(url);
  }

  protected async leave(): Promise<void> {
    await this.#browser?.close();
  }

  protected kill(): void {
    this.#browser?.process()?.kill("SIGKILL");
    this.#browser = undefined;
  }
}

/** WebKitGTK's MiniBrowser; needs a display. */
class WebKit extends OnePage {
  readonly name = "webkit";
  readonly #driver: WebKitDriver;

  constructor(project: TestProject, path: string) {
    super(project);
    this.#driver = new WebKitDriver(path, patience.launch);
  }

  protected show(url: string): Promise<void> {
    return this.#driver.show(url);
  }

  protected leave(): Promise<void> {
    return this.#driver.leave();
  }

  protected kill(): void {
    this.#driver.kill();
  }
}

/** How Vitest starts each browser, given the path of its program. */
export const providers: Readonly<
  Record<"chromium" | "firefox" | "webkit", (path: string) => BrowserProviderOption>
> = {
  chromium: (executablePath) =>
    playwright({
      launchOptions: {
        executablePath,
        args: [...chromiumArguments, "--js-flags=--expose-gc"],
        timeout: patience.launch,
      },
    }),
  firefox: (path) =>
    defineBrowserProvider({
      name: "firefox",
      supportedBrowser: ["firefox"],
      options: {},
      providerFactory: (project) => new Firefox(project, path),
    }),
  webkit: (path) =>
    defineBrowserProvider({
      name: "webkit",
      supportedBrowser: ["webkit"],
      options: {},
      providerFactory: (project) => new WebKit(project, path),
    }),
};
