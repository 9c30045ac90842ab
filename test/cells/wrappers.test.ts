import {
  Adam,
  add,
  bidirectionalDynamicRNN,
  Cell,
  DropoutWrapper,
  dynamicRNN,
  GRUCell,
  LSTMCell,
  type LSTMState,
  MultiRNNCell,
  mul,
  ones,
  ResidualWrapper,
  randn,
  slice,
  stack,
  sum,
  type Tensor,
  valueAndGrad,
  zeros,
} from "gatewise";
import { expect, test } from "vitest";
import { Streams } from "../../bindings/core/random.ts";
import { drop } from "../../bindings/ops/dropout.ts";
import { expectFloat32 } from "../close.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { gruAfter, join, sequencesOf, unroll } from "../reference/cells.ts";
import { uniform } from "../reference/random.ts";
import { assignAll, asTensor, randomWeights, rowStates, weightsOf } from "./oracle.ts";

/** Puts out its input, and has a state of ones: what is 0 or above 1 in a result has gone through dropout. */
class Echo extends Cell<LSTMState> {
  readonly stateSize = { h: 3, c: 3 };
  readonly outputSize: number;

  constructor(size: number) {
    super(size);
    this.outputSize = size;
  }

  call(x: Tensor): [Tensor, LSTMState] {
    const state = ones([x.shape[0]!, 3]);
    return [x, { h: state, c: state }];
  }
}

/** What a function computes while a tape records. */
function taped<T extends Record<string, Tensor>>(f: () => T): Record<keyof T, number[][][]> {
  const { value } = valueAndGrad(() => {
    const results = f();
    const arrays = Object.entries(results).map(([name, x]) => [name, x.toArray()]);
    return { loss: sum(Object.values(results)[0]!), ...Object.fromEntries(arrays) };
  }, {});
  return value as unknown as Record<keyof T, number[][][]>;
}

const [B, T, I] = [4, 6, 32];
const lengths = [2, 6, 0, 5];
const runEcho = (cell: Cell<LSTMState>, sequenceLength: readonly number[] = [T, T, T, T]) =>
  taped(() => {
    const { outputs, state } = dynamicRNN(cell, ones([B, T, I]), { sequenceLength });
    return { outputs, ...state };
  });

