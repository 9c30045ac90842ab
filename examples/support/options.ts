import { parseArgs } from "node:util";
import { UserError } from "./errors.ts";

/** One option of a program: what it takes and what it is without. */
export interface Option<T> {
  /** Stands for the value in the help; nothing for a switch. */
  readonly takes: string;
  readonly about: string;
  readonly default: T;
  /** Reads a value; throws a UserError for one that will not do. */
  read(name: string, text: string): T;
}

/** A whole number of at least 0, or another `least`. */
export const whole = <T extends number | undefined>(
  fallback: T,
  about: string,
  least = 0,
): Option<T | number> => ({
  takes: "N",
  about: fallback === undefined ? about : `${about} (default ${fallback.toLocaleString("en")})`,
  default: fallback,
  read(name, text) {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > 1e9) {
      throw new UserError(`${name}: expected a whole number from ${least} to 1e9, got "${text}"`);
    }
    return value;
  },
});

/** A file ("FILE") or folder ("DIR"). */
export const path = (takes: "FILE" | "DIR", about: string): Option<string | undefined> => ({
  takes,
  about,
  default: undefined,
  read(name, text) {
    const kind = takes === "DIR" ? "a folder" : "a file";
    if (text === "") throw new UserError(`${name}: expected ${kind}, got nothing`);
    return text;
  },
});

/** Something to be turned on. */
export const flag = (about: string): Option<boolean> => ({
  takes: "",
  about,
  default: false,
  read: () => true,
});

/** What a program says of itself, and what it can be given. */
export interface Usage<O extends Readonly<Record<string, Option<unknown>>>> {
  /** How it is started, where not by `npx tsx` and its name. */
  readonly command?: string;
  /** What it does, in lines of less than 80 characters. */
  readonly about: string;
  readonly options: O;
}

/** The values of a program's options by their names, and whether help is asked for. */
export type Values<O> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never } & {
  readonly help: boolean;
};

/** The text of `--help` for a program in a file of this name. */
export function helpText(
  { command, about, options }: Usage<Record<string, Option<unknown>>>,
  file: string,
): string {
  const rows = Object.entries({ ...options, help: flag("show this text") }).map(
    ([name, { takes, about }]) => [`--${name} ${takes}`.trimEnd(), about] as const,
  );
  const width = Math.max(...rows.map(([option]) => option.length)) + 2;
  const lines = rows.map(
    ([option, about]) =>
      `  ${option.padEnd(width)}${about.replaceAll("\n", `\n${" ".repeat(width + 2)}`)}`,
  );
  return [
    `Usage: ${command ?? `npx tsx examples/${file}`} [options]`,
    "",
    about,
    "",
    "Options:",
    ...lines,
  ].join("\n");
}

/** Reads the command line; throws a UserError for what it does not know. */
export function parseOptions<O extends Readonly<Record<string, Option<unknown>>>>(
  { options }: Usage<O>,
  args: readonly string[],
): Values<O> {
  const given: Readonly<Record<string, unknown>> = parse(options, args);
  const values = Object.entries(options).map(([name, option]) => {
    const text = given[name];
    return [name, text === undefined ? option.default : option.read(`--${name}`, `${text}`)];
  });
  return { ...Object.fromEntries(values), help: given.help === true };
}

function parse(options: Readonly<Record<string, Option<unknown>>>, args: readonly string[]) {
  const named = Object.entries(options).map(
    ([name, { takes }]) => [name, { type: takes ? "string" : "boolean" }] as const,
  );
  try {
    return parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(named), help: { type: "boolean", short: "h" } },
    }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split(/[.\n](?:\s|$)/); // Node adds advice for programmers
    throw new UserError(`${sentence} (--help shows all options)`);
  }
}
