import { generator } from "../../../../support/generator.ts";

/** Steps of a signal. */
export const STEPS = 60;

/** From here on a value is a pulse, below it is noise. */
const PULSE = 0.5;
const NOISE = 0.3;

/** What a network is to put out at every step. */
export type Task = "hold" | "count";

/** Signals there are to begin with. */
export type SignalName = "pulses" | "noise" | "square" | "sine" | "silence";

/** Values from -1 to 1: pulses of either sign, a twelfth of all steps, and noise between them. */
export function pulses(seed: number): number[] {
  const random = generator(seed);
  return Array.from({ length: STEPS }, () =>
    random() < 1 / 12 ? (random() < 0.5 ? -1 : 1) : NOISE * (2 * random() - 1),
  );
}

/** Signals to begin with. */
export const signals: Readonly<Record<SignalName, () => number[]>> = {
  pulses: () => {
    const signal = signals.noise();
    [5, 17, 25, 42, 51].forEach((t, k) => {
      signal[t] = k % 2 ? -1 : 1;
    });
    return signal;
  },
  noise: () => pulses(1).map((value) => (Math.abs(value) < PULSE ? value : 0)),
  square: () => Array.from({ length: STEPS }, (_, t) => (Math.floor(t / 10) % 2 ? -0.8 : 0.8)),
  sine: () => Array.from({ length: STEPS }, (_, t) => Math.sin((2 * Math.PI * t) / 30)),
  silence: () => Array<number>(STEPS).fill(0),
};

/** hold: the last pulse, until the next · count: a quarter for every pulse so far, by its sign. */
export function target(task: Task, signal: readonly number[]): Float32Array {
  let value = 0;
  return Float32Array.from(signal, (x) => {
    if (Math.abs(x) >= PULSE) value = task === "hold" ? Math.sign(x) : value + Math.sign(x) / 4;
    return value;
  });
}
