import { valueError } from "../core/check.ts";
import { inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { add } from "../ops/arithmetic.ts";
import { Cell, checkCell, type SizeOf, type Unrolled } from "./cell.ts";
import type { Schedule } from "./schedule.ts";

/**
 * A cell whose input is added to its output, as TensorFlow 1's ResidualWrapper: deep stacks then learn (He et al. 2016,
 * arXiv:1512.03385; of LSTMs: Wu et al. 2016, arXiv:1609.08144). The state is the cell's. Parameters: the cell's, under `cell.`
 */
export class ResidualWrapper<S> extends Cell<S> {
  /** The cell inside. */
  readonly cell: Cell<S>;
  /** That of the cell. */
  readonly stateSize: SizeOf<S>;
  /** That of the cell, which is also its input's. */
  readonly outputSize: number;

  /** Throws a RangeError where the cell's inputs and outputs differ in size. */
  constructor(cell: Cell<S>) {
    const where = "ResidualWrapper";
    checkCell(where, "cell", cell);
    super(cell.inputSize);
    if (cell.outputSize !== cell.inputSize)
      throw valueError(
        where,
        `a cell whose outputSize is its inputSize, ${cell.inputSize}`,
        cell.outputSize,
      );
    this.cell = cell;
    this.stateSize = cell.stateSize;
    this.outputSize = cell.outputSize;
  }

  /** @internal */
  protected override get label(): string {
    return "ResidualWrapper";
  }

  /** x [batch, inputSize] and the cell's state in, output + x and the next state out. */
  call(x: Tensor, state: S): [output: Tensor, state: S] {
    this.checkCall(x, state);
    return inFrame([this], () => {
      const [output, next] = this.cell.call(x, state);
      return [add(output, x), next];
    });
  }

  /** @internal */
  override get stepwise(): boolean {
    return this.cell.stepwise;
  }

  /** @internal Over the whole sequence at once where the cell can. */
  override unroll(x: Tensor, schedule: Schedule, initial: S | undefined): Unrolled<S> {
    const { outputs, state } = this.cell.unroll(x, schedule, initial);
    return { outputs: add(outputs, x), state };
  }
}
