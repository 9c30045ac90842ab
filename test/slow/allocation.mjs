// How much a loop allocates, to the byte: for programs that run with --expose-gc.
import { PerformanceObserver } from "node:perf_hooks";

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

/** A loop that allocates one small object a step, to show that the measurement would see it. */
const control = (n) => {
  for (let i = 0; i < n; i++) globalThis.kept = { i };
};

/**
 * Bytes that `f` allocates. heapUsed counts everything allocated since the last collection, dead or alive, so where no
 * collection ran in between its difference is the total; `collections` says whether one did. `kept`: what is still in use
 * after a forced collection.
 */
async function measure(f, steps) {
  await collect();
  const before = process.memoryUsage().heapUsed;
  f(1_000_000); // the collection has thrown compiled code away: it is made again here, not below
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

/** Prints what so many steps of `f` allocate, and those of the control. */
export async function report(f, steps) {
  for (const loop of [f, control]) loop(1_000_000); // compiled by now, caches warm
  await settle();
  const measured = { measured: await measure(f, steps), control: await measure(control, steps) };
  console.log(JSON.stringify(measured));
}
