// Plays strings through amplifier.json, which this wrote (and `npx biome check --write` formatted):
// npx tsx examples/amplifier.ts --model examples/amplifier-page/amplifier.json
import { type StreamNode, streamNode } from "gatewise/audio";
import worklet from "gatewise/worklet?url";
import { strings } from "../support/amplifier.ts";
import file from "./amplifier.json?url";

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const button = element<HTMLButtonElement>("play");
const drive = element<HTMLInputElement>("drive");
const bypass = element<HTMLInputElement>("bypass");
const show = (text: string): void => {
  element("status").textContent = text;
};

let context: AudioContext | undefined;
let amplifier: StreamNode | undefined;

/** Strings that begin again and again, through the network, at the rate that it was trained at. */
async function start(): Promise<AudioContext> {
  const { rate, model } = await (await fetch(file)).json();
  const context = new AudioContext({ sampleRate: rate });
  const buffer = context.createBuffer(1, 4 * rate, rate);
  buffer.copyToChannel(strings(buffer.length, 7) as Float32Array<ArrayBuffer>, 0);
  const source = new AudioBufferSourceNode(context, { buffer, loop: true });
  amplifier = await streamNode(context, model, {
    url: worklet,
    channels: 1,
    residual: true,
    conditions: [Number(drive.value)],
    onError: ({ message }) => show(message),
  });
  source.connect(amplifier.node).connect(context.destination);
  source.start();
  await amplifier.ready;
  await amplifier.bypass(bypass.checked);
  return context;
}

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    if (!context) context = await start();
    else if (context.state === "running") await context.suspend();
    else await context.resume();
    const playing = context.state === "running";
    button.textContent = playing ? "Pause" : "Play";
    show(playing ? "Playing." : "Paused.");
  } catch (error) {
    show((error as Error).message);
  } finally {
    button.disabled = false;
  }
});

drive.addEventListener("input", () => {
  const knob = amplifier?.conditions[0];
  if (context && knob) knob.setTargetAtTime(Number(drive.value), context.currentTime, 0.02);
});

bypass.addEventListener("change", () => amplifier?.bypass(bypass.checked));
