import {
  type Cell,
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  type Parameters,
  RNN,
  RNNCell,
  type Tensor,
} from "gatewise";
import {
  gruAfter,
  gruBefore,
  lstm,
  type ReferenceCell,
  rnnRelu,
  rnnTanh,
} from "../reference/cells.ts";

/** The states of the cells here. */
export type State = Tensor | { readonly h: Tensor; readonly c: Tensor };

/** What the tests need of a layer, whatever its state looks like. */
export interface AnyLayer {
  parameters(): Parameters;
  forward(
    x: Tensor,
    state?: State,
    options?: { lengths?: readonly number[] },
  ): { output: Tensor; state: State };
}

export interface CellOptions {
  readonly bias?: boolean;
  readonly seed?: number;
}

export interface LayerOptions extends CellOptions {
  readonly numLayers?: number;
  readonly bidirectional?: boolean;
  readonly timeMajor?: boolean;
}

export interface RegisteredCell {
  readonly name: string;
  /** The same equations in float64. */
  readonly reference: ReferenceCell;
  readonly make: (inputSize: number, hiddenSize: number, options?: CellOptions) => Cell<State>;
  readonly layer: (inputSize: number, hiddenSize: number, options?: LayerOptions) => AnyLayer;
}

const entry = (
  name: string,
  reference: ReferenceCell,
  make: RegisteredCell["make"],
  layer: RegisteredCell["layer"],
): RegisteredCell => ({ name, reference, make, layer });

const relu = { nonlinearity: "relu" } as const;
const before = { resetAfter: false } as const;

/** The cells that tests and benchmarks run over: a new cell is one line here. */
// biome-ignore format: a table
export const registry: readonly RegisteredCell[] = [
  entry("RNN tanh", rnnTanh, (i, h, o) => new RNNCell(i, h, o), (i, h, o) => new RNN(i, h, o) as AnyLayer),
  entry("RNN relu", rnnRelu, (i, h, o) => new RNNCell(i, h, { ...o, ...relu }), (i, h, o) => new RNN(i, h, { ...o, ...relu }) as AnyLayer),
  entry("LSTM", lstm, (i, h, o) => new LSTMCell(i, h, o), (i, h, o) => new LSTM(i, h, o) as AnyLayer),
  entry("GRU", gruAfter, (i, h, o) => new GRUCell(i, h, o), (i, h, o) => new GRU(i, h, o) as AnyLayer),
  entry("GRU reset before", gruBefore, (i, h, o) => new GRUCell(i, h, { ...o, ...before }), (i, h, o) => new GRU(i, h, { ...o, ...before }) as AnyLayer),
];
