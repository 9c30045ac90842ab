import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { describeStream, Stream } from "gatewise";
import { beforeAll, expect, test } from "vitest";
import type { StreamProcessorClass } from "../../bindings/worklet/processor.ts";
// @ts-expect-error: a script without types
import { workletBuild } from "../../scripts/build-options.mjs";
import { played, sound, stacks } from "./models.ts";
import { AudioWorkletProcessor, Rig } from "./scope.ts";

let source: string;
beforeAll(async () => {
  const { outputFiles } = await build({ ...workletBuild, outfile: "worklet.js", write: false });
  source = outputFiles!.find(({ path }) => path.endsWith("worklet.js"))!.text;
});

/** Runs the file where there is what the language has, and no more: no fetch, atob, TextDecoder, performance, setTimeout. */
function load(wasm = true): [name: string, processor: StreamProcessorClass][] {
  const registered: [string, StreamProcessorClass][] = [];
  const registerProcessor = (name: string, processor: StreamProcessorClass) =>
    registered.push([name, processor]);
  const scope = { AudioWorkletProcessor, registerProcessor };
  runInNewContext(source, scope, { contextCodeGeneration: { strings: false, wasm } });
  return registered;
}

const model = describeStream(new Stream(stacks.lstm!()));
const input = sound(128, 1);

test("registers one processor that needs nothing beside it, and runs models to the bit", () => {
  expect(source).not.toMatch(/^(import|export)\b|\bimport\(|;(import|export)\b/m);
  const registered = load();
  expect(registered.map(([name]) => name)).toEqual(["gatewise-stream"]);
  const rig = new Rig(registered[0]![1], { model });
  expect(rig.replies).toEqual([{ id: 0, error: undefined }]);
  expect(rig.block([input], 1).output[0]).toEqual(played(stacks.lstm!(), input));
});

test("where WebAssembly may not be compiled: says so, and the signal goes through", () => {
  const rig = new Rig(load(false)[0]![1], { model });
  expect(rig.replies[0]!.error).toMatch(/compiling WebAssembly is forbidden here/);
  expect(rig.block([input], 1).output[0]).toEqual(input);
});

test("elsewhere than on the audio thread it does nothing, and is no error", () => {
  runInNewContext(source, {});
});

test("bundlers must not drop an import of it, and may drop all others", () => {
  const path = new URL("../../package.json", import.meta.url);
  const { exports, sideEffects } = JSON.parse(readFileSync(path, "utf8"));
  expect(sideEffects).toEqual([exports["./worklet"].default]);
});
