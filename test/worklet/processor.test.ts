import { describeStream, Embedding, Linear, LSTM, RNN, Stream, type StreamLayer } from "gatewise";
import { describe, expect, test } from "vitest";
import { conditionNames } from "../../bindings/audio/protocol.ts";
import { streamProcessor } from "../../bindings/worklet/processor.ts";
import { played, sound, stacks } from "./models.ts";
import { AudioWorkletProcessor, Rig } from "./scope.ts";

const Processor = streamProcessor(AudioWorkletProcessor);
const model = (layers: readonly StreamLayer[]) => describeStream(new Stream(layers));
const lstm = model(stacks.lstm!());
const created = [{ id: 0, error: undefined }];

/** A processor that has said it is ready. */
function start(setup: object): Rig {
  const rig = new Rig(Processor, setup);
  expect(rig.replies).toEqual(created);
  return rig;
}

const added = (dry: Float32Array, wet: Float32Array) => dry.map((value, i) => value + wet[i]!);

describe("a block", () => {
  test.each(Object.keys(stacks).filter((name) => name !== "conditioned"))(
    "%s: is what single steps make of it, to the bit, in blocks of any length",
    (name) => {
      const input = sound(1000, 21);
      const wanted = played(stacks[name]!(), input);
      const rig = start({ model: model(stacks[name]!()) });
      for (let at = 0, frames = 1; at < 1000; at += frames, frames = Math.min(256, 1000 - at)) {
        const { output, goesOn } = rig.block([input.slice(at, at + frames)], 1);
        expect(output[0]).toEqual(wanted.slice(at, at + frames));
        expect(goesOn).toBe(true);
      }
      expect(rig.replies).toEqual([]);
    },
  );

  test("channels have states of their own; one that is not there is the last one's", () => {
    const [left, right] = [sound(512, 22), sound(512, 23)];
    const rig = start({ model: lstm });
    const half = (x: Float32Array, i: number) => x.slice(256 * i, 256 * (i + 1));
    const one = rig.block([half(left, 0)], 2).output;
    const two = rig.block([half(left, 1), half(right, 1)], 2).output;
    const other = Float32Array.from([...half(left, 0), ...half(right, 1)]);
    const wanted = [left, other].map((x) => played(stacks.lstm!(), x));
    expect(one).toEqual(wanted.map((x) => half(x, 0)));
    expect(two).toEqual(wanted.map((x) => half(x, 1)));
  });

  test("of two channels into three the last one is heard twice", () => {
    const [left, right] = [sound(64, 22), sound(64, 23)];
    const { output } = start({ model: lstm, channels: 3 }).block([left, right], 3);
    expect(output).toEqual([left, right, right].map((x) => played(stacks.lstm!(), x)));
  });

  test("nothing connected is silence, which the model goes on from", () => {
    const input = sound(256, 24).fill(0, 128);
    const rig = start({ model: lstm });
    const blocks = [rig.block([input.slice(0, 128)], 1), rig.block([], 1)];
    const wanted = played(stacks.lstm!(), input);
    expect(blocks.flatMap(({ output }) => [...output[0]!])).toEqual([...wanted]);
    expect(blocks[1]!.goesOn).toBe(true);
  });

  test("residual: the output is added to the signal", () => {
    const input = sound(128, 25);
    const { output } = start({ model: lstm, residual: true }).block([input], 1);
    expect(output[0]).toEqual(added(input, played(stacks.lstm!(), input)));
  });

  test("conditions: a number a block, or one a sample", () => {
    const input = sound(64, 26);
    const slope = Float32Array.from({ length: 64 }, (_, i) => i / 64);
    const parameters = { condition0: new Float32Array([0.25]), condition1: slope };
    const { output } = start({ model: model(stacks.conditioned!()) }).block([input], 1, parameters);
    const wanted = played(stacks.conditioned!(), input, [0.25, slope]);
    expect(output[0]).toEqual(wanted);
    expect(wanted).not.toEqual(played(stacks.conditioned!(), input, [slope, 0.25]));
  });

  test("its parameters are eight conditions", () => {
    expect(Processor.parameterDescriptors).toEqual(
      conditionNames.map((name) => ({ name, defaultValue: 0 })),
    );
    expect(conditionNames.length).toBe(8);
  });
});

