import { GRU, LSTM } from "gatewise";
import { describe, expect, test } from "vitest";
import { type Digits, drawDigits } from "../../examples/support/digits.ts";
import { batch, pick, rowNetwork } from "../../examples/support/rows.ts";
import { sineNetwork, waves } from "../../examples/support/sine.ts";

describe("sine to cosine", () => {
  test("waves: 50 rows that follow one another; the next step goes on where each row ended", () => {
    const [first, second] = [waves(0), waves(1)];
    expect(first.sine.shape).toEqual([50, 20, 1]);
    expect(first.cosine.shape).toEqual([50, 20, 1]);
    for (const i of [0, 1, 19, 20, 999]) {
      expect(first.sine.data[i]).toBe(Math.fround(Math.sin(i / (10 * Math.PI))));
      expect(first.cosine.data[i]).toBe(Math.fround(Math.cos(i / (10 * Math.PI))));
    }
    expect(second.sine.data.slice(0, 980)).toEqual(first.sine.data.slice(20));
  });

  test("the error is under 0.005 at step 500, and is that of the prediction", () => {
    const train = sineNetwork(1);
    for (let step = 0; step < 500; step++) train(waves(step));
    const { sine, cosine } = waves(500);
    const { loss, prediction } = train({ sine, cosine });
    expect(loss).toBeLessThan(0.005);
    const squares = prediction.data.reduce((sum, p, i) => sum + (p - cosine.data[i]!) ** 2, 0);
    expect(squares / 1000).toBeCloseTo(loss, 6);
  });

  test("the state is carried from step to step", () => {
    const [carried, fresh] = [sineNetwork(1), sineNetwork(1)];
    const a = carried(waves(0));
    expect(fresh(waves(0)).loss).toBe(a.loss);
    const b = carried(waves(0)); // the same waves, other weights and another state
    // Each row begins where its last one ended: its first outputs no longer grow from zero as they did.
    const growth = (p: Float32Array): number => Math.abs(p[0]! - p[19]!);
    expect(growth(b.prediction.data)).toBeLessThan(growth(a.prediction.data));
  });
});

describe("digits by row", () => {
  const three: Digits = {
    count: 3,
    images: Uint8Array.from({ length: 3 * 784 }, (_, i) => (i * 7) % 256),
    labels: Uint8Array.of(4, 0, 9),
  };

  test("batch: pixels from 0 to 1 in file order, beginning again after the last", () => {
    const { pixels, classes } = batch(three, 2, 5);
    expect(pixels.shape).toEqual([5, 28, 28]);
    expect(classes).toEqual([9, 4, 0, 9, 4]);
    for (const [place, digit] of [2, 0, 1, 2, 0].entries()) {
      for (const i of [0, 1, 783]) {
        const byte = three.images[digit * 784 + i]!;
        expect(pixels.data[place * 784 + i]).toBe(Math.fround(byte / 255));
      }
    }
  });

  test("score: cost, accuracy and classes read, over more digits than it takes at once", () => {
    const digits = drawDigits(1203, { seed: 5 });
    const network = rowNetwork(1);
    const { cost, accuracy, read } = network.score(digits);
    const right = [...read].filter((label, n) => label === digits.labels[n]).length;
    expect(accuracy).toBe(right / 1203);
    expect(read.length).toBe(1203);
    const later = {
      count: 600,
      images: digits.images.subarray(603 * 784),
      labels: digits.labels.subarray(603),
    };
    expect([...network.score(later).read]).toEqual([...read.slice(603)]);
    expect(new Set(read).size).toBeGreaterThan(1);
    expect(cost).toBeCloseTo(network.step(batch(digits, 0, 1203)), 5); // step's cost is that before the update
    const part = network.score(digits);
    expect(part.cost).toBeLessThan(cost);
  });

  test("pick: digits by their numbers", () => {
    const { pixels, classes } = pick(three, Int32Array.of(2, 0));
    expect(classes).toEqual([9, 4]);
    expect(pixels.shape).toEqual([2, 28, 28]);
    expect(pixels.data.slice(784)).toEqual(batch(three, 0, 1).pixels.data);
  });

  test.each([
    ["GRU", () => new GRU(28, 5, { numLayers: 2, bidirectional: true })],
    ["LSTM", () => new LSTM(28, 5, { numLayers: 2, bidirectional: true })],
  ] as const)(
    "layers of %s, both ways: every weight learns, every digit is judged by itself",
    (_, make) => {
      const layer = make();
      const network = rowNetwork(3, layer);
      const weights = Object.entries(layer.parameters()).filter(([name]) =>
        name.startsWith("weight"),
      );
      expect(weights.length).toBe(8);
      const before = weights.map(([, parameter]) => parameter.data);
      const digits = drawDigits(40, { seed: 6 });
      const cost = network.step(batch(digits, 0, 40));
      weights.forEach(([name, parameter], i) => {
        expect(parameter.data, name).not.toEqual(before[i]);
      });
      const { cost: after } = network.score(digits);
      expect(after).toBeLessThan(cost);
      const costs = Array.from({ length: 40 }, (_, n) => {
        const images = digits.images.subarray(n * 784, (n + 1) * 784);
        return network.score({ count: 1, images, labels: digits.labels.subarray(n, n + 1) }).cost;
      });
      expect(costs.reduce((a, b) => a + b) / 40).toBeCloseTo(after, 5);
    },
  );

  test("200 steps teach it to read most digits", () => {
    const train = drawDigits(5000, { seed: 1 });
    const test = drawDigits(500, { seed: 1, first: 5000 });
    const network = rowNetwork(1);
    const before = network.score(test);
    for (let step = 0; step < 200; step++) network.step(batch(train, 50 * step, 50));
    const after = network.score(test);
    expect(before.accuracy).toBeLessThan(0.25);
    expect(after.accuracy).toBeGreaterThan(0.4);
    expect(after.cost).toBeLessThan(before.cost / 1.3);
  });
});
