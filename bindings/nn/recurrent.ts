import type { Cell } from "../cells/cell.ts";
import { checkFlag, checkOptions, checkShape, checkSize } from "../core/check.ts";
import { Module } from "../core/module.ts";
import type { Parameter } from "../core/parameter.ts";
import { deriveSeed } from "../core/random.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { checkRate } from "../ops/dropout.ts";
import { concat, reshape, slice, stack } from "../ops/shape.ts";
import { checkInputs, type Packed, type SequenceLength } from "../unroll.ts";
import { Dropout } from "./dropout.ts";

/** What every recurrent layer can be given; options of its cell come beside these. */
export interface RecurrentOptions {
  /** Layers on top of one another. Default 1. */
  readonly numLayers?: number | undefined;
  /** Whether gates have biases (two each, as in torch). Default true. */
  readonly bias?: boolean | undefined;
  /** The share of each layer's outputs, but the last one's (of one layer none), that is dropped while a network is trained. Default 0. */
  readonly dropout?: number | undefined;
  /** Whether each layer also runs backwards. Default false. */
  readonly bidirectional?: boolean | undefined;
  /** Whether inputs and outputs are [time, batch, ·] rather than [batch, time, ·] (torch's batch_first: false). Default false. */
  readonly timeMajor?: boolean | undefined;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

/** @internal */
export const recurrentOptionNames = [
  "numLayers",
  "bias",
  "dropout",
  "bidirectional",
  "timeMajor",
  "seed",
] as const;

/** What one run over a batch can be given. */
export interface ForwardOptions {
  /** The length of each sequence, in any order: what pack_padded_sequence does in torch. */
  readonly lengths?: SequenceLength | undefined;
  /** Trains long sequences in less memory: see `UnrollOptions`. */
  readonly checkpointEvery?: number | undefined;
}

/**
 * Layers of cells, forwards or both ways, as torch.nn has them. What the RNN, LSTM and GRU layers share: it stacks and
 * unrolls; the equations are the cells'.
 */
export abstract class Recurrent<S> extends Module {
  /** Features of an input. */
  readonly inputSize: number;
  /** Features of the state of each cell. */
  readonly hiddenSize: number;
  /** Layers on top of one another. */
  readonly numLayers: number;
  /** Whether each layer also runs backwards. */
  readonly bidirectional: boolean;
  /** Whether inputs and outputs are [time, batch, ·]. */
  readonly timeMajor: boolean;
  readonly #dropout: Dropout;
  /** [layer · directions + direction] */
  readonly #cells: Cell<S>[];
  readonly #where: string;

  constructor(
    where: string,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions,
    createCell: (inputSize: number, seed: number | undefined) => Cell<S>,
    outputSize: number = hiddenSize,
  ) {
    super();
    const { numLayers = 1, bidirectional = false, timeMajor = false, seed } = options;
    const { dropout = 0 } = options;
    this.#where = where;
    this.inputSize = checkSize(where, "inputSize", inputSize);
    this.hiddenSize = checkSize(where, "hiddenSize", hiddenSize);
    this.numLayers = checkSize(where, "numLayers", numLayers);
    if (seed !== undefined) checkSize(where, "seed", seed, 0);
    for (const [name, value] of Object.entries({ bidirectional, timeMajor }))
      checkFlag(where, name, value);
    this.bidirectional = bidirectional;
    this.timeMajor = timeMajor;
    checkRate(where, "dropout", dropout);
    this.#dropout = new Dropout(dropout, seed === undefined ? {} : { seed });
    const { directions } = this;
    this.#cells = Array.from({ length: numLayers * directions }, (_, i) =>
      createCell(i < directions ? inputSize : outputSize * directions, deriveSeed(seed, i)),
    );
  }

  /** 2 where the layer is bidirectional, else 1. */
  get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** @internal The cells, layer by layer, forward before backward. */
  get cells(): readonly Cell<S>[] {
    return this.#cells;
  }

