import { readFileSync } from "node:fs";
import { init } from "gatewise";
import type { Word2Vec } from "gatewise/word2vec";
import { beforeAll, expect, test } from "vitest";
import { trained } from "./support.ts";

const vectorsOf = (model: Word2Vec): number[] => model.words.flatMap((w) => [...model.vector(w)]);

let expected: number[];
beforeAll(async () => {
  await init({ replace: true });
  expected = vectorsOf(await trained());
});

test("over memory that threads share, the same bits", async () => {
  await init({ threads: 2, replace: true });
  expect(vectorsOf(await trained())).toEqual(expected);
});

test("out of the module that has all kernels, the same bits, and no other is compiled", async () => {
  const module = readFileSync(new URL("../../build/kernels.wasm", import.meta.url));
  await init({ module, replace: true });
  const { Module } = WebAssembly;
  let compiled = 0;
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      compiled++;
    }
  };
  try {
    expect(vectorsOf(await trained())).toEqual(expected);
  } finally {
    WebAssembly.Module = Module;
  }
  expect(compiled).toBe(0);
});
