import v8 from "node:v8";
import vm from "node:vm";
import { Adam, detach, dynamicRNN, Linear, LSTMCell, mse, randn, type Tensor } from "gatewise";
import { expect, test } from "vitest";
import { runtime } from "../../bindings/core/runtime.ts";
import { slice } from "./slice.ts";

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc") as () => void;

const steps = slice(100_000, 10_000);

/** Bytes of JavaScript heap that are in use after a collection; finalizers run between two. */
async function heapUsed(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

test(`${steps} training steps leave memory as it was after the first 100`, async () => {
  const cell = new LSTMCell(2, 8, { seed: 1 });
  const head = new Linear(8, 1, { seed: 2 });
  const optimizer = new Adam({ learningRate: 1e-3, clipNorm: 1 });
  const x = randn([4, 5, 2], { seed: 3 });
  const y = randn([4, 5, 1], { seed: 4 });
  let state: { h: Tensor; c: Tensor } = cell.zeroState(4);
  const train = (): number =>
    optimizer.minimize(() => {
      const run = dynamicRNN(cell, x, { initialState: state, sequenceLength: [5, 3, 0, 4] });
      state = detach(run.state);
      return mse(head.forward(run.outputs), y);
    });

  for (let i = 0; i < 100; i++) train();
  const wasm = runtime().heap.byteLength;
  const heap = await heapUsed();
  for (let i = 100; i < steps; i++) train();
  const grown = (await heapUsed()) - heap;

  console.info(
    `memory over ${steps} steps: WebAssembly ${wasm} bytes throughout, JavaScript heap ${grown > 0 ? "+" : ""}${(grown / 1024).toFixed(0)} KB`,
  );
  expect(runtime().heap.byteLength).toBe(wasm);
  expect(grown).toBeLessThan(256 * 1024);
});
