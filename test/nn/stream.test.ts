import {
  Adam,
  type Cell,
  dynamicRNN,
  GRU,
  GRUCell,
  Linear,
  LSTM,
  LSTMCell,
  type Module,
  mse,
  RNN,
  RNNCell,
  randn,
  SGD,
  Stream,
  type StreamLayer,
  type StreamState,
  scope,
  slice,
  type Tensor,
  tensor,
} from "gatewise";
import { expect, test, vi } from "vitest";
import { runtime } from "../../bindings/core/runtime.ts";
import { partsOf } from "../cells/oracle.ts";
import { type AnyLayer, registry, type State } from "../cells/registry.ts";
import { collectGarbage, collects } from "../collect.ts";
import { describeKernelSets } from "../kernel-sets.ts";

/** Hidden sizes on both sides of one, two and four vectors. */
const sizes = [1, 3, 4, 5, 8, 9, 17, 20];
const I = 3;
const T = 7;

const input = randn([1, T, I], { seed: 11 });
const frameAt = (x: Tensor, t: number): Float32Array => {
  const width = x.shape.at(-1)!;
  return x.data.slice(t * width, (t + 1) * width);
};

/** What a stream makes of a sequence [1, T, I], one step after another. */
function streamed(stream: Stream, x: Tensor): Float32Array {
  const steps = x.shape[1]!;
  const all = new Float32Array(steps * stream.outputSize);
  for (let t = 0; t < steps; t++) {
    const at = t * stream.outputSize;
    stream.step(frameAt(x, t), all.subarray(at, at + stream.outputSize));
  }
  return all;
}

/** What layers and cells make of a whole sequence, one after the other. */
const whole = (layers: readonly StreamLayer[], x: Tensor): Float32Array =>
  layers.reduce((rows: Tensor, layer) => {
    if (layer instanceof Linear) return layer.forward(rows);
    return "forward" in layer
      ? (layer as AnyLayer).forward(rows).output
      : dynamicRNN(layer as Cell<State>, rows).outputs;
  }, x).data;

/** Stacks of every form, made anew for each test. */
const stacks: Readonly<Record<string, () => readonly StreamLayer[]>> = {
  "a Linear alone": () => [new Linear(I, 5, { seed: 1 })],
  "Linear layers alone": () => [
    new Linear(I, 9, { seed: 1 }),
    new Linear(9, 4, { seed: 2, bias: false }),
  ],
  "LSTM in 2 layers, Linear on top": () => [
    new LSTM(I, 20, { numLayers: 2, seed: 1 }),
    new Linear(20, 1, { seed: 2 }),
  ],
  "GRU in 3 layers without bias": () => [new GRU(I, 5, { numLayers: 3, bias: false, seed: 1 })],
  "RNN in 3 layers, Linear below and on top": () => [
    new Linear(I, 4, { seed: 1 }),
    new RNN(4, 9, { numLayers: 3, seed: 2 }),
    new Linear(9, 3, { seed: 3, bias: false }),
  ],
  "all kinds, Linear between, cells among the layers": () => [
    new LSTM(I, 5, { seed: 1 }),
    new GRUCell(5, 8, { seed: 2, resetAfter: false }),
    new Linear(8, 17, { seed: 3 }),
    new RNN(17, 3, { numLayers: 2, seed: 4, nonlinearity: "relu" }),
    new LSTMCell(3, 9, { seed: 5, bias: false }),
    new GRU(9, 4, { seed: 6, bias: false }),
    new RNNCell(4, 1, { seed: 7 }),
    new Linear(1, 2, { seed: 8 }),
  ],
  "time-major layers": () => [new GRU(I, 4, { timeMajor: true, seed: 1 })],
};

const copyOf = (state: StreamState): StreamState => structuredClone(state);

