import { kindError, valueError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { Cell, checkCell, type SizeOf, type Unrolled } from "./cell.ts";
import type { Schedule } from "./schedule.ts";

/** A cell for each state of a tuple. */
type CellsOf<S extends readonly unknown[]> = readonly [...{ [I in keyof S]: Cell<S[I]> }];

/**
 * A stack of cells as one cell: the output of each is the input of the next. Its state is the tuple of their states.
 * Throws a RangeError where sizes do not fit, an Error where one cell is used twice.
 */
export class MultiRNNCell<const S extends readonly unknown[]> extends Cell<S> {
  /** From the first to the last. */
  readonly cells: CellsOf<S>;
  /** The tuple of the cells' state sizes. */
  readonly stateSize: SizeOf<S>;
  /** Features of the last cell's output. */
  readonly outputSize: number;

  constructor(cells: CellsOf<S>) {
    const where = "MultiRNNCell";
    if (!Array.isArray(cells)) throw kindError(where, "an array of cells", cells);
    if (cells.length === 0) throw valueError(where, "at least one cell", "none");
    const list: readonly Cell<unknown>[] = cells;
    list.forEach((cell, i) => {
      checkCell(where, `cells[${i}]`, cell);
      const own = new Set(Object.values(cell.parameters()));
      const shares = (other: Cell<unknown>): boolean =>
        other === cell || Object.values(other.parameters()).some((p) => own.has(p));
      const twin = list.findIndex(shares);
      if (twin < i)
        throw new Error(
          `${where}: expected a cell of its own for each layer, got the same cell as layers ${twin} and ${i}`,
        );
      const below = list[i - 1];
      if (below && below.outputSize !== cell.inputSize)
        throw valueError(
          where,
          `cells[${i}] with inputSize ${below.outputSize}, the outputSize of the one below`,
          cell.inputSize,
        );
    });
    super(list[0]!.inputSize);
    this.cells = [...cells] as unknown as CellsOf<S>;
    this.stateSize = list.map((cell) => cell.stateSize) as unknown as SizeOf<S>;
    this.outputSize = list.at(-1)!.outputSize;
  }

  /** @internal */
  protected override get label(): string {
    return "MultiRNNCell";
  }

  /** x [batch, inputSize] and the tuple of states in; the last cell's output and the tuple of next states out. */
  call(x: Tensor, state: S): [output: Tensor, state: S] {
    this.checkCall(x, state);
    let output = x;
    const next = this.cells.map((cell: Cell<unknown>, i) => {
      const [y, s] = cell.call(output, state[i]);
      output = y;
      return s;
    });
    return [output, next as unknown as S];
  }

  /** @internal */
  override get stepwise(): boolean {
    return this.cells.some((cell: Cell<unknown>) => cell.stepwise);
  }

  /** @internal Layer by layer, so that each can run its whole sequence at once. */
  override unroll(x: Tensor, schedule: Schedule, initial: S | undefined): Unrolled<S> {
    let outputs = x;
    const state = this.cells.map((cell: Cell<unknown>, i) => {
      const layer = cell.unroll(outputs, schedule, initial?.[i]);
      outputs = layer.outputs;
      return layer.state;
    });
    return { outputs, state: state as unknown as S };
  }
}
