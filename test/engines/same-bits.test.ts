import { init } from "gatewise";
import { jsKernels } from "gatewise/js";
import { afterAll, expect, test, vi } from "vitest";
import { Pool } from "../../bindings/core/pool.ts";
import goldens from "../goldens/same-bits.json" with { type: "json" };
import { hash } from "./hash.ts";
import { hasSimd, inNode } from "./host.ts";
import { sameBits } from "./same-bits.ts";

afterAll(() => init({ replace: true }));

test("the hash is FNV-1a: values of its authors, for bytes; NaN is one number", () => {
  expect(hash("")).toBe("cbf29ce484222325");
  expect(hash(Int32Array.of(0x6f6f66))).toBe("dd1270790c25b935"); // "foo" and a zero
  const bits = (pattern: number) => new Float32Array(Uint32Array.of(pattern, 1).buffer);
  expect(hash(bits(0xffc00001))).toBe(hash(bits(0x7fc00000)));
  expect(hash(bits(0x80000000))).not.toBe(hash(bits(0)));
});

test("simd: the engine has it", () => {
  expect(hasSimd()).toBe(true);
});

test("wasm: every weight and output has the bits that it has in every engine", async () => {
  await init({ replace: true });
  expect(await sameBits()).toEqual(goldens.wasm);
});

test("js: its bits are its own, and the same in every engine", async () => {
  await init({ kernels: jsKernels, replace: true });
  expect(await sameBits()).toEqual(goldens.js);
});

test.runIf(inNode)("wasm on two threads: the same", async () => {
  await init({ threads: 2, replace: true });
  const passes = vi.spyOn(Pool.prototype, "run");
  expect(await sameBits()).toEqual(goldens.wasm);
  expect(passes.mock.calls.length, "passes that were shared").toBeGreaterThanOrEqual(400);
  passes.mockRestore();
});
