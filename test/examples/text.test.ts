import { expect, test } from "vitest";
import { documentation, prose, wrap } from "../../examples/support/text.ts";

test("prose: without code and tables", () => {
  const markdown = "# Title\n\n```sh\nnpm ci\n```\n\nOne | two.\n\n| a | b |\n|---|---|\n\nEnd\n";
  expect(prose(markdown)).toBe("# Title\n\nOne | two.\n\nEnd\n");
});

test("documentation: the project's own", () => {
  const text = documentation();
  expect(text.length).toBeGreaterThan(15_000);
  expect(text).toContain("# Gatewise");
  expect(text).toContain("# Architecture");
  expect(text).not.toContain("```");
});

test("wrap: at spaces, or where there are none in the middle", () => {
  expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
  expect(wrap("12345678 x", 8)).toEqual(["12345678", "x"]);
  expect(wrap("abcdefghijkl m\n\nn", 5)).toEqual(["abcde", "fghij", "kl m", "", "n"]);
  expect(wrap("", 5)).toEqual([""]);
});
