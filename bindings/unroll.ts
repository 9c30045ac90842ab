import { type Cell, checkCell, reorderState, type Unrolled } from "./cells/cell.ts";
import { type Counted, layOut, type Schedule } from "./cells/schedule.ts";
import {
  checkFlag,
  checkOptions,
  checkShape,
  checkSize,
  kindError,
  valueError,
} from "./core/check.ts";
import { checkLengths, type SequenceLength } from "./core/lengths.ts";
import { inFrame } from "./core/scope.ts";
import { checkTensor, type Tensor } from "./core/tensor.ts";
import { gatherRows, scatterRows } from "./ops/rows.ts";
import { concat, reshape } from "./ops/shape.ts";

export type { SequenceLength };

/** How to unroll. */
export interface UnrollOptions<S> {
  /** The length of each sequence; without it all are as long as the input. */
  readonly sequenceLength?: SequenceLength | undefined;
  /** The state before the first step; zeros without it. */
  readonly initialState?: S | undefined;
  /** Whether inputs and outputs are [time, batch, ·] rather than [batch, time, ·]. Default false. */
  readonly timeMajor?: boolean | undefined;
  /**
   * Trains long sequences in less memory: of every so many steps only the state is kept, and backward computes them anew.
   * About √time is best; gradients have the same bits. For the built-in cells, where their options leave them the kernel for whole sequences; a
   * cell that goes step by step is refused with a RangeError.
   */
  readonly checkpointEvery?: number | undefined;
}

const optionNames = ["sequenceLength", "initialState", "timeMajor", "checkpointEvery"] as const;

/** @internal Sequences of a batch in packed rows, and the way back. */
export class Packed {
  /** [P, I] */
  readonly x: Tensor;
  readonly schedule: Schedule;
  readonly #timeMajor: boolean;
  readonly #time: number;

