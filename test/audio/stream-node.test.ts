import { describeStream, Linear, LSTM, Stream } from "gatewise";
import { type StreamNodeOptions, streamNode } from "gatewise/audio";
import { afterEach, expect, test, vi } from "vitest";
import { streamProcessor } from "../../bindings/worklet/processor.ts";
import { expectRejections, wrong } from "../expect-errors.ts";
import { played, sound, stacks } from "../worklet/models.ts";
import { AudioWorkletProcessor, Rig } from "../worklet/scope.ts";

const Processor = streamProcessor(AudioWorkletProcessor);
const url = "worklet.js";
const lstm = describeStream(new Stream(stacks.lstm!()));
const gru = describeStream(new Stream(stacks.gru!()));
const conditioned = describeStream(new Stream(stacks.conditioned!()));

/** Stands for the page's end of a port: what is sent to the processor is answered in a task of its own. */
class PagePort {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  closed = false;
  #rig: Rig;
  constructor(rig: Rig) {
    this.#rig = rig;
    this.answer(rig.replies);
  }
  answer(replies: readonly unknown[]): void {
    for (const data of replies)
      setTimeout(() => {
        if (!this.closed) this.onmessage!({ data });
      });
  }
  postMessage(message: unknown): void {
    if (!this.closed) this.answer(this.#rig.send(message));
  }
  close(): void {
    this.closed = true;
  }
}

/** Stands for the page's node, with the processor behind it in the same thread. */
class FakeNode {
  readonly rig: Rig;
  readonly port: PagePort;
  readonly parameters: Map<string, { value: number }>;
  disconnected = false;
  readonly name: string;
  readonly options: AudioWorkletNodeOptions;
  constructor(_context: unknown, name: string, options: AudioWorkletNodeOptions) {
    this.name = name;
    this.options = options;
    this.rig = new Rig(Processor, options.processorOptions);
    this.port = new PagePort(this.rig);
    this.parameters = new Map(
      Processor.parameterDescriptors.map(({ name, defaultValue }) => [
        name,
        { value: options.parameterData?.[name] ?? defaultValue },
      ]),
    );
  }
  disconnect(): void {
    this.disconnected = true;
  }
}

function context(addModule = vi.fn(async (_url: string | URL) => {})) {
  vi.stubGlobal("AudioWorkletNode", FakeNode);
  return { audioWorklet: { addModule }, addModule, state: "running" };
}

const make = (on: object, model: unknown, options: StreamNodeOptions = { url }) =>
  streamNode(wrong(on), wrong(model), options);
const fakeOf = ({ node }: { node: unknown }): FakeNode => node as FakeNode;

afterEach(() => vi.unstubAllGlobals());

test("a node with the model, on two channels unless told otherwise", async () => {
  const made = await make(context(), lstm);
  await made.ready;
  const { name, options, rig } = fakeOf(made);
  expect(name).toBe("gatewise-stream");
  expect(options).toMatchObject({
    channelCount: 2,
    channelCountMode: "explicit",
    outputChannelCount: [2],
  });
  const input = sound(128, 1);
  const wanted = played(stacks.lstm!(), input);
  expect(rig.block([input, input], 2).output).toEqual([wanted, wanted]);
  const mono = await make(context(), lstm, { url, channels: 1, residual: true });
  expect(fakeOf(mono).options).toMatchObject({ channelCount: 1, outputChannelCount: [1] });
  const [sum] = fakeOf(mono).rig.block([input], 1).output;
  expect(sum).toEqual(input.map((value, i) => value + wanted[i]!));
});

test("conditions: the parameters that the model has, with their first values", async () => {
  const made = await make(context(), conditioned, { url, conditions: [0.5, -2] });
  expect(made.conditions.map(({ value }) => value)).toEqual([0.5, -2]);
  const { parameters } = fakeOf(made);
  expect(made.conditions[1]).toBe(parameters.get("condition1"));
  const zero = await make(context(), conditioned);
  expect(zero.conditions.map(({ value }) => value)).toEqual([0, 0]);
  expect((await make(context(), lstm)).conditions).toEqual([]);
});

test("the module is added once a context, and again where it could not be had", async () => {
  const one = context();
  await Promise.all([make(one, lstm), make(one, gru)]);
  await make(one, lstm);
  expect(one.addModule.mock.calls).toEqual([[url]]);
  await make(context(), lstm, { url: new URL("https://example.org/worklet.js") });
  const addModule = vi.fn(async (_url: string | URL) => {});
  addModule.mockRejectedValueOnce(new Error("404"));
  const broken = context(addModule);
  await expect(make(broken, lstm)).rejects.toThrow(
    "streamNode: expected the file of gatewise/worklet at worklet.js, got Error: 404",
  );
  await make(broken, lstm);
});

test("swap, reset, bypass and stop are done once they are resolved", async () => {
  const made = await make(context(), lstm, { url, residual: true });
  const input = sound(128, 2);
  const { rig, port } = fakeOf(made);
  const block = () => rig.block([input], 1);
  const sum = (name: string) => played(stacks[name]!(), input).map((v, i) => v + input[i]!);
  await made.ready;
  await made.swap(gru);
  expect(block().output[0], "residual as before").toEqual(sum("gru"));
  await made.swap(lstm, { residual: false });
  expect(block().output[0]).toEqual(played(stacks.lstm!(), input));
  await made.reset();
  expect(block().output[0]).toEqual(played(stacks.lstm!(), input));
  await made.bypass(true);
  expect(block().output[0]).toEqual(input);
  await made.bypass(false);
  await made.stop();
  expect(block().goesOn).toBe(false);
  expect([fakeOf(made).disconnected, port.closed]).toEqual([true, true]);
});

const over = /expected a node at work, got one that was stopped or whose context is closed/;

test("after its end every request is rejected, and stopping again is none", async () => {
  const made = await make(context(), lstm);
  const [stopped, again] = [made.stop(), made.stop()];
  await Promise.all([stopped, again, made.ready]);
  await made.stop();
  for (const request of [made.reset(), made.bypass(true), made.swap(gru)])
    await expect(request).rejects.toThrow(over);
});

test("a closed context answers nothing: what is open is rejected, the end is one", async () => {
  const on = context();
  const made = await make(on, lstm);
  const quiet = await make(on, lstm);
  await made.ready;
  const open = made.reset();
  on.state = "closed";
  await made.stop();
  await expect(open).rejects.toThrow(over);
  await expect(made.reset()).rejects.toThrow(over);
  await expect(quiet.bypass(true)).rejects.toThrow(over);
  await expect(quiet.ready).rejects.toThrow(over);
  await quiet.stop();
});

test("what is wrong with a model: ready and swap say it, in order, and others go on", async () => {
  const bad = { ...lstm, layers: [{ ...lstm.layers[0]!, kind: "conv" }] };
  const made = await make(context(), bad);
  await expect(made.ready).rejects.toThrow(/kind of layers\[0\]/);
  const [swapped, reset] = [made.swap(wrong(bad)), made.reset()];
  await expect(swapped).rejects.toThrow(/kind of layers\[0\]/);
  await reset;
  await made.swap(gru);
});

test("what goes wrong with the signal is told to onError, or printed", async () => {
  const onError = vi.fn();
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  const input = sound(8, 3);
  for (const options of [{ url, onError }, { url }]) {
    const { rig, port } = fakeOf(await make(context(), lstm, { ...options, channels: 1 }));
    rig.block([input, input], 2);
    port.answer(rig.replies);
    await new Promise((resolve) => setTimeout(resolve));
  }
  for (const { mock } of [onError, printed])
    expect(mock.calls.map(([error]) => error.message)).toEqual([
      "gatewise-stream: expected as many channels as the setup says, got more",
    ]);
  printed.mockRestore();
});

test("errors", async () => {
  const on = context();
  const wide = describeStream(new Stream([new LSTM(10, 2), new Linear(2, 1)]));
  const swapped = await make(on, lstm);
  await expectRejections([
    ["null", TypeError, () => make(on, lstm, wrong(null)), /options to be an object, got null/],
    ["no url", TypeError, () => make(on, lstm, wrong({})), /url to be where .*, got undefined/],
    ["url", TypeError, () => make(on, lstm, { url: wrong(3) }), /url to be where the file/],
    ["an option", TypeError, () => make(on, lstm, wrong({ url, gain: 1 })), /got gain/],
    ["channels", RangeError, () => make(on, lstm, { url, channels: 0 }), /channels/],
    ["channels", RangeError, () => make(on, lstm, { url, channels: 33 }), /from 1 to 32/],
    ["residual", TypeError, () => make(on, lstm, { url, residual: wrong(1) }), /residual/],
    ["onError", TypeError, () => make(on, lstm, { url, onError: wrong("no") }), /onError/],
    ["no model", TypeError, () => make(on, undefined), /what describeStream returned/],
    ["a stream", TypeError, () => make(on, new Stream(stacks.lstm!())), /returned, got a Stream/],
    ["none", TypeError, () => make(on, { ...lstm, layers: [] }), /inputSize of the model/],
    ["too wide", RangeError, () => make(on, wide), /at most 9 features, got 10/],
    ["none", RangeError, () => make(on, conditioned, { url, conditions: [1] }), /2 conditions/],
    ["a list", TypeError, () => make(on, lstm, { url, conditions: wrong(1) }), /an array/],
    [
      "NaN",
      RangeError,
      () => make(on, conditioned, { url, conditions: [1, Number.NaN] }),
      /conditions\[1\]/,
    ],
    ["swap", RangeError, () => swapped.swap(conditioned), /a model with 0 conditions, got 2/],
    ["swap", TypeError, () => swapped.swap(wrong(null)), /^streamNode\.swap: .*, got null/],
    ["swap", TypeError, () => swapped.swap(lstm, wrong(null)), /^streamNode\.swap: .*, got null/],
    ["swap", TypeError, () => swapped.swap(lstm, wrong({ gain: 1 })), /out of residual, got gain/],
    ["swap", TypeError, () => swapped.swap(lstm, { residual: wrong(1) }), /residual to be true/],
    ["context", TypeError, () => make(wrong(null), lstm), /an AudioContext, got null/],
  ]);
  await expect(make({}, lstm)).rejects.toThrow(/expected a context with an audioWorklet/);
});
