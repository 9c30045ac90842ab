import { GRU, Linear, LSTM, LSTMCell, RNN, randn, Stream, type StreamLayer } from "gatewise";

/** Stacks for sound, from 1 feature (or one more, a condition) to 1. */
export const stacks: Readonly<Record<string, () => readonly StreamLayer[]>> = {
  lstm: () => [new LSTM(1, 12, { seed: 1 }), new Linear(12, 1, { seed: 2 })],
  gru: () => [new GRU(1, 7, { seed: 3, numLayers: 2 }), new Linear(7, 1, { seed: 4, bias: false })],
  rnn: () => [
    new RNN(1, 9, { seed: 5 }),
    new RNN(9, 1, { seed: 6, nonlinearity: "relu", bias: false }),
  ],
  conditioned: () => [
    new LSTMCell(3, 8, { seed: 7, forgetBias: 1 }),
    new Linear(8, 1, { seed: 8 }),
  ],
};

/** Sound of the same bits everywhere: noise, quieter and louder. */
export const sound = (frames: number, seed: number): Float32Array =>
  randn([frames], { seed }).data.map((value, i) => value * ((i % 97) / 97));

/** What single steps make of sound, with conditions that are numbers or a number for each sample. */
export function played(
  layers: readonly StreamLayer[],
  input: Float32Array,
  conditions: readonly (number | Float32Array)[] = [],
): Float32Array {
  const stream = new Stream(layers);
  const frame = new Float32Array(stream.inputSize);
  const out = new Float32Array(1);
  return input.map((sample, i) => {
    frame.set([sample, ...conditions.map((c) => (typeof c === "number" ? c : c[i]!))]);
    stream.step(frame, out);
    return out[0]!;
  });
}
