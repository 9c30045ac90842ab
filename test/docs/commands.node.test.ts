import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { blocksOf, codeSpansOf, pages, root } from "./pages.ts";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** A line of a shell without its comment, in commands. */
const commandsOf = (line: string): string[] =>
  line
    .replace(/(^| +)#.*$/, "")
    .split("&&")
    .map((command) => command.trim())
    .filter(Boolean);

/** The options that a program of the checkout says it takes: by --help, one of scripts/ in the comment that it opens with. */
function optionsOf(program: string): string[] {
  if (program.startsWith("scripts/")) {
    const [opening] = /^(?:\/\/.*\n)*/.exec(readFileSync(join(root, program), "utf8"))!;
    return opening.match(/--[\w-]+/g) ?? [];
  }
  const { stdout } = spawnSync(process.execPath, ["--import", "tsx", program, "--help"], {
    cwd: root,
    encoding: "utf8",
  });
  return [...stdout.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, option]) => option!);
}

const isThere = (file: string | undefined): boolean =>
  file !== undefined && existsSync(join(root, file));

/** Options of a command that a program does not have. */
function unknownOptions(program: string, words: readonly string[]): string[] {
  const given = words.filter((word) => word.startsWith("--"));
  if (given.length === 0) return [];
  const known = optionsOf(program);
  return given.filter((option) => !known.includes(option));
}

/** The program that a script of package.json starts, where that is one of the examples. */
const programOf = (script: string): string | undefined =>
  /^tsx (examples\/\S+)$/.exec(scripts[script] ?? "")?.[1];

/** What is wrong with `npm ...`. */
function npmProblem([verb = "", ...rest]: readonly string[]): string | undefined {
  if (["ci", "pack", "init", "install", "pkg"].includes(verb)) return undefined;
  const [script = "", ...more] = verb === "run" ? rest : [verb, ...rest];
  if (!(script in scripts)) return `no script "${script}"`;
  const program = programOf(script);
  const unknown = program
    ? unknownOptions(
        program,
        more.filter((word) => word !== "--"),
      )
    : [];
  return unknown.length > 0 ? `${program} has no ${unknown.join(", ")}` : undefined;
}

/** What is wrong with `npx ...`. */
function npxProblem([tool, ...words]: readonly string[]): string | undefined {
  const rest = words[0] === "--tsconfig" && isThere(words[1]) ? words.slice(2) : words;
  const file = rest.find((word) => /\.(?:ts|mjs)$/.test(word));
  if (tool === "tsx" && newcomersFiles.includes(file!)) return undefined;
  if (tool === "tsx" && isThere(file)) {
    const unknown = unknownOptions(file!, rest);
    return unknown.length > 0 ? `${file} has no ${unknown.join(", ")}` : undefined;
  }
  if (tool === "vite" && rest.length === 0) return undefined; // a folder of the reader's own
  if (tool === "vitest" && rest[0] === "run" && isThere(file)) return undefined;
  return "not one of those that are known";
}

/** What is wrong with `node ...`. */
function nodeProblem([file = "", ...rest]: readonly string[]): string | undefined {
  if (newcomersFiles.includes(file)) return undefined;
  if (!isThere(file)) return `no file ${file}`;
  const unknown = unknownOptions(file, rest);
  return unknown.length > 0 ? `${file} has no ${unknown.join(", ")}` : undefined;
}

/** What readers write themselves. */
const newcomersFiles = ["ten-lines.js", "program.ts"];

/** What keeps a command of the documentation from doing what it says; undefined where nothing does. */
function problem(command: string): string | undefined {
  const words = command.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word));
  const [program, ...rest] = words as [string, ...string[]];
  if (program === "npm") return npmProblem(rest);
  if (program === "npx") return npxProblem(rest);
  if (program === "node") return nodeProblem(rest);
  if (program === "mkdir" || program === "cd") return undefined;
  if (program === "xvfb-run") return problem(rest.filter((word) => word !== "-a").join(" "));
  return "not one of those that are known";
}

const inBlocks = pages.flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.trim().split("\n").flatMap(commandsOf))
    .map((command) => ({ page: page.path, command })),
);
const inProse = pages.flatMap((page) =>
  codeSpansOf(page)
    .filter((code) => /^(?:GATEWISE_\w+=\S+ )?(?:npm|npx|node|xvfb-run) \S/.test(code))
    .flatMap(commandsOf)
    .map((command) => ({ page: page.path, command })),
);

describe("commands of the documentation", () => {
  test("there are some", () => {
    expect(inBlocks.length).toBeGreaterThan(5);
    expect(inProse.length).toBeGreaterThan(10);
  });

  const commands = new Map([...inBlocks, ...inProse].map((one) => [one.command, one]));
  test.each([...commands.values()])("$page: $command", ({ command }) => {
    expect(problem(command)).toBeUndefined();
  });
});
