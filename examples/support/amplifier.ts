import { describeStream, Stream, type StreamLayer, type Tensor, tensor } from "gatewise";
import { type Generator, generator } from "./generator.ts";

/** Samples a second. */
export const RATE = 48_000;

/** What a one-pole low-pass filter keeps of its last output, by the frequency in hertz where it begins to act. */
const poleAt = (hertz: number): number => Math.exp((-2 * Math.PI * hertz) / RATE);

/**
 * The amplifier to be learned: it thins the lows out, drives a bent tanh and rounds the highs off. Both filters remember.
 *
 *   thin = x - low 150 Hz of x · 0.8,   bent = tanh(g thin + 0.3) - tanh(0.3),   out = low 5 kHz of bent,   g = 1 + 15 drive
 */
export function amplify(input: Float32Array, drive: number): Float32Array {
  const [low, high] = [poleAt(150), poleAt(5000)];
  let [lows, out] = [0, 0];
  return input.map((x) => {
    lows = (1 - low) * x + low * lows;
    const bent = Math.tanh((1 + 15 * drive) * (x - 0.8 * lows) + 0.3) - Math.tanh(0.3);
    out = (1 - high) * bent + high * out;
    return 0.7 * out;
  });
}

/** Adds a plucked string from `start` on: Karplus and Strong's, noise that goes round a delay line and is smoothed (1983). */
function pluck(into: Float32Array, start: number, hertz: number, random: Generator): void {
  const length = Math.round(RATE / hertz);
  const line = Float32Array.from({ length }, () => 2 * random() - 1);
  for (let i = 0; i < into.length - start; i++) {
    const at = i % length;
    into[start + i]! += 0.5 * line[at]!;
    line[at] = 0.498 * (line[at]! + line[(at + 1) % length]!);
  }
}

/** Plucked strings: a note about every tenth of a second, each of a strength of its own. */
export function strings(frames: number, seed: number): Float32Array {
  const random = generator(seed);
  const all = new Float32Array(frames);
  const every = RATE / 10;
  for (let start = 0; start < frames; start += every) {
    const note = new Float32Array(Math.min(frames - start, 4 * every));
    pluck(note, 0, 82.4 * 2 ** (Math.floor(31 * random()) / 12), random); // E2 and two octaves and a half above
    const strength = 0.1 + 0.7 * random();
    note.forEach((value, i) => {
      all[start + i]! += strength * value;
    });
  }
  return all;
}

/** Takes through the amplifier: [takes, frames, 2] with the strings and the drive, [takes, frames, 1] with what comes out. */
export interface Takes {
  readonly x: Tensor;
  readonly y: Tensor;
  /** The mean of y². */
  readonly energy: number;
}

/** Takes of strings, each with a drive of its own, from 0 to 1. */
export function record(takes: number, frames: number, seed: number): Takes {
  const x = new Float32Array(2 * takes * frames);
  const y = new Float32Array(takes * frames);
  for (let take = 0; take < takes; take++) {
    const drive = takes === 1 ? 0.5 : take / (takes - 1);
    const input = strings(frames, seed * 1000 + take);
    y.set(amplify(input, drive), take * frames);
    input.forEach((value, i) => {
      x.set([value, drive], 2 * (take * frames + i));
    });
  }
  const energy = y.reduce((sum, value) => sum + value ** 2, 0) / y.length;
  return { x: tensor(x, [takes, frames, 2]), y: tensor(y, [takes, frames, 1]), energy };
}

/** Samples by which playing is timed: a tenth of a second. */
const ROUND = RATE / 10;

/**
 * What single steps of two features make of a signal, added to it, and how many times as fast as it sounds: by the fastest
 * tenth of a second, since a machine may be busy with other things.
 */
export function playThrough(
  layers: readonly StreamLayer[],
  input: Float32Array,
  drive: number,
): { readonly output: Float32Array; readonly speed: number } {
  const stream = new Stream(layers);
  const frame = new Float32Array([0, drive]);
  const out = new Float32Array(1);
  const output = new Float32Array(input.length);
  let best = Number.POSITIVE_INFINITY;
  for (let from = 0; from < input.length; from += ROUND) {
    const start = performance.now();
    for (let i = from; i < from + ROUND; i++) {
      frame[0] = input[i]!;
      stream.step(frame, out);
      output[i] = input[i]! + out[0]!;
    }
    best = Math.min(best, performance.now() - start);
  }
  return { output, speed: (1000 * ROUND) / RATE / best };
}

/** The share of a target's energy that a prediction misses, Σ (target - prediction)² / Σ target². */
export function errorToSignal(target: Float32Array, prediction: Float32Array): number {
  let [missed, energy] = [0, 0];
  for (let i = 0; i < target.length; i++) {
    missed += (target[i]! - prediction[i]!) ** 2;
    energy += target[i]! ** 2;
  }
  return missed / energy;
}

/** What a page needs to play through a network, as JSON: see examples/amplifier-page. */
export function amplifierFile(layers: readonly StreamLayer[]): string {
  return JSON.stringify({ rate: RATE, model: describeStream(new Stream(layers)) });
}
