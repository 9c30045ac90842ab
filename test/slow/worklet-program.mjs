// node --expose-gc worklet-program.mjs STEPS: lets the processor of gatewise/worklet run on so many samples of two channels
// with a condition each, and prints what it allocated.
import { describeStream, Linear, LSTM, Stream } from "gatewise";
import { report } from "./allocation.mjs";

let Processor;
const replies = [];
globalThis.AudioWorkletProcessor = class {
  port = { postMessage: (reply) => replies.push(reply) };
};
globalThis.registerProcessor = (_name, processor) => {
  Processor = processor;
};
await import("gatewise/worklet");

const model = describeStream(
  new Stream([new LSTM(2, 12, { seed: 1 }), new Linear(12, 1, { seed: 2 })]),
);
const processor = new Processor({ processorOptions: { model, residual: true } });
if (replies.some(({ error }) => error)) throw new Error(replies[0].error);

const block = 128;
const channels = () => [[new Float32Array(block).fill(0.1), new Float32Array(block).fill(0.2)]];
const [inputs, outputs] = [channels(), channels()];
const parameters = { condition0: new Float32Array([0.5]) };

const run = (n) => {
  for (let i = 0; i < n; i += block) {
    inputs[0][0][i % block] = 0.1 * outputs[0][1][0];
    processor.process(inputs, outputs, parameters);
  }
};

await report(run, Number(process.argv[2]));
if (!outputs[0].flatMap((x) => [...x]).every((x) => x !== 0)) throw new Error("it was silent");
