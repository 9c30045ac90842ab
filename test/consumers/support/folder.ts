import { execFile } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, inject } from "vitest";
import { emptyFolder } from "../../../scripts/pack.mjs";

const programs = fileURLToPath(new URL("../programs/", import.meta.url));
const folders: string[] = [];

/** The text of a program that a consumer runs. */
export const program = (name: string): string => readFileSync(join(programs, name), "utf8");

/**
 * A folder outside the checkout with the package installed in it, copies of such programs, and main.js where its text is
 * given; removed at the end.
 */
export function consumer(files: readonly string[], main?: string): string {
  const folder = emptyFolder("consumer");
  folders.push(folder);
  for (const part of ["package.json", "node_modules"])
    cpSync(join(inject("packed").folder, part), join(folder, part), { recursive: true });
  for (const file of files) writeFileSync(join(folder, file), program(file));
  if (main) writeFileSync(join(folder, "main.js"), main);
  return folder;
}

/** A program that prints what a function of a module gives, as JSON. */
export const printing = (file: string, name: string): string =>
  `import { ${name} } from "./${file}";\n\nconsole.log(JSON.stringify(${name}()));\n`;

/** A page's script that shows it. */
export const showing = (file: string, name: string): string =>
  `import { ${name} } from "./${file}";\n\ndocument.querySelector("output").textContent = JSON.stringify(${name}());\n`;

/** What a program said and how it ended. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** 0 where all went well. */
  readonly code: number;
}

/** Milliseconds that a program may take: less than a test (vitest.consumers.config.ts), so that none outlives its own. */
const patience = 150_000;

/** Runs a program by an executable, by default this Node, in a folder. */
export async function run(
  folder: string,
  args: readonly string[],
  executable: string = process.execPath,
): Promise<Outcome> {
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  try {
    const { stdout, stderr } = await promisify(execFile)(executable, args, {
      ...{ cwd: folder, env, timeout: patience, killSignal: "SIGKILL" },
    });
    return { stdout, stderr, code: 0 };
  } catch (error) {
    const { stdout = "", stderr = "", code } = error as Partial<Outcome>;
    if (typeof code !== "number") throw error;
    return { stdout, stderr, code };
  }
}

/** Runs a program that must end well, and reads the JSON that it prints. */
export async function result(
  folder: string,
  args: readonly string[],
  executable?: string,
): Promise<unknown> {
  const { stdout, stderr, code } = await run(folder, args, executable);
  if (code !== 0 || stderr !== "") throw new Error(`${args.join(" ")} (${code}): ${stderr}`);
  return JSON.parse(stdout);
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
