import { Adam, GRU, Linear, mse, randn, slice } from "gatewise";
import { describe, expect, test } from "vitest";
import { Arena } from "../../bindings/core/arena.ts";
import { Heap } from "../../bindings/core/heap.ts";
import { runtime } from "../../bindings/core/runtime.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { random } from "../reference/random.ts";

const fresh = () => {
  const heap = new Heap(new WebAssembly.Memory({ initial: 1 }), 1024);
  return { heap, arena: new Arena(heap) };
};

describe("the arena", () => {
  test("hands out pieces on cache lines, one behind the other", () => {
    const { arena } = fresh();
    const a = arena.allocate(1);
    expect(a % 64).toBe(0);
    expect([64, 65, 4].map((n) => arena.allocate(n) - a)).toEqual([64, 128, 256]);
  });

  test("gives the same addresses again after release, over several segments", () => {
    const { arena } = fresh();
    const kept = arena.allocate(100);
    const mark = arena.mark();
    const sizes = [1000, 300_000, 64, 2_000_000, 5, 100_000, 700_000, 3];
    const step = () => sizes.map((n) => arena.allocate(n));
    const addresses = step();
    for (let k = 0; k < 3; k++) {
      arena.release(mark);
      expect(step()).toEqual(addresses);
    }
    expect(addresses).not.toContain(kept);
  });

  test("marks nest: an inner release leaves what is older where it is", () => {
    const { heap, arena } = fresh();
    const outer = arena.mark();
    const a = arena.allocate(200_000);
    heap.f32[a >>> 2] = 1;
    const inner = arena.mark();
    const b = arena.allocate(200_000); // of the next segment
    arena.allocate(64);
    arena.release(inner);
    const c = arena.allocate(4);
    expect(c, "behind a, in its segment").toBe(a + Math.ceil(200_000 / 64) * 64);
    heap.f32[c >>> 2] = 2;
    expect(arena.allocate(200_000)).toBe(b);
    expect(heap.f32[a >>> 2]).toBe(1);
    arena.release(outer);
    expect(arena.allocate(200_000)).toBe(a);
  });

  test("pieces of one step never overlap one another or pieces of the heap", () => {
    const { heap, arena } = fresh();
    const next = random(3);
    const pieces: [number, number][] = [];
    for (let n = 0; n < 300; n++) {
      const bytes = Math.floor(1 + next() ** 6 * 400_000);
      pieces.push([n % 7 === 0 ? heap.allocate(bytes) : arena.allocate(bytes), bytes]);
    }
    pieces.sort(([a], [b]) => a - b);
    for (let k = 1; k < pieces.length; k++) {
      const [before, size] = pieces[k - 1]!;
      expect(before + size).toBeLessThanOrEqual(pieces[k]![0]);
    }
    const [last, size] = pieces.at(-1)!;
    expect(last + size).toBeLessThanOrEqual(heap.byteLength);
  });

  test("steps of any sizes up to the largest leave the memory as it is", () => {
    const { heap, arena } = fresh();
    const next = random(5);
    const mark = arena.mark();
    const step = (scale: number) => {
      for (let k = 0; k < 40; k++) arena.allocate(Math.ceil(scale * (50_000 + (k % 5) * 30_000)));
      arena.release(mark);
    };
    step(1);
    const size = heap.byteLength;
    for (let k = 0; k < 500; k++) step(next());
    expect(heap.byteLength).toBe(size);
  });

  test("segments double, so that ever larger pieces do not each leave one behind", () => {
    const { heap, arena } = fresh();
    const mark = arena.mark();
    const largest = 2_000_000;
    for (let bytes = 10_000; bytes <= largest; bytes += 10_000) {
      arena.allocate(bytes);
      arena.release(mark);
    }
    expect(heap.byteLength).toBeLessThan(4 * largest);
  });
});

describeKernelSets("memory while training", () => {
  test("stands still over batches and lengths of all sizes once the largest was there", () => {
    const [B, T] = [16, 24];
    const net = new GRU(3, 20, { numLayers: 2, bidirectional: true, seed: 1 });
    const head = new Linear(40, 2, { seed: 2 });
    const x = randn([B, T, 3], { seed: 3 });
    const y = randn([B, T, 2], { seed: 4 });
    const optimizer = new Adam({ clipNorm: 1 });
    const next = random(9);
    const step = (batch: number, time: number, ragged: boolean) =>
      optimizer.minimize(() => {
        const part = slice(x, [0, 0, 0], [batch, time, 3]);
        const lengths = Array.from({ length: batch }, () => Math.floor(next() * (time + 1)));
        lengths[0] = time;
        const { output } = net.forward(part, undefined, ragged ? { lengths } : {});
        return mse(head.forward(output), slice(y, [0, 0, 0], [batch, time, 2]));
      });
    step(B, T, false);
    step(B, T, true);
    const { heap } = runtime();
    const size = heap.byteLength;
    for (let n = 0; n < 60; n++)
      step(1 + Math.floor(next() * B), 1 + Math.floor(next() * T), n % 2 === 0);
    expect(heap.byteLength).toBe(size);
  });
});