describeKernelSets("DropoutWrapper", () => {
  test("is the cell as it was outside training, and without a tape", () => {
    const inner = new LSTMCell(3, 4, { seed: 1 });
    const rates = { inputDropout: 0.5, stateDropout: 0.5, outputDropout: 0.5 };
    const cell = new DropoutWrapper(inner, rates);
    const x = randn([2, 5, 3], { seed: 1 });
    const wanted = dynamicRNN(inner, x).outputs.toArray();
    const outputs = () => ({ outputs: dynamicRNN(cell, x).outputs });
    expect(outputs().outputs.toArray()).toEqual(wanted);
    expect(cell.call(ones([2, 3]), cell.zeroState(2))).toEqual(
      inner.call(ones([2, 3]), inner.zeroState(2)),
    );
    expect(taped(outputs).outputs).not.toEqual(wanted);
    expect(taped(() => ({ outputs: dynamicRNN(cell.eval(), x).outputs })).outputs).toEqual(wanted);
    expect(inner.training).toBe(false);
  });

  test("drops inputs, outputs and h, not c, at the rates asked for", () => {
    const values = (rates: object) => {
      const { outputs, h, c } = runEcho(new DropoutWrapper(new Echo(I), { ...rates, seed: 1 }));
      const of = (x: unknown) => [...new Set([x].flat(3) as number[])].sort((a, b) => a - b);
      return { outputs: of(outputs), h: of(h), c: of(c) };
    };
    expect(values({ inputDropout: 0.5 })).toEqual({ outputs: [0, 2], h: [1], c: [1] });
    expect(values({ outputDropout: 0.75 })).toEqual({ outputs: [0, 4], h: [1], c: [1] });
    expect(values({ stateDropout: 0.5 })).toEqual({ outputs: [1], h: [0, 2], c: [1] });
    expect(values({ inputDropout: 0.5, outputDropout: 0.75 }).outputs).toEqual([0, 8]);
  });

  test.each([["inputDropout"], ["outputDropout"]])(
    "%s: each step for itself, or, variational, all steps of a sequence the same",
    (name) => {
      const run = (variational: boolean, sequenceLength?: readonly number[]) =>
        runEcho(
          new DropoutWrapper(new Echo(I), { [name]: 0.5, variational, seed: 3 }),
          sequenceLength,
        ).outputs;
      const distinct = (rows: readonly unknown[]) => new Set(rows.map((r) => `${r}`)).size;
      expect(distinct(run(false).flat())).toBe(B * T);
      const sequences = run(true);
      expect(sequences.map(distinct)).toEqual([1, 1, 1, 1]);
      expect(distinct(sequences.flat())).toBe(B);
      run(true, lengths).forEach((rows, b) => {
        const length = lengths[b]!;
        expect(distinct(rows.slice(0, length))).toBe(Math.min(length, 1));
        expect(rows.slice(length)).toEqual(zeros([T, I]).toArray().slice(length));
      });
    },
  );

  test("equals dropout by hand around the cell: outputs, state and gradients, to the bit", () => {
    const rates = [0.3, 0.4] as const;
    const x = randn([T, B, 3], { seed: 2 }); // time-major and of full length: packed rows are these
    const draws = () => {
      const streams = new Streams("test", 9);
      return [streams.next(), streams.next()] as const;
    };
    const run = (fused: boolean) => {
      const inner = new LSTMCell(3, 5, { seed: 4 });
      const cell = new DropoutWrapper(inner, {
        inputDropout: rates[0],
        outputDropout: rates[1],
        seed: 9,
      });
      const targets = { x, ...inner.parameters() };
      const { value, gradients } = valueAndGrad(() => {
        const [first, second] = draws();
        const inputs = drop(x, rates[0], first);
        const given = fused
          ? dynamicRNN(cell, x, { timeMajor: true })
          : dynamicRNN(inner, inputs, { timeMajor: true });
        const outputs = fused ? given.outputs : drop(given.outputs, rates[1], second);
        const loss = sum(mul(outputs, outputs));
        return { loss: add(loss, sum(given.state.c)), data: outputs.data };
      }, targets);
      return [value, Object.entries(gradients).map(([name, g]) => [name, g.data])];
    };
    expect(run(true)).toEqual(run(false));
  });

  test("steps taken by hand in one training step drop what unrolling drops, if variational", () => {
    const rates = { inputDropout: 0.3, stateDropout: 0.4, outputDropout: 0.5 };
    const x = randn([T, B, 3], { seed: 2 });
    const inner = new GRUCell(3, 5, { seed: 4 });
    const byHand = (cell: Cell) => {
      let state = cell.zeroState(B);
      const outputs = Array.from({ length: T }, (_, t) => {
        const [y, next] = cell.call(slice(x, [t, 0, 0], [1, -1, -1]).reshape([B, 3]), state);
        state = next;
        return y;
      });
      return { outputs: stack(outputs, 0), state };
    };
    const run = (
      unrolled: (cell: Cell) => { outputs: Tensor; state: Tensor },
    ): Record<string, Float32Array> => {
      const cell = new DropoutWrapper(inner, { ...rates, variational: true, seed: 9 });
      const { value, gradients } = valueAndGrad(
        () => {
          const { outputs, state } = unrolled(cell);
          const loss = add(sum(mul(outputs, outputs)), sum(state));
          return { loss, outputs: outputs.data, state: state.data };
        },
        { x, ...inner.parameters() },
      );
      const slopes = Object.entries(gradients).map(([name, { data }]) => [name, data] as const);
      return { outputs: value.outputs, state: value.state, ...Object.fromEntries(slopes) };
    };
    const wanted = run(byHand);
    const results: Record<string, Float32Array> = run((cell) =>
      dynamicRNN(cell, x, { timeMajor: true }),
    );
    for (const [name, data] of Object.entries(wanted))
      expectFloat32(results[name]!, data, name, 1e-6);
    expect(new Set(wanted.outputs!).size).toBeLessThan(T * B * 4); // some were dropped
  });

  test("steps one by one each drop for themselves in a training step, unless variational", () => {
    for (const name of ["inputDropout", "stateDropout", "outputDropout"]) {
      const same = (variational: boolean) => {
        const cell = new DropoutWrapper(new Echo(I), { [name]: 0.5, variational, seed: 3 });
        const twice = () => cell.call(ones([9, I]), cell.zeroState(9)); // 27 numbers of h are dropped or not
        const { y, h, z, g } = taped(() => {
          const [[output, state], [other, next]] = [twice(), twice()];
          return { y: output, h: state.h, z: other, g: next.h };
        });
        return `${[y, h]}` === `${[z, g]}`;
      };
      expect([name, same(false), same(true)]).toEqual([name, false, true]);
    }
  });

  test("draws anew in every training step, the same again from the same seed", () => {
    for (const variational of [false, true]) {
      const run = () => {
        const cell = new DropoutWrapper(new Echo(I), { inputDropout: 0.5, variational, seed: 5 });
        return [runEcho(cell).outputs, runEcho(cell).outputs];
      };
      const [first, second] = run();
      expect(first).not.toEqual(second);
      expect(run()).toEqual([first, second]);
    }
  });

  test("keeps a built-in cell its kernel for whole sequences, unless the state is dropped", () => {
    const loss = (options: object) => {
      const cell = new DropoutWrapper(new GRUCell(3, 4, { seed: 1 }), { ...options, seed: 1 });
      return valueAndGrad(
        () => sum(dynamicRNN(cell, ones([2, 6, 3]), { checkpointEvery: 2 }).outputs),
        cell.parameters(),
      ).value;
    };
    expect(loss({ inputDropout: 0.5, outputDropout: 0.5 })).toBeTypeOf("number");
    expect(loss({ inputDropout: 0.5, variational: true })).toBeTypeOf("number");
    expect(() => loss({ stateDropout: 0.5 })).toThrow(/^dynamicRNN: expected checkpointEvery/);
  });

  test("stacks, runs both ways and trains; parameters keep their names behind cell.", () => {
    const make = () => {
      const drops = (i: number, seed: number) =>
        new DropoutWrapper(new LSTMCell(i, 4, { seed }), {
          inputDropout: 0.2,
          stateDropout: 0.2,
          outputDropout: 0.2,
          seed,
        });
      return [
        new MultiRNNCell([drops(3, 1), new ResidualWrapper(drops(4, 2))]),
        drops(3, 3),
      ] as const;
    };
    const x = randn([B, T, 3], { seed: 2 });
    const train = () => {
      const [forward, backward] = make();
      const optimizer = new Adam({ learningRate: 0.05 });
      const losses = Array.from({ length: 12 }, () =>
        optimizer.minimize(() => {
          const { outputs } = bidirectionalDynamicRNN(forward, backward, x, {
            sequenceLength: lengths,
          });
          return add(sum(outputs[0]), sum(outputs[1]));
        }),
      );
      return losses;
    };
    const losses = train();
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 10);
    expect(train()).toEqual(losses);
    expect(Object.keys(make()[0].parameters())).toEqual([
      ...["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((name) => `cells.0.cell.${name}`),
      ...["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map(
        (name) => `cells.1.cell.cell.${name}`,
      ),
    ]);
  });

  test("refuses what is no cell, no rate, no option", () => {
    const wrong = (value: unknown) => value as never;
    const cell = new GRUCell(2, 3);
    expect(() => new DropoutWrapper(wrong(3))).toThrow(
      /^DropoutWrapper: expected cell to be a cell, got 3/,
    );
    for (const name of ["inputDropout", "stateDropout", "outputDropout"]) {
      const where = new RegExp(`^DropoutWrapper: expected ${name}`);
      expect(() => new DropoutWrapper(cell, { [name]: 1 })).toThrow(RangeError);
      expect(() => new DropoutWrapper(cell, { [name]: -0.5 })).toThrow(where);
      expect(() => new DropoutWrapper(cell, { [name]: wrong("0.5") })).toThrow(TypeError);
    }
    expect(() => new DropoutWrapper(cell, { variational: wrong(1) })).toThrow(TypeError);
    expect(() => new DropoutWrapper(cell, wrong({ inputKeepProb: 0.5 }))).toThrow(/inputKeepProb/);
    expect(() => new DropoutWrapper(cell, { seed: 0.5 })).toThrow(/^DropoutWrapper: expected seed/);
    const dropped = new DropoutWrapper(cell, { inputDropout: 0.5 });
    expect(() => taped(() => ({ y: dropped.call(ones([1, 3]), zeros([1, 3]))[0] }))).toThrow(
      /^DropoutWrapper.call: expected x of shape/,
    );
  });
});

