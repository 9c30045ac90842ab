import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { chooseEngines } from "./browsers.ts";
import { nodeOnlyTests } from "./node-only.ts";
import { twice, within } from "./patience.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewise-choice-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text = ""): string => {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
};

describe("engines", () => {
  beforeEach(() => {
    vi.stubEnv("PATH", folder);
    for (const name of ["CHROMIUM", "FIREFOX", "WEBKIT", "DISPLAY"]) vi.stubEnv(name, undefined);
  });

  test("without browsers Node alone, and the others are told by name and reason", () => {
    expect(chooseEngines(undefined)).toEqual({
      node: true,
      browsers: {},
      leftOut: [
        "chromium (no chromium)",
        "firefox (no firefox-esr)",
        "webkit (no WebKitWebDriver)",
      ],
    });
  });

  test("those that are there; WebKit with a display only", () => {
    const chromium = write("chromium");
    const browser = write("MiniBrowser");
    write("WebKitWebDriver");
    vi.stubEnv("FIREFOX", "/opt/firefox");
    vi.stubEnv("WEBKIT", browser);
    const found = { chromium, firefox: "/opt/firefox" };
    const { browsers, leftOut } = chooseEngines(undefined);
    expect(browsers).toEqual(found);
    expect(leftOut).toEqual(["webkit (no display; xvfb-run -a npm test)"]);
    vi.stubEnv("DISPLAY", ":1");
    expect(chooseEngines(undefined).browsers).toEqual({ ...found, webkit: browser });
  });

  test("a list chooses, and one that is missing or unknown is an error", () => {
    write("firefox-esr");
    expect(chooseEngines("node")).toEqual({ node: true, browsers: {}, leftOut: [] });
    const { node, browsers } = chooseEngines(" firefox");
    expect([node, Object.keys(browsers)]).toEqual([false, ["firefox"]]);
    expect(() => chooseEngines("node,chromium,firefox")).toThrow(/chromium \(no chromium\)$/);
    expect(() => chooseEngines("node,opera")).toThrow(/expected node, .*, got opera/);
    expect(() => chooseEngines("")).toThrow(RangeError);
  });
});

describe("tests that run in Node only", () => {
  test("by name, by what they import, and by what that imports", () => {
    write("test/a/plain.test.ts", 'import { x } from "../helper.ts";\nimport "gatewise";');
    write("test/a/named.node.test.ts");
    write("test/a/files.test.ts", 'import { readFileSync } from "node:fs";');
    write("test/late.test.ts", 'const { join } = await import("node:path");');
    write("test/through.test.ts", 'import {\n  y,\n} from "./a/more.ts";');
    write("test/helper.ts", 'export { z } from "./circle.ts";');
    write("test/circle.ts", 'import "./helper.ts";');
    write("test/a/more.ts", 'export * from "../most.ts";');
    write("test/most.ts", 'import os from "node:os";');
    expect(nodeOnlyTests(folder)).toEqual(
      ["a/files", "a/named.node", "late", "through"].map((name) => `test/${name}.test.ts`),
    );
  });

  test("none of what computes is among them but what is named so", () => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const computes = /^test\/(cells|core|kernels|models|nn|ops|optim|seq2seq|text|word2vec)\//;
    const unnamed = nodeOnlyTests(root).filter(
      (name) => computes.test(name) && !name.endsWith(".node.test.ts"),
    );
    expect(unnamed).toEqual(["test/cells/sequence-table.test.ts"]); // reads assembly/
  });
});

describe("patience", () => {
  test("within: what a promise brings, or an error that names what was late", async () => {
    vi.useFakeTimers();
    expect(await within("quick", 1000, Promise.resolve(7))).toBe(7);
    const late = within("firefox: start", 60_000, new Promise(() => {}));
    const refused = expect(late).rejects.toThrow("firefox: start: no answer in 60 seconds");
    await vi.advanceTimersByTimeAsync(60_000);
    await refused;
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test("twice: once more, and no more than that", async () => {
    const between = vi.fn(async () => {});
    const failing = vi.fn(async () => {
      throw new Error(`try ${failing.mock.calls.length}`);
    });
    await expect(twice(failing, between)).rejects.toThrow("try 2");
    expect([failing.mock.calls.length, between.mock.calls.length]).toEqual([2, 1]);
    const mending = vi.fn(async () => 3).mockRejectedValueOnce(new Error("once"));
    expect(await twice(mending, between)).toBe(3);
    expect(await twice(async () => 4, failing)).toBe(4);
  });
});