  /** Puts the layer and its cells into training mode, or out of it. Returns the layer. */
  override train(mode = true): this {
    for (const part of [...this.#cells, this.#dropout]) part.train(mode);
    return super.train(mode);
  }

  /** @internal torch's names: weight_ih_l0, …, weight_ih_l0_reverse, … */
  protected override children(): [string, Parameter][] {
    return this.#cells.flatMap((cell, i) => {
      const layer = Math.floor(i / this.directions);
      const suffix = `_l${layer}${i % this.directions ? "_reverse" : ""}`;
      return Object.entries(cell.parameters()).map(([name, p]): [string, Parameter] => [
        `${name}${suffix}`,
        p,
      ]);
    });
  }

  /** @internal A state with each of its tensors put through a function: [numLayers · directions, batch, ·] to one cell's. */
  protected abstract pick(state: S, take: (x: Tensor) => Tensor): S;
  /** @internal The cells' states as one. */
  protected abstract gather(states: readonly S[], put: (xs: readonly Tensor[]) => Tensor): S;
  /** @internal `shape`: that of a state of so many features. */
  protected abstract checkInitial(
    where: string,
    state: S,
    shape: (size: number) => readonly number[],
  ): void;

  /** @internal */
  protected checkInitialTensor(
    where: string,
    name: string,
    x: unknown,
    shape: readonly number[],
  ): void {
    checkShape(where, name, checkTensor(where, name, x).shape, shape);
  }

  /**
   * Runs over a batch of sequences.
   *
   * x [batch, time, inputSize], or [time, inputSize] for one sequence; state: [numLayers · directions, batch, hiddenSize],
   * without `batch` for one sequence, zeros where it is not given.
   * Returns output [batch, time, directions · hiddenSize], zeros past the end of each sequence, and the final state in the
   * form of the initial one. Throws a TypeError or RangeError where an argument does not fit.
   */
  forward(x: Tensor, state?: S, options?: ForwardOptions): { output: Tensor; state: S } {
    const where = `${this.#where}.forward`;
    const names = ["lengths", "checkpointEvery"] as const;
    const { lengths, checkpointEvery } = checkOptions(where, options, names);
    const layout = { timeMajor: this.timeMajor, sequenceLength: lengths, checkpointEvery };
    const single = checkTensor(where, "x", x).shape.length === 2;
    const sequences = single ? this.#asBatch(where, x) : x;
    const { batch, pack } = checkInputs(where, sequences, this.#cells, layout, ["x", "lengths"]);
    const n = this.#cells.length;
    if (state !== undefined)
      this.checkInitial(where, state, (size) => (single ? [n, size] : [n, batch, size]));
    return inFrame([this], () => {
      const packed = pack();
      const first = (i: number): S | undefined =>
        state === undefined
          ? undefined
          : this.pick(state, (s) => {
              const size = s.shape.at(-1)!;
              return reshape(slice(reshape(s, [n, batch * size]), [i, 0], [1, -1]), [batch, size]);
            });
      const { rows, states } = this.#runLayers(packed, first);
      const output = packed.unpack(rows);
      return {
        output: single ? reshape(output, [x.shape[0]!, rows.shape[1]!]) : output,
        state: this.gather(states, (xs) => (single ? concat(xs, 0) : stack(xs, 0))),
      };
    });
  }

  /** One sequence [time, inputSize] as a batch of one. */
  #asBatch(where: string, x: Tensor): Tensor {
    checkShape(where, "x", x.shape, ["time", this.inputSize]);
    const [time, size] = x.shape as [number, number];
    return reshape(x, this.timeMajor ? [time, 1, size] : [1, time, size]);
  }

  #runLayers(
    packed: Packed,
    first: (cell: number) => S | undefined,
  ): { rows: Tensor; states: S[] } {
    const { directions } = this;
    const states: S[] = [];
    let rows = packed.x;
    for (let layer = 0; layer < this.numLayers; layer++) {
      const outputs = Array.from({ length: directions }, (_, direction) => {
        const i = layer * directions + direction;
        const one = packed.run(this.#cells[i]!, rows, first(i), direction === 1);
        states.push(one.state);
        return one.outputs;
      });
      rows = outputs.length === 1 ? outputs[0]! : concat(outputs, 1);
      if (layer < this.numLayers - 1) rows = this.#dropout.forward(rows);
    }
    return { rows, states };
  }
}
