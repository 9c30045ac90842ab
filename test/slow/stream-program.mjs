// node --expose-gc stream-program.mjs STEPS: lets a stream run and prints what it allocated, and that of a loop
// which allocates one small object a step, to show that the measurement would see it.
import { PerformanceObserver } from "node:perf_hooks";
import { GRU, Linear, LSTM, RNN, Stream } from "gatewise";

const steps = Number(process.argv[2]);
const collectedAt = [];
const observer = new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) collectedAt.push(startTime);
});
observer.observe({ entryTypes: ["gc"] });

/** Lets finalizers run and the observer hear of collections: both happen between tasks. */
async function settle() {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function collect() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await settle();
  }
}

const stream = new Stream([
  new LSTM(3, 20, { numLayers: 2, seed: 1 }),
  new GRU(20, 9, { seed: 2 }),
  new Linear(9, 5, { seed: 3 }),
  new RNN(5, 8, { seed: 4 }),
  new Linear(8, 1, { seed: 5 }),
]);
const frame = new Float32Array(3);
const out = new Float32Array(1);

const run = (n) => {
  for (let i = 0; i < n; i++) {
    frame[i % 3] = out[0];
    stream.step(frame, out);
  }
};

const control = (n) => {
  for (let i = 0; i < n; i++) globalThis.kept = { i };
};

/**
 * Bytes that `f` allocates. heapUsed counts everything allocated since the last collection, dead or alive, so where no
 * collection ran in between its difference is the total; `collections` says whether one did. `kept`: what is still in use
 * after a forced collection.
 */
async function measure(f) {
  await collect();
  const before = process.memoryUsage().heapUsed;
  f(100_000); // the collection has thrown compiled code away: it is made again here, not below
  await settle();
  const begin = performance.now();
  const start = process.memoryUsage().heapUsed;
  f(steps);
  const allocated = process.memoryUsage().heapUsed - start;
  const end = performance.now();
  await collect();
  const collections = collectedAt.filter((at) => at >= begin && at <= end).length;
  return { allocated, collections, kept: process.memoryUsage().heapUsed - before };
}

for (const f of [run, control]) f(50_000); // compiled by now, caches warm
await settle();
console.log(JSON.stringify({ stream: await measure(run), control: await measure(control) }));
