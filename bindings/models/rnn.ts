import { Cell } from "../cells/cell.ts";
import { MultiRNNCell } from "../cells/multi.ts";
import { checkOptions, kindError } from "../core/check.ts";
import {
  RecurrentLayer,
  type RecurrentLayerOptions,
  recurrentLayerOptionNames,
} from "./recurrent.ts";

/** What a layer of a cell of one's own can be given. */
export interface RNNLayerOptions<S> extends RecurrentLayerOptions {
  /** What is unrolled; several are stacked. Their weights stay as they are. */
  // biome-ignore lint/suspicious/noExplicitAny: cells of any states, which no other type of one array stands for
  readonly cell: Cell<S> | readonly Cell<any>[];
}

/** Any cell as a layer: see `layers.rnn`. */
export class RNNLayer<S> extends RecurrentLayer<S> {
  override readonly cell: Cell<S>;

  constructor(options: RNNLayerOptions<S>) {
    const where = "layers.rnn";
    const checked = checkOptions(where, options, [...recurrentLayerOptionNames, "cell"]);
    super("RNN", checked);
    const { cell } = checked;
    if (!(cell instanceof Cell) && !Array.isArray(cell))
      throw kindError(where, "cell to be a cell or an array of cells", cell);
    this.cell = cell instanceof Cell ? cell : (new MultiRNNCell(cell) as unknown as Cell<S>);
  }

  /** @internal */
  protected get outputSize(): number {
    return this.cell.outputSize;
  }

  /** @internal */
  protected createCell(): Cell<S> {
    return this.cell;
  }

  /** @internal */
  reversed(): never {
    throw new TypeError(
      "layers.bidirectional: expected backwardLayer beside a layer made by layers.rnn, got none (a cell of one's own cannot be copied)",
    );
  }
}
