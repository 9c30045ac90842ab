import { describeStream, Linear, LSTM, Stream, type StreamLayer } from "gatewise";
import { type StreamNode, streamNode } from "gatewise/audio";
import { afterAll, expect, test } from "vitest";
import source from "../../dist/worklet/index.js?raw";
import { expectRejections } from "../expect-errors.ts";
import wanted from "../goldens/worklet.json" with { type: "json" };
import { hash } from "./hash.ts";
import { played, sound, stacks } from "./models.ts";

const frames = 6000; // not a whole number of blocks
const rate = 48_000;
const model = (layers: readonly StreamLayer[]) => describeStream(new Stream(layers));

/** The file as it is published, under a URL of this page. */
const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
afterAll(() => URL.revokeObjectURL(url));

/** Renders what `connect` connects to the destination, and returns the channels. */
async function render(
  channels: number,
  connect: (context: OfflineAudioContext) => Promise<void>,
): Promise<Float32Array[]> {
  const context = new OfflineAudioContext(channels, frames, rate);
  await connect(context);
  const rendered = await context.startRendering();
  return Array.from({ length: channels }, (_, c) => rendered.getChannelData(c).slice());
}

/** A source that plays so many channels from the start. */
function play(context: BaseAudioContext, channels: readonly Float32Array[]): AudioBufferSourceNode {
  const buffer = context.createBuffer(channels.length, frames, rate);
  for (const [c, values] of channels.entries())
    buffer.copyToChannel(values as Float32Array<ArrayBuffer>, c);
  const node = new AudioBufferSourceNode(context, { buffer });
  node.start();
  return node;
}

test.each(Object.keys(stacks).filter((name) => name !== "conditioned"))(
  "%s: the bits that Node's stream puts out",
  async (name) => {
    const input = sound(frames, 1);
    const [output] = await render(1, async (context) => {
      const made = await streamNode(context, model(stacks[name]!()), { url, channels: 1 });
      play(context, [input]).connect(made.node).connect(context.destination);
    });
    expect(output).toEqual(played(stacks[name]!(), input));
    expect(hash(output!)).toBe(wanted[name as keyof typeof wanted]);
  },
);

test("two channels, conditions that stay and that move, added to the signal", async () => {
  const inputs = [sound(frames, 1), sound(frames, 2)];
  const slope = Float32Array.from({ length: frames }, (_, i) => i / frames);
  const outputs = await render(2, async (context) => {
    const options = { url, residual: true, conditions: [0.25, 0] };
    const made = await streamNode(context, model(stacks.conditioned!()), options);
    play(context, inputs).connect(made.node).connect(context.destination);
    play(context, [slope]).connect(made.conditions[1]!);
  });
  outputs.forEach((output, c) => {
    const wet = played(stacks.conditioned!(), inputs[c]!, [0.25, slope]);
    expect(output).toEqual(wet.map((value, i) => value + inputs[c]![i]!));
    expect(hash(output)).toBe(wanted[`conditioned ${c}` as keyof typeof wanted]);
  });
});

test("one channel into two, and nothing at all", async () => {
  const input = sound(frames, 1);
  for (const connected of [true, false]) {
    const outputs = await render(2, async (context) => {
      const made = await streamNode(context, model(stacks.lstm!()), { url });
      if (connected) play(context, [input]).connect(made.node);
      made.node.connect(context.destination);
    });
    const expected = played(stacks.lstm!(), connected ? input : new Float32Array(frames));
    expect(outputs).toEqual([expected, expected]);
  }
});

test("without streamNode: the processor and its options", async () => {
  const input = sound(frames, 1);
  const [output] = await render(1, async (context) => {
    await context.audioWorklet.addModule(url);
    const processorOptions = { model: model(stacks.gru!()) };
    const node = new AudioWorkletNode(context, "gatewise-stream", { processorOptions });
    play(context, [input]).connect(node).connect(context.destination);
  });
  expect(hash(output!)).toBe(wanted.gru);
});

test("a model that is wrong: ready says so, the signal goes through", async () => {
  const input = sound(frames, 1);
  let made: StreamNode | undefined;
  const two = model([new LSTM(1, 4), new Linear(4, 2)]);
  const [output] = await render(1, async (context) => {
    made = await streamNode(context, two, { url, channels: 1 });
    made.ready.catch(() => {}); // it may be settled before it is looked at below
    play(context, [input]).connect(made.node).connect(context.destination);
  });
  expect(output).toEqual(input);
  await expect(made!.ready).rejects.toThrow(/a model with 1 feature out, got 2/);
});

test("a file that is not there, options that are wrong", async () => {
  const context = new OfflineAudioContext(1, 128, rate);
  const lstm = model(stacks.lstm!());
  await expect(streamNode(context, lstm, { url: "data:text/javascript,%7B" })).rejects.toThrow(
    /^streamNode: expected the file of gatewise\/worklet at data:.*, got /,
  );
  await expectRejections([
    ["channels", RangeError, () => streamNode(context, lstm, { url, channels: 40 }), /channels/],
  ]);
  const made = await streamNode(context, lstm, { url }); // another try finds it
  await context.startRendering();
  await made.ready;
});

// Firefox has no suspend: there messages of a running node are seen by the tests of the page's side only.
test.skipIf(!("suspend" in OfflineAudioContext.prototype))(
  "while it runs: another model, a bypass, a reset, its end",
  async () => {
    const input = sound(frames, 1);
    const [output] = await render(1, async (context) => {
      const made = await streamNode(context, model(stacks.lstm!()), { url, channels: 1 });
      play(context, [input]).connect(made.node).connect(context.destination);
      const at = (frame: number, change: () => Promise<unknown>) =>
        context
          .suspend(frame / rate)
          .then(change)
          .then(() => context.resume());
      at(1024, () => made.swap(model(stacks.gru!())));
      at(2048, () => made.bypass(true));
      at(3072, () => Promise.all([made.bypass(false), made.reset()]));
      at(4096, () => made.stop());
    });
    const part = (from: number, to: number) => input.slice(from, to);
    expect(output).toEqual(
      Float32Array.from([
        ...played(stacks.lstm!(), part(0, 1024)),
        ...played(stacks.gru!(), part(1024, 2048)),
        ...part(2048, 3072),
        ...played(stacks.gru!(), part(3072, 4096)),
        ...new Float32Array(frames - 4096),
      ]),
    );
  },
);
