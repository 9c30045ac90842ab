import { expect, test } from "vitest";
import { UserError } from "../../examples/support/errors.ts";
import { help, parseOptions } from "../../examples/support/options.ts";

test("parseOptions fills in what is not given", () => {
  expect(parseOptions([])).toEqual({
    help: false,
    mnist: undefined,
    seed: 2,
    steps: undefined,
    timing: true,
  });
  expect(
    parseOptions(["--mnist", "dir", "--seed", "0", "--steps=7", "--no-timing", "--help"]),
  ).toEqual({ help: true, mnist: "dir", seed: 0, steps: 7, timing: false });
  expect(parseOptions(["-h"]).help).toBe(true);
});

test.each([
  [["--frobnicate"], /^Unknown option '--frobnicate' \(--help shows all options\)$/],
  [["-x"], /^Unknown option '-x' \(/],
  [["digits.gz"], /^Unexpected argument 'digits\.gz' \(/],
  [["--mnist"], /--mnist.*argument missing \(/],
  [["--mnist="], /^--mnist: expected a folder, got nothing$/],
  [["--mnist", "--seed"], /--mnist/],
  [["--help=yes"], /--help/],
  [["--steps", "0"], /^--steps: expected a whole number from 1 to 1e9, got "0"$/],
  [["--steps", "2.5"], /^--steps: .* got "2\.5"$/],
  [["--steps", "many"], /^--steps: .* got "many"$/],
  [["--steps", ""], /^--steps: .* got ""$/],
  [["--seed=-1"], /^--seed: expected a whole number from 0 to 1e9, got "-1"$/],
  [["--seed", "1e99"], /^--seed/],
])("%j is refused in one line", (args, message) => {
  const parse = () => parseOptions(args);
  expect(parse).toThrow(UserError);
  expect(parse).toThrow(message);
  try {
    parse();
  } catch (error) {
    expect((error as Error).message).not.toContain("\n");
  }
});

test("the help names every option and fits 80 columns", () => {
  for (const option of ["--mnist DIR", "--seed N", "--steps N", "--no-timing", "--help"]) {
    expect(help).toContain(option);
  }
  expect(Math.max(...help.split("\n").map((line) => line.length))).toBeLessThan(80);
});
