import { Linear, LSTM, restoreStream, type StreamModel } from "gatewise";
import { expect, test } from "vitest";
import published from "../../examples/amplifier-page/amplifier.json" with { type: "json" };
import {
  amplify,
  errorToSignal,
  playThrough,
  RATE,
  record,
  strings,
} from "../../examples/support/amplifier.ts";
import { wav } from "../../examples/support/wav.ts";

const tone = (hertz: number, strength: number): Float32Array =>
  Float32Array.from(
    { length: RATE / 2 },
    (_, i) => strength * Math.sin((2 * Math.PI * hertz * i) / RATE),
  );
const loudness = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

test("the amplifier bends with its drive, remembers, and is silent where nothing goes in", () => {
  expect(amplify(new Float32Array(100), 1).every((value) => Math.abs(value) < 1e-6)).toBe(true);
  const gain = (drive: number, strength: number) =>
    loudness(amplify(tone(500, strength), drive)) / strength;
  expect(gain(0.5, 0.001)).toBeGreaterThan(4 * gain(0, 0.001));
  expect(gain(0.5, 0.001)).toBeGreaterThan(4 * gain(0.5, 1)); // bent: it grows no more
  const click = Float32Array.from({ length: 200 }, (_, i) => (i === 0 ? 0.1 : 0));
  expect(Math.abs(amplify(click, 0.5)[150]!)).toBeGreaterThan(1e-5);
  expect(loudness(amplify(tone(10_000, 0.01), 0))).toBeLessThan(
    0.5 * loudness(amplify(tone(1000, 0.01), 0)),
  );
});

test("strings: the same seed plays the same, within reach of 16 bits", () => {
  const played = strings(RATE, 1);
  expect(strings(RATE, 1)).toEqual(played);
  expect(strings(RATE, 2)).not.toEqual(played);
  expect(loudness(played)).toBeGreaterThan(0.05);
  expect(played.every((value) => Math.abs(value) < 2)).toBe(true);
});

test("takes: drives from 0 to 1, and what the amplifier makes of them", () => {
  const { x, y, energy } = record(3, 480, 1);
  expect([x.shape, y.shape]).toEqual([
    [3, 480, 2],
    [3, 480, 1],
  ]);
  expect([0, 1, 2].map((take) => x.data[2 * 480 * take + 1])).toEqual([0, 0.5, 1]);
  const second = Float32Array.from({ length: 480 }, (_, i) => x.data[2 * (480 + i)]!);
  expect(y.data.slice(480, 960)).toEqual(amplify(second, 0.5));
  expect(energy).toBeCloseTo(loudness(y.data) ** 2, 6);
});

test("playing: the network's output on top of the signal", () => {
  const layers = [new LSTM(2, 3, { seed: 1 }), new Linear(3, 1, { seed: 2 })] as const;
  const input = strings(RATE / 5, 1);
  const { output, speed } = playThrough(layers, input, 0.5);
  expect(speed).toBeGreaterThan(0);
  for (const parameter of Object.values(layers[1].parameters()))
    parameter.assign(parameter.data.fill(0));
  expect(playThrough(layers, input, 0.5).output).toEqual(input);
  expect(output).not.toEqual(input);
});

test("the page's model misses less than 1 % of an amplifier that it has not heard", () => {
  expect(published.rate).toBe(RATE);
  const stream = restoreStream(published.model as StreamModel);
  const out = new Float32Array(1);
  const unheard = strings(RATE, 2); // examples/amplifier.ts trains on seed 1
  const missed = [0.2, 0.6, 1].map((drive) => {
    stream.reset();
    const heard = unheard.map((sample) => {
      stream.step(Float32Array.of(sample, drive), out);
      return sample + out[0]!;
    });
    return errorToSignal(amplify(unheard, drive), heard);
  });
  console.log(
    `amplifier-page: error-to-signal ratio ${missed.map((r) => r.toFixed(4)).join(", ")}`,
  );
  for (const share of missed) expect(share).toBeLessThan(0.01);
});

test("error to signal: the share that is missed", () => {
  const target = new Float32Array([3, 4]);
  expect(errorToSignal(target, target)).toBe(0);
  expect(errorToSignal(target, new Float32Array(2))).toBe(1);
  expect(errorToSignal(target, new Float32Array([3, 5]))).toBeCloseTo(1 / 25, 12);
});

test("a WAV: its header, tracks side by side, samples that are cut", () => {
  const bytes = wav([new Float32Array([0, 1]), new Float32Array([-2, 0.5])], RATE);
  const view = new DataView(bytes.buffer);
  expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe("RIFF");
  expect(new TextDecoder().decode(bytes.slice(8, 16))).toBe("WAVEfmt ");
  expect([view.getUint32(4, true), view.getUint32(40, true)]).toEqual([44, 8]);
  expect([view.getUint16(22, true), view.getUint32(24, true)]).toEqual([2, RATE]);
  expect([view.getUint32(28, true), view.getUint16(32, true)]).toEqual([4 * RATE, 4]);
  expect([0, 1, 2, 3].map((i) => view.getInt16(44 + 2 * i, true))).toEqual([
    0, -32767, 32767, 16384,
  ]);
});
