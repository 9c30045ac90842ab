import { describe, expect, test } from "vitest";
import { Heap, HeapPiece } from "../../bindings/core/heap.ts";
import type { LinearMemory } from "../../bindings/core/kernels.ts";
import { jsKernels } from "../../bindings/js/index.ts";
import { collectGarbage, collects } from "../collect.ts";
import { random } from "../reference/random.ts";

const page = 65536;
const base = 1000;
/** Where the first piece goes: the next cache line. */
const first = 1024;

const memories: { name: string; create(): LinearMemory }[] = [
  { name: "wasm", create: () => new WebAssembly.Memory({ initial: 1 }) },
  { name: "js", create: () => jsKernels.instantiate().memory },
];

describe.each(memories)("the heap over a memory of $name", ({ create }) => {
  const heapOf = () => new Heap(create(), base);

  test("pieces begin on cache lines, one behind the other, and none is of no size", () => {
    const heap = heapOf();
    expect([1, 64, 65, 0, 4].map((bytes) => heap.allocate(bytes))).toEqual(
      [0, 64, 128, 256, 320].map((n) => first + n),
    );
  });

  test("takes the first gap that is large enough, and what is left of it next", () => {
    const heap = heapOf();
    const [, b, , d, e] = [64, 128, 64, 256, 64].map((n) => heap.allocate(n));
    heap.free(b!);
    heap.free(d!);
    expect(heap.allocate(192), "too large for the first gap").toBe(d);
    expect(heap.allocate(64)).toBe(b);
    expect(heap.allocate(64), "the rest of the first").toBe(b! + 64);
    expect(heap.allocate(64), "the rest of the second").toBe(d! + 192);
    expect(heap.allocate(64), "no gap left").toBe(e! + 64);
  });

  test("joins gaps with the neighbours before, behind and on both sides", () => {
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [1, 3, 2],
      [2, 1, 3],
    ]) {
      const heap = heapOf();
      const pieces = [64, 64, 128, 64, 64].map((n) => heap.allocate(n));
      for (const k of order) heap.free(pieces[k]!);
      expect(heap.allocate(256), `freed in the order ${order}`).toBe(pieces[1]);
    }
  });

  test("a gap at the end is the end", () => {
    const heap = heapOf();
    const [a, b, c] = [64, 64, 64].map((n) => heap.allocate(n));
    heap.free(b!);
    heap.free(c!);
    expect(heap.allocate(1000)).toBe(b);
    heap.free(b!);
    heap.free(a!);
    expect(heap.allocate(5000)).toBe(first);
  });

  test("gives back only what is allocated, once", () => {
    const heap = heapOf();
    const a = heap.allocate(64);
    heap.allocate(64);
    heap.free(a);
    expect(() => heap.free(a)).toThrow(/nothing is allocated/);
    expect(() => heap.free(a + 64 + 4)).toThrow(/nothing is allocated/);
  });

  test("growth keeps the contents and makes the views again", () => {
    const heap = heapOf();
    const a = heap.allocate(64);
    heap.f32[a >>> 2] = 1.5;
    const [floats, words, size] = [heap.f32, heap.i32, heap.byteLength];
    heap.allocate(size);
    expect(heap.byteLength).toBeGreaterThan(size);
    expect(heap.f32 === floats || heap.i32 === words).toBe(false);
    expect([heap.f32.byteLength, heap.i32.byteLength]).toEqual([heap.byteLength, heap.byteLength]);
    expect(heap.i32.buffer).toBe(heap.f32.buffer);
    expect(heap.f32[a >>> 2]).toBe(1.5);
    const last = heap.byteLength / 4 - 1;
    heap.i32[last] = 0x3f800000;
    expect(heap.f32[last]).toBe(1);
  });

  test("pieces that live at the same time never overlap, whatever the order", () => {
    const heap = heapOf();
    const next = random(7);
    const live = new Map<number, number>();
    for (let n = 0; n < 3000; n++) {
      const addresses = [...live.keys()];
      if (addresses.length > 40 || (addresses.length > 0 && next() < 0.45)) {
        const address = addresses[Math.floor(next() * addresses.length)]!;
        heap.free(address);
        live.delete(address);
        continue;
      }
      const bytes = Math.floor(1 + next() ** 4 * 20000);
      const address = heap.allocate(bytes);
      expect(address % 64).toBe(0);
      expect(address).toBeGreaterThanOrEqual(first);
      expect(address + bytes).toBeLessThanOrEqual(heap.byteLength);
      for (const [other, size] of live)
        if (address < other + size && other < address + bytes)
          expect.fail(`${bytes} bytes at ${address} overlap ${size} at ${other}`);
      live.set(address, bytes);
    }
    for (const address of live.keys()) heap.free(address);
    expect(heap.allocate(64), "everything was given back").toBe(first);
  });

  test("a HeapPiece is zeros, and goes back once however often it is disposed of", () => {
    const heap = heapOf();
    heap.f32.fill(7);
    const [a, b] = [new HeapPiece(heap, 5), new HeapPiece(heap, 3)];
    expect([...a.view]).toEqual([0, 0, 0, 0, 0]);
    expect(heap.f32[(a.address >>> 2) + 5], "what lies behind it is not touched").toBe(7);
    expect([a.disposed, a.floats, b.address]).toEqual([false, 5, first + 64]);
    a.dispose();
    expect(a.disposed).toBe(true);
    const c = new HeapPiece(heap, 16);
    expect(c.address).toBe(a.address);
    c.view.fill(3);
    a.dispose();
    expect(new HeapPiece(heap, 16).address, "a's second time did not free c").toBe(first + 128);
    expect(c.view[15]).toBe(3);
  });

  test.runIf(collects)(
    "a HeapPiece goes back when it is collected, and not again after dispose",
    async () => {
      const heap = heapOf();
      const kept = new HeapPiece(heap, 4);
      (() => {
        for (let k = 0; k < 100; k++) {
          const piece = new HeapPiece(heap, 100);
          if (k % 2 === 0) piece.dispose();
        }
      })();
      await collectGarbage();
      expect(new HeapPiece(heap, 5000).address).toBe(kept.address + 64);
    },
  );
});

describe("a memory with a limit", () => {
  const limited = (pages: number) =>
    new Heap(new WebAssembly.Memory({ initial: 1, maximum: pages }), base);

  test("is used to its end: growth is generous only where it can be", () => {
    const heap = limited(3);
    heap.allocate(2 * page);
    expect(heap.byteLength).toBe(3 * page);
    heap.allocate(page - first);
    expect(() => heap.allocate(64)).toThrow(RangeError);
  });

  test("says how much was asked for beyond it, and stays as it was", () => {
    const heap = limited(20);
    const a = heap.allocate(64);
    heap.f32[a >>> 2] = 2.5;
    expect(() => heap.allocate(100 * 2 ** 20)).toThrow(/100 MiB/);
    expect(heap.byteLength).toBe(page);
    expect(heap.f32[a >>> 2]).toBe(2.5);
    expect(heap.allocate(64)).toBe(a + 64);
  });
});
