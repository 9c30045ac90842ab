import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./pages.ts";

/** How a newcomer's project is checked: strictly, but for what TypeScript does not call strict. */
const compilerOptions = {
  target: "es2022",
  module: "nodenext",
  lib: ["es2022", "dom", "dom.iterable"],
  types: ["node"],
  strict: true,
  allowJs: true,
  checkJs: true,
  moduleDetection: "force",
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
};

/** What `vite/client` says of a file that is asked for by its address. */
const viteTypes = 'declare module "*?url" { const url: string; export default url; }';

/** What a program did. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds that a program may take: less than a test (vitest.config.ts), so that none outlives its own. */
const patience = 200_000;

/** A folder outside the checkout with the built package in its node_modules. */
export class Workshop {
  readonly folder: string = mkdtempSync(join(tmpdir(), "gatewise-docs-"));

  constructor() {
    const modules = join(this.folder, "node_modules");
    mkdirSync(modules);
    symlinkSync(root, join(modules, "gatewise"));
    for (const name of ["@types", "cli-progress"])
      symlinkSync(join(root, "node_modules", name), join(modules, name));
    this.write("vite.d.ts", viteTypes);
    this.write("package.json", JSON.stringify({ private: true, type: "module" }));
    this.write("tsconfig.json", JSON.stringify({ compilerOptions, exclude: ["node_modules"] }));
  }

  /** Writes a file; folders come to be as needed. */
  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs a program by Node, with such a subfolder as the current one. */
  run(folder: string, ...args: readonly string[]): Promise<Outcome> {
    const options = {
      cwd: join(this.folder, folder),
      env: { ...process.env, NO_COLOR: "1" },
      timeout: patience,
      killSignal: "SIGKILL",
    } as const;
    return new Promise((resolve) => {
      const child = execFile(process.execPath, args, options, (_, stdout, stderr) =>
        resolve({ status: child.exitCode ?? 1, stdout, stderr }),
      );
      child.stdin?.end();
    });
  }

  /** Runs a program in TypeScript or JavaScript. */
  runProgram(folder: string, file: string): Promise<Outcome> {
    const { resolve } = createRequire(import.meta.url);
    return this.run(folder, "--import", pathToFileURL(resolve("tsx")).href, file);
  }

  /** What TypeScript has to say about everything in the folder; empty where that is nothing. */
  async typeErrors(): Promise<string> {
    const { stdout, stderr } = await this.run(
      "",
      join(root, "node_modules/typescript/bin/tsc"),
      "-p",
      ".",
    );
    return stdout + stderr;
  }

  /** Removes the folder. */
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
