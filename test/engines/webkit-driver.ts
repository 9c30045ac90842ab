import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A port of this machine that nobody listens on. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Ends a process and those of its group, where they have not ended by themselves. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** WebKitGTK's MiniBrowser with one page, by WebKitWebDriver (the WebDriver protocol); needs a display. */
export class WebKitDriver {
  readonly #path: string;
  readonly #patience: number;
  #driver: ChildProcess | undefined;
  #address = "";
  #session = "";

  /** Path of the browser's program, and how many milliseconds the driver may take until it listens. */
  constructor(path: string, patience: number) {
    this.#path = path;
    this.#patience = patience;
    process.once("exit", () => this.kill());
  }

  /** Starts the browser where it does not run yet, and shows a page. */
  async show(url: string): Promise<void> {
    if (!this.#session) await this.#start();
    await this.#call("POST", `${this.#session}/url`, { url });
  }

  /** What an expression gives in the page. */
  evaluate(expression: string): Promise<unknown> {
    const body = { script: `return ${expression}`, args: [] };
    return this.#call("POST", `${this.#session}/execute/sync`, body);
  }

  /** Asks the browser to end. */
  async leave(): Promise<void> {
    if (this.#session) await this.#call("DELETE", this.#session);
  }

  /** Ends what has not ended by itself. */
  kill(): void {
    const { pid } = this.#driver ?? {};
    if (pid !== undefined) endGroup(pid);
    this.#driver = undefined;
    this.#session = "";
  }

  async #start(): Promise<void> {
    const port = await freePort();
    this.#address = `http://127.0.0.1:${port}`;
    // WebKitGTK hides SharedArrayBuffer behind an option of JavaScriptCore.
    const env = { ...process.env, JSC_useSharedArrayBuffer: "1" };
    const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
      ...{ stdio: "ignore", env },
      detached: true, // in a group of its own, with the browser that it starts
    });
    this.#driver = driver;
    const broken = new Promise<never>((_, reject) => driver.once("error", reject));
    await Promise.race([this.#answers(), broken]);
    const options = { binary: this.#path, args: ["--automation"] };
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options } };
    const session = await this.#call("POST", "/session", { capabilities });
    this.#session = `/session/${(session as { sessionId: string }).sessionId}`;
  }

  /** Comes back once the driver listens. */
  async #answers(): Promise<void> {
    const end = Date.now() + this.#patience;
    while (Date.now() < end) {
      const status = await this.#call("GET", "/status").catch(() => undefined);
      if (status) return;
      await pause(50);
    }
    throw new Error(`WebKitWebDriver: does not listen after ${this.#patience / 1000} seconds`);
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.#address + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok)
      throw new Error(`WebKitWebDriver: ${method} ${path}: ${JSON.stringify(value)}`);
    return value ?? {};
  }
}
