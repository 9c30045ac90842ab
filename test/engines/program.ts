// What scripts/engines.mjs runs in every engine, on the packed package: prints one line of JSON, what each check found.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { engine, init, Linear, LSTM, LSTMCell, randn, Stream, scope, tensor } from "gatewise";
import { jsKernels } from "gatewise/js";
import goldens from "../goldens/same-bits.json" with { type: "json" };
import { hasSimd } from "./host.ts";
import { sameBits } from "./same-bits.ts";

const expectBits = async (kernels: "wasm" | "js", threads: number): Promise<void> => {
  assert.deepEqual(engine(), { kernels, threads });
  assert.deepEqual(await sameBits(), goldens[kernels]);
};

/** How often threads were woken while something ran: once for each pass that is shared. */
async function wakes(work: () => Promise<void>): Promise<number> {
  const { notify } = Atomics;
  let count = 0;
  Atomics.notify = new Proxy(notify, {
    apply(wake, self, args) {
      count++;
      return Reflect.apply(wake, self, args);
    },
  });
  try {
    await work();
  } finally {
    Atomics.notify = notify;
  }
  return count;
}

const kernelBytes = (): Uint8Array =>
  readFileSync(createRequire(import.meta.url).resolve("gatewise/kernels.wasm"));

/** In this order: the first finds a library that nobody has used. */
const checks: Readonly<Record<string, () => unknown>> = {
  "computes without init": () => {
    const y = new Linear(2, 1, { seed: 1 }).forward(tensor([[1, 2]]));
    assert.deepEqual([y.shape, engine().kernels], [[1, 1], "wasm"]);
  },
  "refuses another choice once it is used": () =>
    assert.rejects(init({ kernels: jsKernels }), /already \(wasm, threads: 1\)/),
  "refuses a truncated module": () =>
    assert.rejects(init({ module: kernelBytes().subarray(0, 999), replace: true }), RangeError),
  "says what is wrong with an argument": () =>
    assert.throws(() => new LSTMCell(100, 5).call(randn([32, 99]) as never, undefined as never), {
      name: "RangeError",
      message: /^LSTMCell\.call: expected x of shape \[32, 100\], got \[32, 99\]$/,
    }),
  "streams what it computes at once": () => {
    const lstm = new LSTM(3, 9, { seed: 2 });
    const x = randn([1, 6, 3], { seed: 3 });
    const whole = scope(() => lstm.forward(x).output).data;
    const stream = new Stream([lstm]);
    const out = new Float32Array(9);
    for (let t = 0; t < 6; t++) stream.step(x.data.slice(3 * t, 3 * t + 3), out);
    assert.ok(out.every((value, i) => Math.abs(value - whole[45 + i]!) < 1e-6));
  },
  "has SIMD": () => assert.ok(hasSimd()),
  "wasm: the same bits": async () => {
    await init({ replace: true });
    await expectBits("wasm", 1);
  },
  "kernels.wasm handed over: the same bits": async () => {
    await init({ module: kernelBytes(), replace: true });
    await expectBits("wasm", 1);
  },
  "wasm on two threads: the same bits": async () => {
    await init({ threads: 2, replace: true });
    assert.ok((await wakes(() => expectBits("wasm", 2))) >= 400);
  },
  "js: the same bits": async () => {
    await init({ kernels: jsKernels, replace: true });
    await expectBits("js", 1);
  },
};

const found: Record<string, string> = {};
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    found[name] = "ok";
  } catch (error) {
    found[name] = `${error}`;
  }
}
console.log(JSON.stringify(found));
