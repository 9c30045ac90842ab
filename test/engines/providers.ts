import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { defineBrowserProvider } from "@vitest/browser";
import { playwright } from "@vitest/browser-playwright";
import type { Browser } from "puppeteer-core";
import type { BrowserProvider, BrowserProviderOption, TestProject } from "vitest/node";
import { twice, within } from "./patience.ts";

/** Milliseconds that a browser may take to start and to open its page, and to close. */
const patience = { open: 60_000, close: 10_000 };

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
      timeout: patience.open,
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

/** A port of this machine that nobody listens on. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** WebKitGTK's MiniBrowser by WebKitWebDriver (the WebDriver protocol); needs a display. */
class WebKit extends OnePage {
  readonly name = "webkit";
  readonly #path: string;
  #driver: ChildProcess | undefined;
  #address = "";
  #session = "";

  constructor(project: TestProject, path: string) {
    super(project);
    this.#path = path;
    process.once("exit", () => this.kill());
  }

  protected async show(url: string): Promise<void> {
    if (!this.#session) await this.#start();
    await this.#call("POST", `${this.#session}/url`, { url });
  }

  async #start(): Promise<void> {
    const port = await freePort();
    this.#address = `http://127.0.0.1:${port}`;
    // WebKitGTK hides SharedArrayBuffer behind an option of JavaScriptCore.
    const env = { ...process.env, JSC_useSharedArrayBuffer: "1" };
    const driver = spawn("WebKitWebDriver", [`--port=${port}`], { stdio: "ignore", env });
    this.#driver = driver;
    const broken = new Promise<never>((_, reject) => driver.once("error", reject));
    await Promise.race([this.#answers(), broken]);
    const options = { binary: this.#path, args: ["--automation"] };
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options } };
    const { sessionId } = await this.#call("POST", "/session", { capabilities });
    this.#session = `/session/${sessionId}`;
  }

  /** Comes back once the driver listens. */
  async #answers(): Promise<void> {
    const end = Date.now() + patience.open;
    while (Date.now() < end) {
      const status = await this.#call("GET", "/status").catch(() => undefined);
      if (status) return;
      await pause(50);
    }
  }

  async #call(method: string, path: string, body?: unknown): Promise<{ sessionId?: string }> {
    const response = await fetch(this.#address + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: { sessionId?: string } };
    if (!response.ok)
      throw new Error(`WebKitWebDriver: ${method} ${path}: ${JSON.stringify(value)}`);
    return value ?? {};
  }

  protected async leave(): Promise<void> {
    if (this.#session) await this.#call("DELETE", this.#session);
  }

  protected kill(): void {
    this.#driver?.kill("SIGKILL");
    this.#driver = undefined;
    this.#session = "";
  }
}

const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--js-flags=--expose-gc",
];

/** How Vitest starts each browser, given the path of its program. */
export const providers: Readonly<
  Record<"chromium" | "firefox" | "webkit", (path: string) => BrowserProviderOption>
> = {
  chromium: (executablePath) =>
    playwright({
      launchOptions: { executablePath, args: chromiumArguments, timeout: patience.open },
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
