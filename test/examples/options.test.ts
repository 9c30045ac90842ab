import { expect, expectTypeOf, test } from "vitest";
import { UserError } from "../../examples/support/errors.ts";
import {
  flag,
  helpText,
  parseOptions,
  path,
  type Values,
  whole,
} from "../../examples/support/options.ts";

const usage = {
  about: "Does this and that.",
  options: {
    data: path("DIR", "folder of the files,\nor nothing"),
    out: path("FILE", "file to write"),
    seed: whole(2, "seed of the weights"),
    steps: whole(undefined, "training steps", 1),
    "no-timing": flag("leave the timing out"),
  },
};
const parse = (...args: string[]) => parseOptions(usage, args);

test("parseOptions fills in what is not given", () => {
  expect(parse()).toEqual({
    help: false,
    data: undefined,
    out: undefined,
    seed: 2,
    steps: undefined,
    "no-timing": false,
  });
  expect(
    parse("--data", "dir", "--out=-", "--seed", "0", "--steps=7", "--no-timing", "--help"),
  ).toEqual({ help: true, data: "dir", out: "-", seed: 0, steps: 7, "no-timing": true });
  expect(parse("-h").help).toBe(true);
  expectTypeOf<Values<typeof usage.options>["seed"]>().toEqualTypeOf<number>();
  expectTypeOf<Values<typeof usage.options>["steps"]>().toEqualTypeOf<number | undefined>();
});

test.each([
  [["--frobnicate"], /^Unknown option '--frobnicate' \(--help shows all options\)$/],
  [["-x"], /^Unknown option '-x' \(/],
  [["digits.gz"], /^Unexpected argument 'digits\.gz' \(/],
  [["--data"], /--data.*argument missing \(/],
  [["--data="], /^--data: expected a folder, got nothing$/],
  [["--out="], /^--out: expected a file, got nothing$/],
  [["--data", "--seed"], /--data/],
  [["--help=yes"], /--help/],
  [["--no-timing=yes"], /--no-timing/],
  [["--steps", "0"], /^--steps: expected a whole number from 1 to 1e9, got "0"$/],
  [["--steps", "2.5"], /^--steps: .* got "2\.5"$/],
  [["--steps", "many"], /^--steps: .* got "many"$/],
  [["--steps", ""], /^--steps: .* got ""$/],
  [["--seed=-1"], /^--seed: expected a whole number from 0 to 1e9, got "-1"$/],
  [["--seed", "1e99"], /^--seed/],
])("%j is refused in one line", (args, message) => {
  expect(() => parse(...args)).toThrow(UserError);
  expect(() => parse(...args)).toThrow(message);
  try {
    parse(...args);
  } catch (error) {
    expect((error as Error).message).not.toContain("\n");
  }
});

test("the help has every option, in columns", () => {
  expect(helpText(usage, "this.ts").split("\n")).toEqual([
    "Usage: npx tsx examples/this.ts [options]",
    "",
    "Does this and that.",
    "",
    "Options:",
    "  --data DIR   folder of the files,",
    "               or nothing",
    "  --out FILE   file to write",
    "  --seed N     seed of the weights (default 2)",
    "  --steps N    training steps",
    "  --no-timing  leave the timing out",
    "  --help       show this text",
  ]);
  expect(helpText({ ...usage, command: "npm start --" }, "this.ts")).toMatch(
    /^Usage: npm start -- \[options\]\n/,
  );
});
