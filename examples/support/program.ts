import { basename } from "node:path";
import { UserError } from "./errors.ts";
import { helpText, type Option, parseOptions, type Usage, type Values } from "./options.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/**
 * Runs a program with the options of the command line; shows its help where that is asked for. A UserError is reported in
 * one line, and a reader of the output who leaves early (`head`) is no error.
 */
export async function run<const O extends Readonly<Record<string, Option<unknown>>>>(
  usage: Usage<O>,
  main: (options: Values<O>, terminal: Terminal) => void | Promise<void>,
): Promise<void> {
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) =>
    process.exit(code === "EPIPE" ? 0 : 1),
  );
  const file = basename(process.argv[1]!);
  const terminal = openTerminal(process.stdout, process.env);
  try {
    const options = parseOptions(usage, process.argv.slice(2));
    if (options.help) terminal.line(helpText(usage, file));
    else await main(options, terminal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`${basename(file, ".ts")}: ${error.message}`);
    process.exitCode = 1;
  }
}
