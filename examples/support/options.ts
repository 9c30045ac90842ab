import { parseArgs } from "node:util";
import { UserError } from "./errors.ts";

export interface Options {
  readonly help: boolean;
  /** Folder of the MNIST files; without it digits are drawn. */
  readonly mnist: string | undefined;
  readonly seed: number;
  /** Training steps of each network, where not the usual number. */
  readonly steps: number | undefined;
  readonly timing: boolean;
}

export const help = `Usage: npm start -- [options]

Trains two recurrent networks in the terminal, within a minute:
  1. sine to cosine: an LSTM of 20 units, 501 steps
  2. digits, read row by row: an RNN of 50 units, 4,001 steps
and times a training step of each in WebAssembly and in plain JavaScript.

Options:
  --mnist DIR   train on MNIST instead of digits drawn here; DIR holds
                train-images-idx3-ubyte, train-labels-idx1-ubyte,
                t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
                each plain or gzip (.gz)
  --seed N      seed of the weights and of the drawn digits (default 2)
  --steps N     train each network for N steps instead
  --no-timing   leave the timing out
  --help        show this text`;

/** Reads the command line; throws a UserError for what it does not know. */
export function parseOptions(args: readonly string[]): Options {
  const values = parse(args);
  if (values.mnist === "") throw new UserError("--mnist: expected a folder, got nothing");
  return {
    help: values.help,
    mnist: values.mnist,
    seed: whole("--seed", values.seed, 0),
    steps: values.steps === undefined ? undefined : whole("--steps", values.steps, 1),
    timing: !values["no-timing"],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h", default: false },
        mnist: { type: "string" },
        seed: { type: "string", default: "2" },
        steps: { type: "string" },
        "no-timing": { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split(/[.\n](?:\s|$)/); // Node adds advice for programmers
    throw new UserError(`${sentence} (--help shows all options)`);
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > 1e9) {
    throw new UserError(`${name}: expected a whole number from ${least} to 1e9, got "${text}"`);
  }
  return value;
}
