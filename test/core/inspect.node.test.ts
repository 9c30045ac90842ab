import { inspect } from "node:util";
import { add, parameter, scope, tensor } from "gatewise";
import { expect, test } from "vitest";

test("Node's console shows what text shows, within objects too", () => {
  const x = tensor([
    [1, 2.5],
    [-1e-7, 1e10],
  ]);
  const text = "Tensor [2, 2] [[1, 2.5], [-1e-7, 10000000000]]";
  expect(inspect(x)).toBe(text);
  expect(inspect({ x })).toBe(`{ x: ${text} }`);
  expect(inspect(parameter([2]))).toBe("Parameter [1] [2]");
  let ended = x;
  scope(() => {
    ended = add(x, 1);
    expect(inspect(ended)).toBe("Tensor [2, 2] [[2, 3.5], [1, 10000000000]]");
  });
  expect(inspect(ended)).toBe("Tensor [2, 2] of a scope that has ended");
});
