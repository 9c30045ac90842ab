import { GRU, LSTM, RNN, type Tensor, tensor, valueAndGrad } from "gatewise";
import { expect, test } from "vitest";
import { expectClose } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { uniform } from "../reference/random.ts";

const [B, T, I, H] = [3, 5, 4, 6];
const x = tensor(uniform(B * T * I, 1, 0.1, 1), [B, T, I]);

/** The output while a tape records. */
function training(net: { forward(x: Tensor): { output: Tensor } }): Float32Array {
  let data = new Float32Array();
  valueAndGrad(
    () => {
      const { output } = net.forward(x);
      data = output.data.slice();
      return output.reshape([-1]).slice([0], [1]);
    },
    { x },
  );
  return data;
}

describeKernelSets("layers in torch's shape", () => {
  test("dropout between layers acts in training only, and not behind the last layer", () => {
    const make = (dropout: number, numLayers = 2) =>
      new GRU(I, H, { numLayers, dropout, seed: 4, bidirectional: true });
    const plain = make(0).forward(x).output.data;
    const net = make(0.4);
    expect(net.forward(x).output.data, "without a tape").toEqual(plain);
    const first = training(net);
    expect(first, "with one").not.toEqual(plain);
    expect(training(net), "another time others are dropped").not.toEqual(first);
    expect(training(make(0.4)), "the same seed drops the same").toEqual(first);
    expect(training(net.eval()), "out of training").toEqual(plain);
    expect(training(make(0.4, 1)), "one layer").toEqual(make(0, 1).forward(x).output.data);
  });

  test("what dropout leaves is scaled so that its mean is that of no dropout", () => {
    // Positive weights and inputs: relu passes everything on, and the second layer is linear in the first one's outputs.
    const net = new RNN(I, H, { numLayers: 2, dropout: 0.5, nonlinearity: "relu", seed: 9 });
    for (const [k, p] of Object.values(net.parameters()).entries())
      p.assign(Float32Array.from(uniform(p.size, 30 + k, 0.01, 0.1)));
    const expected = net.forward(x).output.data;
    const total = new Float64Array(expected.length);
    const runs = 600;
    for (let n = 0; n < runs; n++)
      training(net).forEach((v, k) => {
        total[k] = total[k]! + v / runs;
      });
    expectClose(total, expected, { atol: 0, rtol: 0.06 }, "the mean of all runs");
  });

  test.each([false, true])(
    "one sequence [time, size] is a batch of one, timeMajor %s",
    (timeMajor) => {
      const net = new LSTM(I, H, {
        numLayers: 2,
        bidirectional: true,
        projSize: 3,
        timeMajor,
        seed: 5,
      });
      const one = tensor(uniform(T * I, 2), [T, I]);
      const h = tensor(uniform(4 * 3, 3), [4, 3]);
      const c = tensor(uniform(4 * H, 4), [4, H]);
      const single = net.forward(one, { h, c });
      const batch = net.forward(one.reshape(timeMajor ? [T, 1, I] : [1, T, I]), {
        h: h.reshape([4, 1, 3]),
        c: c.reshape([4, 1, H]),
      });
      expect(single.output.shape).toEqual([T, 6]);
      expect([single.state.h.shape, single.state.c.shape]).toEqual([
        [4, 3],
        [4, H],
      ]);
      expect(single.output.data).toEqual(batch.output.data);
      expect(single.state.h.data).toEqual(batch.state.h.data);
      expect(single.state.c.data).toEqual(batch.state.c.data);
      expect(net.forward(one, undefined, { lengths: [2] }).output.data.slice(2 * 6)).toEqual(
        new Float32Array(3 * 6),
      );
    },
  );

  test("wrong options and states are refused by name", () => {
    expect(() => new LSTM(I, H, { projSize: H })).toThrow(
      new RangeError("LSTMCell: expected projSize below hiddenSize, which is 6, got 6"),
    );
    expect(() => new GRU(I, H, { dropout: 1 })).toThrow(
      new RangeError("GRU: expected dropout below 1, got 1"),
    );
    expect(() => new GRU(I, H, { projSize: 2 } as object)).toThrow(TypeError);
    const net = new LSTM(I, H, { projSize: 2 });
    const wrong = {
      h: tensor(uniform(B * H, 1), [1, B, H]),
      c: tensor(uniform(B * H, 1), [1, B, H]),
    };
    expect(() => net.forward(x, wrong)).toThrow(
      new RangeError("LSTM.forward: expected state.h of shape [1, 3, 2], got [1, 3, 6]"),
    );
    expect(() => new GRU(I, H).forward(tensor(uniform(T * 3, 1), [T, 3]))).toThrow(
      new RangeError("GRU.forward: expected x of shape [time, 4], got [5, 3]"),
    );
  });
});