describeKernelSets("ResidualWrapper", () => {
  test.each([["at once"], ["step by step"]])("adds the input to the output, %s", (way) => {
    const [H, batch, time] = [5, 3, 4];
    const ragged = [2, 4, 1];
    const inner = new GRUCell(H, H);
    const cell = new ResidualWrapper(inner);
    const numbers: Record<string, Float64Array> = {
      x: uniform(batch * time * H, 1),
      h: uniform(batch * H, 2),
      ...(randomWeights(gruAfter, H, H, 3) as Record<string, Float64Array>),
    };
    assignAll(inner.parameters(), numbers);
    const x = asTensor(numbers.x!, [batch, time, H]);
    const h = asTensor(numbers.h!, [batch, H]);
    /** Hides the kernel for whole sequences. */
    class Stepwise extends Cell {
      readonly stateSize = H;
      readonly outputSize = H;
      call(input: Tensor, state: Tensor): [Tensor, Tensor] {
        return cell.call(input, state);
      }
    }
    const unrolled = way === "at once" ? cell : new Stepwise(H);
    expectForwardAndGradients({
      label: way,
      numbers,
      targets: { x, h, ...inner.parameters() },
      forward: () =>
        dynamicRNN(unrolled, x, { sequenceLength: ragged, initialState: h }) as unknown as Record<
          string,
          Tensor
        >,
      reference: () => {
        const rows = sequencesOf(numbers.x!, time, H);
        const run = unroll(
          gruAfter,
          weightsOf(numbers, H, H),
          rows,
          rowStates({ h: numbers.h! }, H),
          {
            lengths: ragged,
          },
        );
        const outputs = run.outputs.map((sequence, b) =>
          sequence.map((y, t) => (t < ragged[b]! ? y.map((v, j) => v + rows[b]![t]![j]!) : y)),
        );
        return { outputs: join(outputs.flat()), state: join(run.state.map((s) => s.h)) };
      },
    });
  });

  test("refuses what does not fit", () => {
    expect(() => new ResidualWrapper(new GRUCell(3, 4))).toThrow(
      /^ResidualWrapper: expected a cell whose outputSize is its inputSize, 3, got 4/,
    );
    expect(() => new ResidualWrapper({} as never)).toThrow(TypeError);
    const cell = new ResidualWrapper(new GRUCell(3, 3));
    expect(() => cell.call(ones([1, 2]), zeros([1, 3]))).toThrow(
      /^ResidualWrapper.call: expected x/,
    );
  });
});
