// One step at a time, as sensors and audio arrive: synchronous, and nothing is allocated while it runs.
import assert from "node:assert/strict";
import { Linear, LSTM, randn, Stream } from "gatewise";

const lstm = new LSTM(3, 20, { numLayers: 2, seed: 1 });
const head = new Linear(20, 1, { seed: 2 });
const x = randn([1, 100, 3], { seed: 3 });

const stream = new Stream([lstm, head]); // state lives in the stream; the weights are shared with the modules
const frame = new Float32Array(3);
const out = new Float32Array(1);
const streamed: number[] = [];
for (let t = 0; t < 100; t++) {
  frame.set(x.data.subarray(3 * t, 3 * t + 3));
  stream.step(frame, out);
  streamed.push(out[0]!);
}
const whole = head.forward(lstm.forward(x).output);
assert.ok(streamed.every((v, t) => Math.abs(v - whole.data[t]!) < 1e-5));

const snapshot = stream.saveState();
stream.step(frame, out);
const again = out[0];
stream.loadState(snapshot);
stream.step(frame, out);
assert.equal(out[0], again); // to the bit
stream.reset();
