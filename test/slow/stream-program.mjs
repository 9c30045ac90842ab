// node --expose-gc stream-program.mjs STEPS: lets a stream run and prints what it allocated.
import { GRU, Linear, LSTM, RNN, Stream } from "gatewise";
import { report } from "./allocation.mjs";

const stream = new Stream([
  new LSTM(3, 20, { numLayers: 2, seed: 1 }),
  new GRU(20, 9, { seed: 2 }),
  new Linear(9, 5, { seed: 3 }),
  new RNN(5, 8, { seed: 4 }),
  new Linear(8, 1, { seed: 5 }),
]);
const frame = new Float32Array(3);
const out = new Float32Array(1);

const run = (n) => {
  for (let i = 0; i < n; i++) {
    frame[i % 3] = out[0];
    stream.step(frame, out);
  }
};

await report(run, Number(process.argv[2]));