describeKernelSets("Stream", () => {
  for (const { name, layer, make } of registry) {
    test.each(sizes)(`${name} of %i: each step is that of the whole sequence, to the bit`, (H) => {
      for (const bias of [true, false]) {
        for (const numLayers of [1, 2, 3]) {
          const net = layer(I, H, { bias, numLayers, seed: 1 });
          const run = net.forward(input);
          const stream = new Stream([net as unknown as StreamLayer]);
          expect([stream.inputSize, stream.outputSize]).toEqual([I, H]);
          expect(streamed(stream, input), `${numLayers} layers`).toEqual(run.output.data);
          const parts = partsOf(run.state);
          expect(stream.saveState()).toEqual(
            Array.from({ length: numLayers }, (_, k) =>
              Object.fromEntries(
                Object.entries(parts).map(([part, s]) => [part, s.data.slice(k * H, (k + 1) * H)]),
              ),
            ),
          );
        }
        const cell = make(I, H, { bias, seed: 2 });
        const { outputs } = dynamicRNN(cell, input);
        expect(streamed(new Stream([cell as never]), input), "a cell").toEqual(outputs.data);
      }
    });
  }

  for (const [name, make] of Object.entries(stacks)) {
    test(`${name}: each step is that of the whole sequence, to the bit`, () => {
      const layers = make();
      const x = name.startsWith("time-major") ? input.reshape([T, 1, I]) : input;
      expect(streamed(new Stream(layers), input)).toEqual(whole(layers, x));
    });

    test(`${name}: a state that was saved, sent and loaded goes on to the bit`, () => {
      const layers = make();
      const stream = new Stream(layers);
      const [head, tail] = [slice(input, [0, 0, 0], [1, 3, I]), slice(input, [0, 3, 0], [1, 4, I])];
      const beginning = streamed(stream, head);
      const saved = stream.saveState();
      const sent = copyOf(saved);
      const rest = streamed(stream, tail);
      expect(saved, "a copy").toEqual(sent);
      stream.loadState(sent);
      expect(stream.saveState()).toEqual(saved);
      expect(streamed(stream, tail)).toEqual(rest);
      const other = new Stream(layers);
      other.loadState(saved);
      for (const { h, c } of saved) {
        h.fill(9);
        c?.fill(9);
      }
      expect(streamed(other, tail), "another stream, its state a copy").toEqual(rest);
      expect([...beginning, ...rest]).toEqual([...streamed(new Stream(layers), input)]);
    });

    test(`${name}: reset is a new stream`, () => {
      const layers = make();
      const stream = new Stream(layers);
      const first = streamed(stream, input);
      stream.reset();
      expect(stream.saveState()).toEqual(new Stream(layers).saveState());
      expect(streamed(stream, input)).toEqual(first);
    });

    test(`${name}: NaN comes through, and is gone after reset`, () => {
      const layers = make();
      const stream = new Stream(layers);
      const first = streamed(stream, input);
      const out = new Float32Array(stream.outputSize);
      stream.reset();
      stream.step(new Float32Array([0.5, Number.NaN, 1]), out);
      expect(out.every(Number.isNaN)).toBe(true);
      stream.step(frameAt(input, 0), out);
      if (stream.saveState().length > 0) expect(out.every(Number.isNaN), "it stays").toBe(true);
      stream.reset();
      expect(streamed(stream, input)).toEqual(first);
    });

    test(`${name}: a live stream sees weights that were assigned or trained`, () => {
      const layers = make();
      const stream = new Stream(layers);
      const twin = make();
      const parametersOf = (all: readonly StreamLayer[]) =>
        all.flatMap((layer) => Object.values((layer as Module).parameters()));
      const mirror = () => {
        parametersOf(twin).forEach((p, k) => {
          p.assign(parametersOf(layers)[k]!);
        });
        stream.reset();
        return streamed(new Stream(twin), input);
      };
      let last = streamed(stream, input);
      parametersOf(layers).forEach((p, k) => {
        p.assign(randn(p.shape, { seed: 40 + k }));
        const now = mirror();
        expect(streamed(stream, input), `parameter ${k}`).toEqual(now);
        expect(now).not.toEqual(last);
        last = now;
      });
      const optimizer = new Adam({ learningRate: 0.1 });
      for (const layer of layers) {
        const p = Object.values((layer as Module).parameters());
        optimizer.minimize(() => mse(p[0]!, randn(p[0]!.shape, { seed: 9 })));
        const now = mirror();
        expect(streamed(stream, input), layer.constructor.name).toEqual(now);
        expect(now).not.toEqual(last);
        last = now;
      }
    });
  }

  test("a training step between two frames changes what comes, not the state", () => {
    const [net, head] = [new LSTM(I, 5, { seed: 1 }), new Linear(5, 2, { seed: 2 })];
    const stream = new Stream([net, head]);
    const out = new Float32Array(2);
    stream.step(frameAt(input, 0), out);
    const state = stream.saveState();
    const y = randn([1, T, 2], { seed: 3 });
    new SGD({ learningRate: 1 }).minimize(() => mse(head.forward(net.forward(input).output), y));
    expect(stream.saveState()).toEqual(state);
    stream.step(frameAt(input, 1), out);
    const [h, c] = [state[0]!.h, state[0]!.c!].map((s) => tensor(s, [1, 1, 5]));
    const wanted = head.forward(
      net.forward(slice(input, [0, 1, 0], [1, 1, I]), { h: h!, c: c! }).output,
    );
    expect(out).toEqual(wanted.data);
  });

  test("two streams over one network, and one layer twice in a stream, have states of their own", () => {
    const cell = new GRUCell(4, 4, { seed: 1 });
    const x = randn([1, T, 4], { seed: 2 });
    const [a, b] = [new Stream([cell]), new Stream([cell])];
    const alone = streamed(new Stream([cell]), x);
    const [one, two] = [new Float32Array(4), new Float32Array(4)];
    for (let t = 0; t < T; t++) {
      a.step(frameAt(x, t), one);
      if (t > 1) b.step(frameAt(x, t - 2), two);
      expect([...one]).toEqual([...alone.subarray(4 * t, 4 * t + 4)]);
      if (t > 1) expect([...two]).toEqual([...alone.subarray(4 * t - 8, 4 * t - 4)]);
    }
    expect(streamed(new Stream([cell, cell]), x)).toEqual(whole([cell, cell], x));
  });

  test("frame and out may be parts of larger arrays, and the same one; nothing else is written", () => {
    const net = new GRU(3, 3, { seed: 1 });
    const stream = new Stream([net]);
    const wanted = streamed(new Stream([net]), input);
    const around = new Float32Array(9).fill(7);
    const part = around.subarray(3, 6);
    for (let t = 0; t < T; t++) {
      part.set(frameAt(input, t));
      stream.step(part, part);
      expect([...around]).toEqual([7, 7, 7, ...wanted.subarray(3 * t, 3 * t + 3), 7, 7, 7]);
    }
  });

  test("works between steps, in scopes and while the memory grows", () => {
    const layers = stacks["all kinds, Linear between, cells among the layers"]!();
    const stream = new Stream(layers);
    const wanted = streamed(new Stream(layers), input);
    const { heap } = runtime();
    const bytes = heap.byteLength;
    const out = new Float32Array(2);
    const held: Linear[] = [];
    for (let t = 0; t < T; t++) {
      held.push(new Linear(1000, 500 * (t + 1)));
      scope(() => {
        randn([50, 50]);
        stream.step(frameAt(input, t), out);
      });
      expect([...out]).toEqual([...wanted.subarray(2 * t, 2 * t + 2)]);
    }
    expect(heap.byteLength).toBeGreaterThan(bytes);
  });

  test.runIf(collects)("a stream keeps its layers: nobody else has to", async () => {
    const make = () => [new LSTM(I, 5, { seed: 1 }), new Linear(5, 2, { seed: 2 })] as const;
    const stream = (() => new Stream(make()))();
    const first = streamed(stream, input);
    await collectGarbage();
    for (let k = 0; k < 20; k++)
      for (const p of Object.values(new LSTM(I, 5).parameters())) p.assign(randn(p.shape));
    stream.reset();
    expect(streamed(stream, input)).toEqual(first);
    for (let k = 0; k < 3; k++)
      for (const layer of make())
        for (const p of Object.values(layer.parameters())) p.assign(randn(p.shape));
    stream.reset();
    expect(streamed(stream, input)).toEqual(first);
  });

  test("a wrong frame or out is refused, and the state has not moved", () => {
    const stream = new Stream(stacks["LSTM in 2 layers, Linear on top"]!());
    const out = new Float32Array(1);
    const frame = new Float32Array(I);
    stream.step(frameAt(input, 0), out);
    const [state, before] = [copyOf(stream.saveState()), out[0]];
    for (const n of [0, 2, 4, 100]) {
      expect(() => stream.step(new Float32Array(n), out)).toThrow(
        expect.objectContaining({
          name: "RangeError",
          message: `Stream.step: expected a frame of 3 numbers, got ${n}`,
        }),
      );
      expect(() => stream.step(frame, new Float32Array(n))).toThrow(RangeError);
    }
    for (const wrong of [[1, 2, 3], new Float64Array(3), input, "123", null, undefined, 3]) {
      expect(() => stream.step(wrong as never, out), `${wrong}`).toThrow(TypeError);
      expect(() => stream.step(frame, wrong as never), `${wrong}`).toThrow(TypeError);
    }
    expect(stream.saveState()).toEqual(state);
    expect(out[0]).toBe(before);
  });

  test("a state of another form is refused, and nothing has changed", () => {
    const stream = new Stream([
      new LSTM(I, 5, { seed: 1 }),
      new GRU(5, 4, { seed: 2 }),
      new Linear(4, 2),
    ]);
    streamed(stream, input);
    const good = stream.saveState();
    expect(good.map((s) => Object.keys(s))).toEqual([["h", "c"], ["h"]]);
    const [lstm, gru] = good as [{ h: Float32Array; c: Float32Array }, { h: Float32Array }];
    const zeroed = { h: new Float32Array(5), c: new Float32Array(5) };
    const rows: [unknown, typeof TypeError | typeof RangeError][] = [
      [undefined, TypeError],
      [null, TypeError],
      ["state", TypeError],
      [{ 0: lstm, 1: gru, length: 2 }, TypeError],
      [[], RangeError],
      [[zeroed], RangeError],
      [[zeroed, gru, gru], RangeError],
      [[zeroed, { h: new Float32Array(5) }], RangeError],
      [[zeroed, { h: new Float32Array(0) }], RangeError],
      [[{ ...zeroed, c: new Float32Array(4) }, gru], RangeError],
      [[{ h: zeroed.h }, gru], TypeError],
      [[zeroed, { h: [0, 0, 0, 0] }], TypeError],
      [[zeroed, { h: new Float64Array(4) }], TypeError],
      [[zeroed, null], TypeError],
      [[zeroed, 3], TypeError],
    ];
    for (const [state, kind] of rows) {
      expect(() => stream.loadState(state as never), JSON.stringify(state)).toThrow(
        expect.objectContaining({
          name: kind.name,
          message: expect.stringMatching(/^Stream\.loadState: expected .*, got /),
        }),
      );
      expect(stream.saveState()).toEqual(good);
    }
  });

  test("layers that make no stream", () => {
    const rows: [unknown, typeof TypeError | typeof RangeError, RegExp][] = [
      [[], RangeError, /at least one layer/],
      [[new LSTM(3, 4), new Linear(5, 1)], RangeError, /step 1 with inputSize 4.*5/],
      [[new GRUCell(3, 4), new GRUCell(3, 4)], RangeError, /step 1 with inputSize 4.*3/],
      [[new GRU(3, 4, { bidirectional: true })], RangeError, /layers\[0\].*bidirectional/],
      [[new Linear(3, 3), new LSTM(3, 4, { bidirectional: true })], RangeError, /layers\[1\]/],
      [undefined, TypeError, /array of layers/],
      [new LSTM(3, 4), TypeError, /array of layers/],
      [[[new LSTM(3, 4)]], TypeError, /layers\[0\]/],
      [[new LSTM(3, 4), {}], TypeError, /layers\[1\]/],
      [[new LSTM(3, 4), null], TypeError, /layers\[1\].*null/],
      [[(x: Tensor) => x], TypeError, /layers\[0\].*function/],
    ];
    for (const [layers, kind, message] of rows)
      expect(() => new Stream(layers as never), `${message}`).toThrow(
        expect.objectContaining({ name: kind.name, message: expect.stringMatching(message) }),
      );
  });

  test("disposal is idempotent, gives the memory back, and ends every use", () => {
    const layers = stacks["all kinds, Linear between, cells among the layers"]!();
    const wanted = whole(layers, input);
    new Stream(layers).dispose(); // weights are packed by now, and stay
    const { heap } = runtime();
    const [taken, given] = [vi.spyOn(heap, "allocate"), vi.spyOn(heap, "free")];
    const one = new Stream(layers);
    one[Symbol.dispose]();
    one.dispose();
    expect(taken.mock.results.length).toBeGreaterThan(10);
    expect(given.mock.calls.map(([address]) => address).sort()).toEqual(
      taken.mock.results.map(({ value }) => value as number).sort(),
    );
    vi.restoreAllMocks();
    const stream = new Stream(layers);
    const state = stream.saveState();
    stream.dispose();
    for (const use of [
      () => stream.step(new Float32Array(I), new Float32Array(2)),
      () => stream.saveState(),
      () => stream.loadState(state),
      () => stream.reset(),
    ])
      expect(use, `${use}`).toThrow(/disposed/);
    expect(whole(layers, input), "the layers are as they were").toEqual(wanted);
  });
});
