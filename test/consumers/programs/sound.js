import { describeStream, Linear, LSTM, randn, Stream } from "gatewise";
import { streamNode } from "gatewise/audio";
import { hash } from "./work.js";

const model = () => new Stream([new LSTM(1, 8, { seed: 1 }), new Linear(8, 1, { seed: 2 })]);
const noise = randn([1000], { seed: 3 }).data;

/** Noise through the model, step by step. */
export function step() {
  const stream = model();
  const output = new Float32Array(1);
  const played = noise.map((sample) => {
    stream.step(Float32Array.of(sample), output);
    return output[0];
  });
  return hash([played]);
}

/** The same on the audio thread; `url` is where the file of gatewise/worklet is. */
export async function play(url) {
  const context = new OfflineAudioContext(1, noise.length, 48_000);
  const { node } = await streamNode(context, describeStream(model()), { url, channels: 1 });
  const buffer = context.createBuffer(1, noise.length, 48_000);
  buffer.copyToChannel(noise, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  const rendered = await context.startRendering();
  return hash([rendered.getChannelData(0)]);
}
