import { init, LSTM, randn, sum, valueAndGrad } from "gatewise";
import { expect, test } from "vitest";
import { runtime } from "../../bindings/core/runtime.ts";

const hidden = 64;

/** Bytes of memory that a gradient of the last state takes, and the gradients. */
async function train(
  time: number,
  checkpointEvery?: number,
): Promise<{ bytes: number; gradients: Float32Array[] }> {
  await init({ replace: true }); // memory of its own
  const layer = new LSTM(1, hidden, { seed: 1 });
  const x = randn([1, time, 1], { seed: 2 });
  const options = checkpointEvery === undefined ? {} : { checkpointEvery };
  const { gradients } = valueAndGrad(
    () => sum(layer.forward(x, undefined, options).state.h),
    layer.parameters(),
  );
  const bytes = runtime().heap.byteLength;
  return { bytes, gradients: Object.values(gradients).map((g) => g.data) };
}

test("20,000 steps in the memory of their checkpoints, with the same gradients to the bit", async () => {
  const [short, long] = [5_000, 20_000];
  const whole = await train(long);
  const parts = await train(long, Math.round(Math.sqrt(long)));
  const quarter = await train(short, Math.round(Math.sqrt(short)));
  const none = (await train(4)).bytes;
  // Input and output are as long as the sequence whatever is kept for backward: they are not counted.
  const perStep = 4 * (1 + hidden + 1 + 2); // x, y, active rows, index tables
  const kept = (bytes: number, time: number): number => bytes - none - time * perStep;
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  console.info(
    `LSTM(64) over ${long} steps: ${megabytes(whole.bytes)} MiB, with checkpoints ${megabytes(parts.bytes)} MiB, of which ` +
      `${megabytes(kept(parts.bytes, long))} kept for backward (${megabytes(kept(quarter.bytes, short))} for ${short} steps)`,
  );
  expect(parts.gradients).toEqual(whole.gradients);
  expect(kept(parts.bytes, long)).toBeLessThan(kept(whole.bytes, long) / 10);
  // Twice as much for four times the steps, and what the arena rounds up to.
  expect(kept(parts.bytes, long)).toBeLessThan(2 * kept(quarter.bytes, short) + 2 * 2 ** 20);
});
