// What every consumer does: two layers learn for 20 steps, then run as a stream. The same bits come out wherever that is.
import { Adam, engine, Linear, LSTM, mse, randn, Stream } from "gatewise";

/** FNV-1a over the bytes of numbers, in hex. */
export function hash(arrays) {
  let state = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of arrays)
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength))
      state = Math.imul(state ^ byte, 0x01000193);
  return (state >>> 0).toString(16);
}

export function work() {
  const x = randn([8, 12, 4], { seed: 1 });
  const y = randn([8, 12, 2], { seed: 2 });
  const lstm = new LSTM(4, 16, { numLayers: 2, seed: 3 });
  const head = new Linear(16, 2, { seed: 4 });
  const optimizer = new Adam({ learningRate: 0.01, clipNorm: 1 });
  let loss = 0;
  for (let step = 0; step < 20; step++)
    loss = optimizer.minimize(() => mse(head.forward(lstm.forward(x).output), y));
  const parameters = [...Object.values(lstm.parameters()), ...Object.values(head.parameters())];
  const stream = new Stream([lstm, head]);
  const outputs = [0.5, -1, 0.25].map((v) => {
    const out = new Float32Array(2);
    stream.step(Float32Array.of(v, 1, -v, 0), out);
    return out;
  });
  const weights = hash(parameters.map(({ data }) => data));
  return { kernels: engine().kernels, loss, weights, outputs: hash(outputs) };
}
