import { kindError } from "../core/check.ts";
import type { Parameter } from "../core/parameter.ts";
import type { Tensor } from "../core/tensor.ts";
import { slice } from "../ops/shape.ts";
import { Cell, type Unrolled } from "./cell.ts";
import type { Schedule } from "./schedule.ts";
import { type FusedCell, runSequence } from "./sequence.ts";
import { type CellParameters, createCellParameters } from "./weights.ts";

/** What every built-in cell can be given. */
export interface CellOptions {
  /** Whether gates have biases (two each, as in torch). Default true. */
  readonly bias?: boolean;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number;
}

export const cellOptionNames = ["bias", "seed"] as const;

/** What the RNN, LSTM and GRU cells share: torch's four parameters, gates side by side, kernels for whole sequences. */
export abstract class BuiltInCell<S> extends Cell<S> {
  /** Features of an output: hiddenSize. */
  readonly outputSize: number;
  /** @internal */
  protected readonly weights: Readonly<CellParameters>;

  constructor(gates: number, inputSize: number, hiddenSize: number, options: CellOptions) {
    super(inputSize);
    const where = this.label;
    const { bias = true, seed } = options;
    if (typeof bias !== "boolean") throw kindError(where, "bias to be true or false", bias);
    this.weights = createCellParameters(where, gates, inputSize, hiddenSize, bias, seed);
    this.outputSize = hiddenSize;
  }

  /** weight_ih, weight_hh, bias_ih and bias_hh. */
  override parameters(): CellParameters {
    return { ...this.weights };
  }

  /** @internal */
  protected override children(): [string, Parameter][] {
    return Object.entries(this.weights);
  }

  /** @internal What the whole-sequence kernels need to know. */
  abstract readonly fused: FusedCell;

  /** @internal A state as a list of its tensors, and the way back. */
  protected abstract listState(state: S): readonly Tensor[];
  /** @internal */
  protected abstract makeState(list: readonly Tensor[]): S;

  /** @internal All steps in one kernel call. */
  override unroll(x: Tensor, schedule: Schedule, initial: S | undefined): Unrolled<S> {
    const first = initial === undefined ? undefined : this.listState(initial);
    const { outputs, state } = runSequence(this.fused, x, schedule, first);
    return { outputs, state: this.makeState(state) };
  }

  /** @internal The pre-activations [batch, H] of one gate, or of `count` neighbouring ones. */
  protected gate(gates: Tensor, index: number, count = 1): Tensor {
    const h = this.outputSize;
    return slice(gates, [0, index * h], [-1, count * h]);
  }
}
