import {
  Embedding,
  GRU,
  Linear,
  LSTM,
  LSTMCell,
  RNN,
  randn,
  Stream,
  type StreamLayer,
  type Tensor,
} from "gatewise";
import { expect, test, vi } from "vitest";
import { runtime } from "../../bindings/core/runtime.ts";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";

const V = 6;
const I = 3;
const numbers = [2, 0, 5, 5, 1, 3, 0];

const embedding = () => new Embedding(V, I, { seed: 1 });
const stacks: Readonly<Record<string, () => readonly StreamLayer[]>> = {
  ...Object.fromEntries(
    [1, 3, 4, 5, 8, 9, 17].flatMap((H) => [
      [`RNN(${H})`, () => [new RNN(I, H, { seed: 2 })]],
      [`GRU(${H}), reset before`, () => [new GRU(I, H, { seed: 2, resetAfter: false })]],
      [`LSTM(${H}) without biases`, () => [new LSTM(I, H, { seed: 2, bias: false })]],
    ]),
  ),
  "a cell": () => [new LSTMCell(I, 5, { seed: 2 })],
  "LSTM in 2 layers, Linear on top": () => [
    new LSTM(I, 5, { seed: 2, numLayers: 2 }),
    new Linear(5, V, { seed: 3 }),
  ],
  "Linear and GRU": () => [new Linear(I, 4, { seed: 2 }), new GRU(4, 9, { seed: 3 })],
};

/** All outputs of a stream that is given one frame after the other. */
function outputs<F extends number | Float32Array>(
  stream: Stream,
  frames: readonly F[],
): Float32Array[] {
  return frames.map((frame) => {
    const out = new Float32Array(stream.outputSize);
    stream.step(frame, out);
    return out;
  });
}

const rowOf = (table: Tensor, row: number): Float32Array =>
  table.data.slice(row * I, (row + 1) * I);

describeKernelSets("Stream with an embedding", () => {
  for (const [name, make] of Object.entries(stacks))
    test(`${name}: numbers of entries are their rows, to the bit`, () => {
      const [table, layers] = [embedding(), make()];
      const frames = numbers.map((n) => rowOf(table.weight, n));
      const wanted = outputs(new Stream(layers), frames);
      const stream = new Stream([table, ...layers]);
      expect(stream.inputSize).toBe(1);
      expect(outputs(stream, numbers)).toEqual(wanted);
      stream.reset();
      expect(outputs(stream, numbers)).toEqual(wanted);
    });

  test("more entries than there is room for beforehand: each step multiplies its row, the same bits", () => {
    const [count, hidden] = [4100, 256];
    const table = new Embedding(count, I, { seed: 1 });
    const layer = new LSTM(I, hidden, { seed: 2 });
    const { heap } = runtime();
    const taken = vi.spyOn(heap, "allocate");
    const stream = new Stream([table, layer]);
    expect(Math.max(...taken.mock.calls.map(([bytes]) => bytes))).toBeLessThan(2 ** 23);
    vi.restoreAllMocks();
    const some = [4099, 0, 77];
    const wanted = outputs(
      new Stream([layer]),
      some.map((n) => rowOf(table.weight, n)),
    );
    expect(outputs(stream, some)).toEqual(wanted);
  });

  test("changes of the embedding and of the layers are seen", () => {
    const [table, layer] = [embedding(), new GRU(I, 5, { seed: 2 })];
    const stream = new Stream([table, layer]);
    let last = outputs(stream, numbers);
    for (const changed of [table.weight, ...Object.values(layer.parameters())]) {
      changed.assign(randn(changed.shape, { seed: 3 }));
      stream.reset();
      const now = outputs(stream, numbers);
      const rows = numbers.map((n) => rowOf(table.weight, n));
      expect(now).toEqual(outputs(new Stream([layer]), rows));
      expect(now).not.toEqual(last);
      last = now;
    }
  });

  test("errors", () => {
    const out = new Float32Array(4);
    const stream = new Stream([embedding(), new LSTM(I, 4)]);
    const plain = new Stream([new LSTM(I, 4)]);
    stream.step(1, out);
    const before = structuredClone(stream.saveState());
    const whole = /whole number from 0 to 5, got/;
    expectErrors([
      ["too large", RangeError, () => stream.step(V, out), whole],
      ["negative", RangeError, () => stream.step(-1, out), whole],
      ["a fraction", RangeError, () => stream.step(0.5, out), whole],
      ["NaN", RangeError, () => stream.step(Number.NaN, out), whole],
      ["a row", TypeError, () => stream.step(new Float32Array(1), out), /number of an entry/],
      ["a string", TypeError, () => stream.step(wrong("1"), out)],
      ["out", RangeError, () => stream.step(1, new Float32Array(3))],
      ["no embedding", TypeError, () => plain.step(1, out), /Float32Array, got 1/],
      ["alone", RangeError, () => new Stream([embedding()]), /after the embedding, got none/],
      ["size", RangeError, () => new Stream([embedding(), new RNN(4, 2)]), /inputSize 3.*got 4/],
      ["second", TypeError, () => new Stream([new RNN(I, I), embedding()]), /layers\[1\]/],
      ["other", TypeError, () => new Stream([embedding(), wrong({})]), /layers\[1\]/],
    ]);
    expect(stream.saveState()).toEqual(before);
  });

  test("ends with its embedding, and gives its memory back", () => {
    const [table, layer] = [embedding(), new LSTM(I, 4)];
    new Stream([table, layer]).dispose();
    const { heap } = runtime();
    const [taken, given] = [vi.spyOn(heap, "allocate"), vi.spyOn(heap, "free")];
    new Stream([table, layer]).dispose();
    expect(given.mock.calls.map(([address]) => address).sort()).toEqual(
      taken.mock.results.map(({ value }) => value as number).sort(),
    );
    vi.restoreAllMocks();
    const stream = new Stream([table, layer]);
    table.dispose();
    expect(() => stream.step(0, new Float32Array(4))).toThrow(/disposed/);
  });
});
