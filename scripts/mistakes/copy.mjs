// A copy of the project in a temporary folder, to make mistakes in.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { edited } from "./write.mjs";

const leftOut = new Set(["node_modules", ".git", "build", "coverage"]);
const generated = "bindings/core/generated";
/** Seconds until the tests of a mistake's own list, or all of them, must have ended: a mistake may make a loop endless. */
const limits = { own: 240, all: 1200 };
/** Failures that say that a mistake is no program at all, which any test would notice. */
const noProgram = /^(ReferenceError|SyntaxError)/;

/** Without what a surrounding Vitest has set for its own workers. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV$|TEST$)/.test(name)),
);

export class ProjectCopy {
  #root;
  #home = mkdtempSync(join(tmpdir(), "gatewise-mistakes-"));
  #folder = join(this.#home, "project");
  #kernels = join(this.#home, "kernels");
  #child;

  constructor(root) {
    this.#root = root;
    const filter = (from) => !relative(root, from) || !leftOut.has(basename(from));
    cpSync(root, this.#folder, { recursive: true, filter });
    // Linked one by one: Vite keeps a folder of its own among them.
    const modules = join(this.#folder, "node_modules");
    mkdirSync(modules);
    for (const name of readdirSync(join(root, "node_modules")))
      if (name === ".bin" || !name.startsWith("."))
        symlinkSync(join(root, "node_modules", name), join(modules, name));
  }

  /** Ends what is running and takes the copy away. */
  remove() {
    this.#end();
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 9 }); // what was ended may still be writing
  }

  #end() {
    if (this.#child) process.kill(-this.#child.pid, "SIGKILL");
  }

  /** Runs a command in the copy, in a process group of its own. `status` is null where it took too long. */
  #run(command, args, seconds) {
    return new Promise((resolve, reject) => {
      const options = { cwd: this.#folder, env: environment, detached: true };
      const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
      this.#child = child;
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (d) => (output += d));
      const timer = setTimeout(() => this.#end(), 1000 * seconds);
      child.on("error", reject);
      child.on("close", (status) => {
        clearTimeout(timer);
        this.#child = undefined;
        resolve({ status, output });
      });
    });
  }

  /** Without Binaryen's passes, which take two thirds of the time and change no result. */
  async #buildKernels() {
    const args = ["scripts/build-kernels.mjs", "--optimizeLevel", "0"];
    const { status, output } = await this.#run(process.execPath, args, limits.own);
    if (status !== 0) throw new Error(`the kernels do not compile:\n${output}`);
  }

  /** Builds the kernels as they are without a mistake. */
  async prepare() {
    await this.#buildKernels();
    cpSync(join(this.#folder, generated), this.#kernels, { recursive: true });
  }

  /** Makes a mistake. */
  async apply({ name, edits }) {
    for (const edit of edits) {
      const path = join(this.#folder, edit.file);
      writeFileSync(path, edited(readFileSync(path, "utf8"), edit, name));
    }
    if (touchesKernels(edits)) await this.#buildKernels();
  }

  /** Takes it back. */
  restore({ edits }) {
    for (const { file } of edits) cpSync(join(this.#root, file), join(this.#folder, file));
    if (touchesKernels(edits))
      cpSync(this.#kernels, join(this.#folder, generated), { recursive: true });
  }

  /**
   * Runs test files, or all tests where none is named, up to the first failure: what failed, undefined where nothing did.
   * Throws where the tests could not run.
   */
  async test(files = []) {
    const report = join(this.#home, "report.json");
    rmSync(report, { force: true });
    const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project=node", "--bail=1"];
    const reporting = ["--reporter=json", `--outputFile=${report}`];
    // Of a few files the first mostly notices: others beside it would be work for nothing.
    const chosen = files.length > 0 ? ["--maxWorkers=1", ...files] : [];
    const seconds = files.length > 0 ? limits.own : limits.all;
    const args = [...vitest, ...reporting, ...chosen];
    const { status, output } = await this.#run(process.execPath, args, seconds);
    if (status === null) return { file: files[0], test: "did not end" };
    if (!existsSync(report)) throw new Error(`Vitest gave no report:\n${output}`);
    return this.#firstFailure(JSON.parse(readFileSync(report, "utf8")));
  }

  #firstFailure({ success, numTotalTests, testResults }) {
    for (const { name, assertionResults } of testResults)
      for (const { status, fullName, failureMessages } of assertionResults)
        if (status === "failed") {
          if (noProgram.test(failureMessages[0] ?? "")) throw new Error(failureMessages[0]);
          return { file: relative(this.#folder, name), test: fullName };
        }
    if (success && numTotalTests > 0) return undefined;
    const messages = testResults.map(({ message }) => message).filter((message) => message);
    throw new Error(`the tests did not run: ${messages.join("\n") || "there are none"}`);
  }
}

const touchesKernels = (edits) => edits.some(({ file }) => file.startsWith("assembly/"));