describe("a message", () => {
  const input = sound(128, 27);
  const wanted = played(stacks.lstm!(), input);

  test("another model takes the place of the one before, with a state of zeros", () => {
    const rig = start({ model: lstm, residual: true });
    rig.block([sound(128, 28)], 1);
    const gru = model(stacks.gru!());
    expect(rig.send({ type: "model", id: 5, model: gru })).toEqual([{ id: 5, error: undefined }]);
    expect(rig.block([input], 1).output[0]).toEqual(played(stacks.gru!(), input));
  });

  test("a wrong model leaves the one before at work, its state with it", () => {
    const rig = start({ model: lstm });
    const whole = sound(256, 29);
    const first = rig.block([whole.slice(0, 128)], 1).output[0]!;
    const [reply] = rig.send({ type: "model", id: 1, model: { ...lstm, layers: [] } });
    expect(reply).toEqual({ id: 1, error: "Stream: expected at least one layer, got none" });
    const second = rig.block([whole.slice(128)], 1).output[0]!;
    expect([...first, ...second]).toEqual([...played(stacks.lstm!(), whole)]);
  });

  test("reset: every channel is back at zeros", () => {
    const rig = start({ model: lstm });
    rig.block([sound(128, 28), sound(128, 30)], 2);
    expect(rig.send({ type: "reset", id: 1 })).toEqual([{ id: 1, error: undefined }]);
    expect(rig.block([input, input], 2).output).toEqual([wanted, wanted]);
  });

  test("bypass: the signal as it comes, and the model again", () => {
    const rig = start({ model: lstm });
    rig.send({ type: "bypass", on: true });
    expect(rig.block([input], 2).output).toEqual([input, input]);
    expect(rig.block([], 1).output[0]).toEqual(new Float32Array(128));
    rig.send({ type: "bypass", on: false });
    expect(rig.block([input], 1).output[0]).toEqual(wanted);
  });

  test("stop: the node may be collected", () => {
    const rig = start({ model: lstm });
    expect(rig.send({ type: "stop", id: 2 })).toEqual([{ id: 2, error: undefined }]);
    expect(rig.block([input], 1).goesOn).toBe(false);
  });

  test.each([
    [undefined, /expected a message with a type, got undefined/],
    [{ id: 3 }, /type of a message to be "model" or "reset"/],
    [{ type: "swap", id: 3 }, /type of a message to be .*, got "swap"/],
    [{ type: "bypass", id: 3 }, /on to be true or false, got undefined/],
    [{ type: "model", id: 3, modle: lstm }, /options out of model, residual, channels, got modle/],
  ])("%o is answered with what is wrong", (message, error) => {
    const rig = start({ model: lstm });
    const [reply] = rig.send(message);
    expect(reply!.id).toBe((message as { id?: number } | undefined)?.id);
    expect(reply!.error).toMatch(error);
    expect(rig.block([input], 1).output[0]).toEqual(wanted);
  });
});

describe("what is wrong is told, and the signal goes on", () => {
  const input = sound(128, 31);
  const two = [new LSTM(1, 4), new Linear(4, 2)];
  const many = [new LSTM(10, 4), new Linear(4, 1)];
  const words = [new Embedding(5, 3), new RNN(3, 1)];

  test.each<[string, unknown, RegExp]>([
    ["no options", undefined, /expected what describeStream returned, got undefined/],
    ["no model", {}, /expected what describeStream returned, got undefined/],
    ["two outputs", { model: model(two) }, /a model with 1 feature out, got 2/],
    ["too many inputs", { model: model(many) }, /at most 9 features in, got 10/],
    ["an embedding", { model: model(words) }, /a model of a signal, got one that begins with an e/],
    ["residual", { model: lstm, residual: 1 }, /residual to be true or false, got 1/],
    ["channels", { model: lstm, channels: 0 }, /channels to be a whole number of at least 1/],
    ["too many", { model: lstm, channels: 33 }, /channels to be a whole number from 1 to 32/],
    ["an option", { model: lstm, gain: 2 }, /got gain/],
  ])("%s: the signal as it came", (_, setup, error) => {
    const rig = new Rig(Processor, setup);
    const [reply, ...more] = rig.replies;
    expect(reply!.id).toBe(0);
    expect(reply!.error).toMatch(error);
    expect(more).toEqual([]);
    expect(rig.block([input], 2)).toEqual({ output: [input, input], goesOn: true });
    expect(rig.send({ type: "model", id: 1, model: lstm })).toEqual([{ id: 1, error: undefined }]);
    expect(rig.block([input], 1).output[0]).toEqual(played(stacks.lstm!(), input));
  });

  test("more channels than it has states for: these as they came, told once", () => {
    const rig = start({ model: lstm, channels: 1 });
    const wanted = [played(stacks.lstm!(), input), input];
    expect(rig.block([input, input], 2).output).toEqual(wanted);
    rig.block([input, input], 2);
    expect(rig.replies).toEqual([
      {
        id: undefined,
        error: "gatewise-stream: expected as many channels as the setup says, got more",
      },
    ]);
  });

  test("a node without inputs plays on from silence, one without outputs does nothing", () => {
    const rig = start({ model: lstm });
    const output = [new Float32Array(128)];
    expect(rig.process([], [output])).toBe(true);
    expect(output).toEqual([played(stacks.lstm!(), new Float32Array(128))]);
    expect(rig.process([[input]], [])).toBe(true);
    expect(rig.replies).toEqual([]);
  });

  test("NaN and infinities in the signal count as 0", () => {
    const holes = input.slice();
    const broken = input.slice();
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].forEach((value, i) => {
      broken[7 * i] = value;
      holes[7 * i] = 0;
    });
    const { output } = start({ model: lstm, residual: true }).block([broken], 1);
    expect(output[0]).toEqual(added(holes, played(stacks.lstm!(), holes)));
  });

  test("a model that puts out infinities: silence, from zeros again, told once", () => {
    const growing = new RNN(1, 1, { nonlinearity: "relu", bias: false });
    const { weight_ih_l0, weight_hh_l0 } = growing.parameters();
    weight_ih_l0!.assign([1]);
    weight_hh_l0!.assign([1e30]);
    const rig = start({ model: model([growing]) });
    const ones = new Float32Array(8).fill(1);
    expect(rig.block([ones], 1).output[0]).toEqual(new Float32Array(8));
    expect(rig.block([ones.subarray(0, 2)], 1).output[0]).toEqual(new Float32Array([1, 1e30]));
    rig.block([ones], 1);
    expect(rig.replies.map(({ error }) => error)).toEqual([
      "gatewise-stream: expected finite numbers from the model, got NaN or infinity",
    ]);
  });
});
