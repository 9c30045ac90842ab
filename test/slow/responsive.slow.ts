import { Adam, layers, randn, sequential } from "gatewise";
import { oneHot } from "gatewise/data";
import { expect, test } from "vitest";

/** Milliseconds that this process has computed: other programs on the machine do not count. */
function computed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The longest slice of computing, in milliseconds, in which `work` did not let go of the event loop. */
async function longestSlice(
  work: () => Promise<unknown>,
): Promise<{ longest: number; turns: number }> {
  let [longest, turns, last, over] = [0, 0, computed(), false];
  const watch = (): void => {
    const now = computed();
    longest = Math.max(longest, now - last);
    last = now;
    turns++;
    if (!over) setImmediate(watch);
  };
  setImmediate(watch);
  await work();
  over = true;
  return { longest, turns };
}

test("fit lets go of the event loop: no slice over 50 ms for a model whose steps are shorter", async () => {
  const model = sequential({
    layers: [
      layers.lstm({ units: 64, inputShape: [28, 28], seed: 1 }),
      layers.dense({ units: 10, activation: "softmax", seed: 2 }),
    ],
  });
  model.compile({ optimizer: new Adam(), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  const x = randn([2000, 28, 28], { seed: 3 });
  const y = oneHot(
    Array.from({ length: 2000 }, (_, i) => i % 10),
    10,
  );
  const options = { epochs: 1, batchSize: 50, validationSplit: 0.2, seed: 4 };
  for (const [kind, data] of [
    ["tensors", x],
    ["nested arrays", x.toArray() as number[][][]],
  ] as const) {
    const runs: { longest: number; turns: number }[] = [];
    for (let run = 0; run < 5; run++)
      runs.push(await longestSlice(() => model.fit(data, y, options)));
    const { longest, turns } = runs.sort((a, b) => a.longest - b.longest)[2]!; // the median
    console.info(
      `fit on ${kind}: longest slice ${longest.toFixed(1)} ms, ${turns} turns of the event loop`,
    );
    expect(longest, kind).toBeLessThan(50);
  }
});