  /** inputs [batch, time, I], or [time, batch, I]. */
  constructor(
    inputs: Tensor,
    timeMajor: boolean,
    counted: Counted | undefined,
    checkpointEvery?: number,
  ) {
    const [outer, inner, features] = inputs.shape as [number, number, number];
    this.#timeMajor = timeMajor;
    this.#time = timeMajor ? outer : inner;
    const batch = timeMajor ? inner : outer;
    this.schedule = layOut(batch, this.#time, timeMajor, counted, checkpointEvery);
    const rows = reshape(inputs, [outer * inner, features]);
    this.x = this.schedule.inPlace ? rows : gatherRows(rows, this.schedule.source);
  }

  /** Packed rows with every sequence turned around. */
  turn(rows: Tensor): Tensor {
    return gatherRows(rows, this.schedule.mirror);
  }

  /** Rows [P, n] as [batch, time, n] (or [time, batch, n]), zeros where a step does not count. */
  unpack(rows: Tensor): Tensor {
    const { batch, source, inPlace } = this.schedule;
    const all = inPlace ? rows : scatterRows(rows, source, batch * this.#time);
    const sizes = this.#timeMajor ? [this.#time, batch] : [batch, this.#time];
    return reshape(all, [...sizes, rows.shape[1]!]);
  }

  /** Unrolls a cell over rows: states in and out are in the order of the batch. */
  run<S>(
    cell: Pick<Cell<S>, "unroll">,
    rows: Tensor,
    initial: S | undefined,
    backwards = false,
  ): Unrolled<S> {
    const { order, restore } = this.schedule;
    const first = initial !== undefined && order ? reorderState(initial, order) : initial;
    const x = backwards ? this.turn(rows) : rows;
    const { outputs, state } = cell.unroll(x, this.schedule, first);
    return {
      outputs: backwards ? this.turn(outputs) : outputs,
      state: restore ? reorderState(state, restore) : state,
    };
  }
}

/** @internal What is asked of a cell before it is unrolled. */
type Unrollable = Pick<Cell, "inputSize" | "stepwise">;

/**
 * @internal What every way of unrolling asks of its inputs and of all its cells, of which the first takes the inputs: a function
 * that packs them, and how many sequences there are.
 */
export function checkInputs(
  where: string,
  inputs: Tensor,
  cells: readonly Unrollable[],
  options: UnrollOptions<unknown>,
  [name, lengthsName]: readonly [inputs: string, lengths: string] = ["inputs", "sequenceLength"],
): { readonly batch: number; readonly pack: () => Packed } {
  const { sequenceLength, timeMajor = false, checkpointEvery } = options;
  if (checkpointEvery !== undefined) checkCheckpoints(where, checkpointEvery, cells);
  checkFlag(where, "timeMajor", timeMajor);
  const { shape } = checkTensor(where, name, inputs);
  const sizes = timeMajor ? ["time", "batch"] : ["batch", "time"];
  checkShape(where, name, shape, [...sizes, cells[0]!.inputSize]);
  const [batch, time] = (timeMajor ? [shape[1], shape[0]] : shape) as [number, number];
  const lengths = checkLengths(where, lengthsName, sequenceLength, batch, time);
  return { batch, pack: () => new Packed(inputs, timeMajor, lengths, checkpointEvery) };
}

function checkCheckpoints(where: string, every: unknown, cells: readonly Unrollable[]): void {
  checkSize(where, "checkpointEvery", every);
  if (cells.some((cell) => cell.stepwise))
    throw valueError(
      where,
      "checkpointEvery with cells that have a kernel for whole sequences only",
      "a cell that goes step by step",
    );
}

function checkSameInput(where: string, forward: Cell<never>, backward: Cell<never>): void {
  if (forward.inputSize !== backward.inputSize)
    throw valueError(
      where,
      `both cells with inputSize ${forward.inputSize}`,
      `${backward.inputSize} in the backward one`,
    );
}

/**
 * Unrolls a cell over sequences, as TensorFlow 1's `dynamic_rnn`: inputs [batch, time, inputSize], outputs
 * [batch, time, outputSize] and the state after each sequence's last step. Steps past a sequence's length are not
 * computed; their outputs are 0, and a sequence of length 0 keeps its initial state.
 * Throws a TypeError or RangeError where an argument does not fit, before anything is computed.
 */
export function dynamicRNN<S>(
  cell: Cell<S>,
  inputs: Tensor,
  options?: UnrollOptions<S>,
): { outputs: Tensor; state: S } {
  const where = "dynamicRNN";
  checkCell(where, "cell", cell);
  const checked = checkOptions(where, options, optionNames);
  const { batch, pack } = checkInputs(where, inputs, [cell], checked);
  const initial = checked.initialState;
  if (initial !== undefined) cell.checkState(where, initial, batch);
  return inFrame([cell], () => {
    const packed = pack();
    const { outputs, state } = packed.run(cell, packed.x, initial);
    return { outputs: packed.unpack(outputs), state };
  });
}

/**
 * Unrolls one cell forwards and another backwards over the same inputs, each sequence from its own last step on.
 * Outputs and states come in pairs, forward first; outputs of both stand at the step that they belong to.
 */
export function bidirectionalDynamicRNN<F, B>(
  forward: Cell<F>,
  backward: Cell<B>,
  inputs: Tensor,
  options?: UnrollOptions<readonly [F, B]>,
): { outputs: [forward: Tensor, backward: Tensor]; states: [forward: F, backward: B] } {
  const where = "bidirectionalDynamicRNN";
  checkCell(where, "forward", forward);
  checkCell(where, "backward", backward);
  const cells = [forward, backward] as unknown as [Cell<never>, Cell<never>];
  checkSameInput(where, ...cells);
  const checked = checkOptions(where, options, optionNames);
  const { batch, pack } = checkInputs(where, inputs, cells, checked);
  const initial = checked.initialState;
  if (initial !== undefined) {
    checkList(where, "initialState", initial, 2);
    forward.checkState(where, initial[0], batch);
    backward.checkState(where, initial[1], batch);
  }
  return inFrame(cells, () => {
    const packed = pack();
    const there = packed.run(forward, packed.x, initial?.[0]);
    const back = packed.run(backward, packed.x, initial?.[1], true);
    return {
      outputs: [packed.unpack(there.outputs), packed.unpack(back.outputs)],
      states: [there.state, back.state],
    };
  });
}

/**
 * Deep bidirectional unrolling, as TensorFlow 1's `stack_bidirectional_dynamic_rnn`: each layer sees both directions of the
 * one below, so cells from the second layer on take the two output sizes together. Outputs [batch, time, forward + backward]
 * are those of the last layer; states come as one list per direction.
 */
export function stackBidirectionalDynamicRNN<
  const F extends readonly unknown[],
  const B extends readonly unknown[],
>(
  forward: readonly [...{ [I in keyof F]: Cell<F[I]> }],
  backward: readonly [...{ [I in keyof B]: Cell<B[I]> }],
  inputs: Tensor,
  options?: UnrollOptions<readonly [F, B]>,
): { outputs: Tensor; states: [forward: F, backward: B] } {
  const where = "stackBidirectionalDynamicRNN";
  const [there, back]: (readonly Cell<unknown>[])[] = [forward, backward];
  const layers = checkLayers(where, there!, back!);
  const checked = checkOptions(where, options, optionNames);
  const { batch, pack } = checkInputs(where, inputs, layers.flat(), checked);
  const initial = checked.initialState;
  if (initial !== undefined) {
    checkList(where, "initialState", initial, 2);
    layers.forEach((cells, i) => {
      cells.forEach((cell, direction) => {
        checkList(where, `initialState[${direction}]`, initial[direction], layers.length);
        cell.checkState(where, initial[direction]![i], batch);
      });
    });
  }
  return inFrame(layers.flat(), () => {
    const packed = pack();
    let rows = packed.x;
    const states: [unknown[], unknown[]] = [[], []];
    layers.forEach((cells, i) => {
      const outputs = cells.map((cell, direction) => {
        const one = packed.run(cell, rows, initial?.[direction]?.[i], direction === 1);
        states[direction]!.push(one.state);
        return one.outputs;
      });
      rows = concat(outputs, 1);
    });
    return { outputs: packed.unpack(rows), states: states as unknown as [F, B] };
  });
}

function checkList(where: string, name: string, value: unknown, length: number): void {
  if (!Array.isArray(value)) throw kindError(where, `${name} to be an array`, value);
  if (value.length !== length)
    throw valueError(where, `${name} to have ${length} elements`, value.length);
}

/** Pairs of cells, layer by layer, that fit onto one another. */
function checkLayers(
  where: string,
  forward: readonly Cell<unknown>[],
  backward: readonly Cell<unknown>[],
): readonly (readonly [Cell<unknown>, Cell<unknown>])[] {
  if (!Array.isArray(forward)) throw kindError(where, "forward to be an array of cells", forward);
  checkList(where, "backward", backward, forward.length);
  if (forward.length === 0) throw valueError(where, "at least one layer", "none");
  const all = [...forward, ...backward];
  if (new Set(all).size < all.length)
    throw new Error(`${where}: expected cells of their own throughout, got the same cell twice`);
  return forward.map((cell, i) => {
    const pair = [cell, backward[i]!] as const;
    pair.forEach((one, direction) => {
      checkCell(where, `${direction === 0 ? "forward" : "backward"}[${i}]`, one);
    });
    checkSameInput(where, pair[0] as Cell<never>, pair[1] as Cell<never>);
    const below = i > 0 ? forward[i - 1]!.outputSize + backward[i - 1]!.outputSize : cell.inputSize;
    if (cell.inputSize !== below)
      throw valueError(where, `layer ${i} with inputSize ${below}`, cell.inputSize);
    return pair;
  });
}
