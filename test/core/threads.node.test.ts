import { execFileSync } from "node:child_process";
import workerThreads from "node:worker_threads";
import {
  Adam,
  engine,
  GRU,
  init,
  Linear,
  LSTM,
  mse,
  RNN,
  randn,
  sum,
  type Tensor,
  valueAndGrad,
} from "gatewise";
import { jsKernels } from "gatewise/js";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { embeddedKernels } from "../../bindings/core/kernels.ts";
import { Pool, startPool } from "../../bindings/core/pool.ts";
import { startRuntime } from "../../bindings/core/runtime.ts";

/** Layers whose work is shared out: each has more than 10 million operations. H and I are no multiples of 4. */
const layers = {
  "RNN tanh": () => new RNN(70, 151, { seed: 1 }),
  "RNN relu": () => new RNN(70, 151, { seed: 1, nonlinearity: "relu" }),
  LSTM: () => new LSTM(70, 91, { seed: 1, numLayers: 2, bidirectional: true }),
  GRU: () => new GRU(70, 91, { seed: 1, bidirectional: true }),
  "GRU reset before": () => new GRU(70, 91, { seed: 1, resetAfter: false }),
};

const [batch, time] = [26, 30];
const x = randn([batch, time, 70], { seed: 2 });
const ragged = Array.from({ length: batch }, (_, i) => (i * 11) % (time + 1));

/** Outputs and every gradient of a layer made under the kernels in use. */
function run(create: () => RNN | LSTM | GRU, options: object): Record<string, Float32Array> {
  const layer = create() as GRU;
  const { value, gradients } = valueAndGrad(
    () => {
      const { output } = layer.forward(x, undefined, options);
      return { loss: mse(output, randn(output.shape, { seed: 3 })), output };
    },
    { x, ...layer.parameters() },
  );
  const all: Record<string, Tensor> = { output: value.output, ...gradients };
  return Object.fromEntries(Object.entries(all).map(([name, t]) => [name, t.data]));
}

const runs = { full: {}, ragged: { lengths: ragged }, checkpoints: { checkpointEvery: 11 } };

describe("threads", () => {
  it.each(Object.entries(layers))("%s: the same bits on 1, 2 and 3", async (_, create) => {
    await init({ replace: true });
    const alone = Object.values(runs).map((options) => run(create, options));
    for (const threads of [2, 3]) {
      await init({ threads, replace: true });
      expect(engine()).toEqual({ kernels: "wasm", threads });
      const passes = vi.spyOn(Pool.prototype, "run");
      const shared = Object.values(runs).map((options) => run(create, options));
      expect(passes.mock.calls.length, "passes that were shared").toBeGreaterThan(3);
      passes.mockRestore();
      expect(shared).toEqual(alone);
    }
  });

  it("are left alone by sizes too small to gain", async () => {
    await init({ threads: 2, replace: true });
    const passes = vi.spyOn(Pool.prototype, "run");
    const small = new LSTM(3, 8, { seed: 1 });
    small.forward(randn([32, 20, 3]));
    new LSTM(128, 256).forward(randn([1, 50, 128])); // one sequence cannot be shared
    expect(passes).not.toHaveBeenCalled();
    passes.mockRestore();
  });

  it("are refused with other kernels, and where there is no choice any more", async () => {
    await init({ threads: 2, replace: true });
    await expect(init({ threads: 3 })).rejects.toThrow(/already.*threads: 2/);
    await init({ threads: 2 });
    await expect(init({ kernels: jsKernels, threads: 2, replace: true })).rejects.toThrow(
      RangeError,
    );
    expect(engine()).toEqual({ kernels: "wasm", threads: 2 });
  });

  it("do not keep the program alive", () => {
    const program =
      'const { init, LSTM, randn } = await import("gatewise"); await init({ threads: 2 });' +
      "console.log(new LSTM(128, 256).forward(randn([32, 20, 128])).output.size);";
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      timeout: 20_000,
    });
    expect(output.toString().trim()).toBe(`${32 * 20 * 256}`);
  });
});

describe("a thread that fails", () => {
  const made: workerThreads.Worker[] = [];
  const original = workerThreads.Worker;

  /** A runtime with two threads that is given up on after a fifth of a second, and the thread beside ours. */
  beforeEach(async () => {
    made.length = 0;
    workerThreads.Worker = class extends original {
      constructor(...args: ConstructorParameters<typeof original>) {
        super(...args);
        made.push(this);
      }
    };
    const instance = await startPool("test", embeddedKernels(), 2, 200);
    workerThreads.Worker = original;
    startRuntime({ name: "wasm", instantiate: () => instance });
  });

  it("ends the step with an error, leaves weights as they were, and the rest runs on one", async () => {
    const lstm = new LSTM(70, 91, { seed: 1 });
    const head = new Linear(91, 1, { seed: 2 });
    const optimizer = new Adam({ learningRate: 1e-2 });
    const y = randn([batch, time, 1], { seed: 3 });
    const step = (): number =>
      optimizer.minimize(() => mse(head.forward(lstm.forward(x).output), y));
    const first = step();
    const weights = (): Float32Array[] => Object.values(lstm.parameters()).map((p) => p.data);
    const before = weights();
    await made[0]!.terminate(); // as from outside
    expect(step).toThrow(/gatewise: a thread gave no sign.*nothing was updated/);
    expect(weights()).toEqual(before);
    expect(engine().threads).toBe(1);
    const next = step();
    expect(next).toBeLessThan(first);
    expect(weights()).not.toEqual(before);
  });

  it("by a trap does the same", () => {
    const layer = new GRU(70, 91, { seed: 1 });
    const passes = vi.spyOn(Pool.prototype, "run").mockImplementation(function (
      this: Pool,
      kernel,
    ) {
      passes.mockRestore();
      this.run(kernel, 2 ** 31 - 4096, 0); // a table that is beyond the memory
    });
    expect(() => valueAndGrad(() => sum(layer.forward(x).output), { x })).toThrow(
      /out of bounds|a kernel trapped/,
    );
    expect(layer.forward(x).output.data.every(Number.isFinite)).toBe(true);
  });
});
