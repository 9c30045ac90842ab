import { expect, test } from "vitest";
import { checkFlag } from "../../bindings/core/check.ts";

test("checkFlag: true, false or the fallback, and nothing that only looks like one", () => {
  expect(checkFlag("f", "flag", true)).toBe(true);
  expect(checkFlag("f", "flag", false, true)).toBe(false);
  expect(checkFlag("f", "flag", undefined)).toBe(false);
  expect(checkFlag("f", "flag", undefined, true)).toBe(true);
  for (const [value, got] of [
    [null, "null"],
    [0, "0"],
    ["no", 'the string "no"'],
  ] as const)
    expect(() => checkFlag("f", "flag", value, true)).toThrow(
      new TypeError(`f: expected flag to be true or false, got ${got}`),
    );
});
