import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeMnist } from "./idx-files.ts";
import { controls, root, runProgram } from "./program.ts";

let mnist: string;
beforeAll(() => {
  mnist = mkdtempSync(join(tmpdir(), "gatewise-mnist-"));
  writeMnist(mnist, { train: 70, test: 20, gzip: ["train-images"] });
});
afterAll(() => rmSync(mnist, { recursive: true }));

const run = (...args: string[]) => runProgram("first-light", ...args);

const mistakes = (stderr: string): string => {
  expect(stderr).toMatch(/^first-light: [^\n]+\n$/); // one line, no stack trace
  return stderr.trimEnd();
};

test("npm start is this program", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(scripts.start).toBe("tsx examples/first-light.ts");
});

describe("training", () => {
  test("a few steps on drawn digits: plain lines, a chart, digits and times", () => {
    const { status, stdout, stderr } = run("--steps", "3");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(controls(stdout)).toEqual([]);
    expect(stdout).toMatch(/step +0 +mean squared error \d\.\d{5}\n/);
    expect(stdout).toMatch(/step +2 +mean squared error \d\.\d{5}\n/);
    expect(stdout.match(/•/g)!.length).toBeGreaterThan(15);
    expect(stdout).toMatch(/150 digits to learn from, 150 others/);
    expect(stdout).toMatch(/step +0 +test cost \d\.\d{4} +test accuracy \d+\.\d %\n/);
    expect(stdout).toMatch(/step +2 +test cost \d\.\d{4} +test accuracy \d+\.\d %\n/);
    expect(stdout).toMatch(/a \d, read as \d/);
    expect(stdout).toMatch(/WebAssembly +JavaScript +ratio\n/);
    expect(stdout).toMatch(/LSTM, sine to cosine +\d+\.\d+ ms +\d+\.\d+ ms +\d+\.\dx\n/);
    expect(stdout).toMatch(/RNN, digits by row +\d+\.\d+ ms +\d+\.\d+ ms +\d+\.\dx\n/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThan(80);
  });

  test("the same seed gives the same figures, another seed other weights and digits", () => {
    const lines = (...args: string[]): string[] =>
      run("--steps", "2", "--no-timing", ...args)
        .stdout.split("\n")
        .filter((line) => !/^ +\d+\.\d s$/.test(line)); // the time taken
    const figures = (output: string[]): string[] => output.filter((line) => /step +\d/.test(line));
    const pictures = (output: string[]): string[] => output.filter((line) => line.includes("█"));

    const five = lines("--seed", "5");
    expect(figures(five).length).toBe(4);
    expect(lines("--seed", "5")).toEqual(five);
    expect(pictures(lines("--seed", "6"))).not.toEqual(pictures(five));
    const files = figures(lines("--mnist", mnist, "--seed", "5"));
    const other = figures(lines("--mnist", mnist, "--seed", "6"));
    for (const [i, figure] of files.entries()) expect(other[i]).not.toBe(figure);
  });

  test("MNIST files, beginning again after the last", () => {
    const { status, stdout, stderr } = run("--mnist", mnist, "--steps", "3", "--no-timing");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain("MNIST");
    expect(stdout).toMatch(/70 digits to learn from, 20 others/);
    expect(stdout).toMatch(/step +2 +test cost/);
    expect(stdout).not.toContain("JavaScript");
  });
});

describe("help and mistakes", () => {
  test("--help goes to stdout", () => {
    const { status, stdout, stderr } = run("--help");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Usage: npm start -- \[options\]\n/);
    expect(controls(stdout)).toEqual([]);
  });

  test("an unknown option", () => {
    const { status, stdout, stderr } = run("--frobnicate");
    expect([status, stdout]).toEqual([1, ""]);
    expect(mistakes(stderr)).toMatch(/Unknown option '--frobnicate' \(--help shows all options\)$/);
  });

  test("a missing folder", () => {
    const { status, stdout, stderr } = run("--mnist", join(mnist, "nowhere"));
    expect([status, stdout]).toEqual([1, ""]);
    expect(mistakes(stderr)).toMatch(/nowhere: no such folder$/);
  });

  test("a damaged file, told of before any training", () => {
    const path = join(mnist, "train-images-idx3-ubyte.gz");
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length - 20));
    const { status, stdout, stderr } = run("--mnist", mnist);
    writeFileSync(path, whole);
    expect([status, stdout]).toEqual([1, ""]);
    expect(mistakes(stderr)).toMatch(/train-images-idx3-ubyte\.gz: damaged gzip/);
  });
});
