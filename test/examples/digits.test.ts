import { expect, test } from "vitest";
import { type Digits, drawDigits, SIDE } from "../../examples/support/digits.ts";
import { generator } from "../../examples/support/generator.ts";

const AREA = SIDE * SIDE;
const GRAIN = 26; // a tenth of 255: the paper's
const digits = drawDigits(600, { seed: 1 });
const pixels = ({ images }: Digits, n: number): Uint8Array =>
  images.subarray(n * AREA, (n + 1) * AREA);

test("the same seed draws the same digits, another seed others", () => {
  expect(drawDigits(40, { seed: 1 }).images).toEqual(digits.images.slice(0, 40 * AREA));
  expect(drawDigits(40, { seed: 1 }).labels).toEqual(digits.labels.slice(0, 40));
  expect(drawDigits(40, { seed: 2 }).labels).not.toEqual(digits.labels.slice(0, 40));
});

test("a digit does not depend on where drawing starts", () => {
  const later = drawDigits(10, { seed: 1, first: 25 });
  expect(later.images).toEqual(digits.images.slice(25 * AREA, 35 * AREA));
  expect(later.labels).toEqual(digits.labels.slice(25, 35));
});

test("all ten classes occur about equally often", () => {
  const counts = Array.from({ length: 10 }, (_, c) => digits.labels.filter((l) => l === c).length);
  for (const count of counts) {
    expect(count).toBeGreaterThan(35);
    expect(count).toBeLessThan(90);
  }
});

test("each digit has ink, and all of it within the frame", () => {
  for (let n = 0; n < digits.count; n++) {
    const picture = pixels(digits, n);
    const ink = picture.filter((value) => value > 110).length;
    expect(ink, `digit ${n}`).toBeGreaterThan(15);
    expect(ink, `digit ${n}`).toBeLessThan(AREA / 3);
    const edge = picture.filter((_, i) => {
      const [row, column] = [Math.floor(i / SIDE), i % SIDE];
      return row === 0 || column === 0 || row === SIDE - 1 || column === SIDE - 1;
    });
    expect(edge.length).toBe(4 * (SIDE - 1));
    expect(Math.max(...edge), `digit ${n}`).toBeLessThanOrEqual(GRAIN);
  }
});

test("strokes are anti-aliased and the paper has a grain", () => {
  const picture = [...pixels(digits, 0)];
  expect(picture.filter((value) => value > 60 && value < 160).length).toBeGreaterThan(10);
  expect(picture.filter((value) => value > 0 && value <= GRAIN).length).toBeGreaterThan(100);
});

test("no two digits are alike, also within a class", () => {
  const shapes = Array.from({ length: digits.count }, (_, n) =>
    [...pixels(digits, n)].map((value) => (value > 110 ? 1 : 0)).join(""),
  );
  expect(new Set(shapes).size).toBe(digits.count);
});

test("classes can be told apart, but not by their mean picture", () => {
  const train = drawDigits(3000, { seed: 3 });
  const means = Array.from({ length: 10 }, () => new Float64Array(AREA));
  const counts = new Uint32Array(10);
  for (let n = 0; n < train.count; n++) {
    counts[train.labels[n]!]!++;
    const mean = means[train.labels[n]!]!;
    pixels(train, n).forEach((value, i) => {
      mean[i]! += value;
    });
  }
  let right = 0;
  for (let n = 0; n < digits.count; n++) {
    const distances = means.map((mean, c) =>
      pixels(digits, n).reduce((sum, value, i) => sum + (value - mean[i]! / counts[c]!) ** 2, 0),
    );
    if (distances.indexOf(Math.min(...distances)) === digits.labels[n]) right++;
  }
  const accuracy = right / digits.count;
  expect(accuracy).toBeGreaterThan(0.5); // a class is a shape
  expect(accuracy).toBeLessThan(0.85); // MNIST: 0.82
});

test("the generator is sfc32: uniform, and with numbers of its own for each seed and stream", () => {
  const first = (seed: number, stream: number): number[] => {
    const random = generator(seed, stream);
    return Array.from({ length: 4 }, random);
  };
  const starts = [first(0, 0), first(1, 0), first(0, 1), first(2 ** 31, 0), first(1, 1)];
  expect(new Set(starts.flat()).size).toBe(20);
  const random = generator(7);
  const many = Array.from({ length: 20_000 }, random);
  expect(Math.min(...many)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...many)).toBeLessThan(1);
  const mean = many.reduce((a, b) => a + b) / many.length;
  const variance = many.reduce((a, b) => a + (b - mean) ** 2, 0) / many.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.003);
});
