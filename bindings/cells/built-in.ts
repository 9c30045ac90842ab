import { checkFlag, checkNumber, checkShape, kindError } from "../core/check.ts";
import type { Parameter } from "../core/parameter.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Shape, type Tensor } from "../core/tensor.ts";
import { add } from "../ops/arithmetic.ts";
import { clip } from "../ops/elementwise.ts";
import { linear } from "../ops/matmul.ts";
import { gatherRows } from "../ops/rows.ts";
import { slice } from "../ops/shape.ts";
import { Cell, type Unrolled, unrollSteps } from "./cell.ts";
import type { Schedule } from "./schedule.ts";
import { type FusedCell, runSequence } from "./sequence.ts";
import { type CellParameters, createCellParameters } from "./weights.ts";

/** A function of every element, such as `tanh`, `relu` or one of your own; or of rows, such as `softmax`. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** What every built-in cell can be given. */
export interface CellOptions {
  /** Whether gates have biases (two each, as in torch). Default true. */
  readonly bias?: boolean | undefined;
  /** Whether the product with h has a bias of its own beside the input's; Keras and TensorFlow 1 have one. Default: as `bias`. */
  readonly recurrentBias?: boolean | undefined;
  /** Cuts what goes into the activations of the gates to [-clip, clip], as ONNX has it. Default: nothing is cut. */
  readonly clip?: number | undefined;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

export const cellOptionNames = ["bias", "recurrentBias", "clip", "seed"] as const;

/** An option that is a function of tensors. */
export function checkActivation(where: string, name: string, value: unknown): void {
  if (typeof value !== "function")
    throw kindError(where, `${name} to be a function of a tensor such as tanh`, value);
}

/** How a cell's product with h sees it: as it is, or with something dropped. */
type Sight = (h: Tensor) => Tensor;

/** What the RNN, LSTM and GRU cells share: torch's parameters, gates side by side, kernels for whole sequences. */
export abstract class BuiltInCell<S> extends Cell<S> {
  /** Features of each gate. */
  readonly hiddenSize: number;
  /** Features of an output, which is the state h. */
  readonly outputSize: number;
  /** Where what goes into the gates' activations is cut. */
  readonly clip: number | undefined;
  /** @internal */
  protected readonly weights: Readonly<CellParameters>;

  /** `more`: shapes of parameters beyond torch's four. */
  constructor(
    gates: number,
    inputSize: number,
    hiddenSize: number,
    options: CellOptions,
    outputSize: number = hiddenSize,
    more: Readonly<Record<string, Shape>> = {},
  ) {
    super(inputSize);
    const where = this.label;
    const { bias = true, recurrentBias = bias, clip: limit, seed } = options;
    for (const [name, value] of Object.entries({ bias, recurrentBias }))
      checkFlag(where, name, value);
    if (limit !== undefined) checkNumber(where, "clip", limit, 0);
    const sizes = { gates, inputSize, hiddenSize, outputSize, bias, recurrentBias, more };
    this.weights = createCellParameters(where, sizes, seed);
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.clip = limit;
  }

  /** @internal Parameters that a kind of cell has beyond those of its options. */
  protected extend(more: Readonly<Record<string, Parameter>>): void {
    Object.assign(this.weights, more);
  }

  /** weight_ih, weight_hh, bias_ih and bias_hh, and what the cell's options add. */
  override parameters(): CellParameters {
    return { ...this.weights };
  }

  /** @internal */
  protected override children(): [string, Parameter][] {
    return Object.entries(this.weights);
  }

  /** @internal What the whole-sequence kernels need to know; undefined where they do not have the cell's options. */
  abstract readonly fused: FusedCell | undefined;

  /** @internal */
  override get stepwise(): boolean {
    return this.fused === undefined;
  }

  /** @internal A state as a list of its tensors, and the way back. The first one is h. */
  protected abstract listState(state: S): readonly Tensor[];
  /** @internal */
  protected abstract makeState(list: readonly Tensor[]): S;

  /** @internal The equations: from the input's share of the gates and a state to the next. The product with h sees `seen`. */
  protected abstract advance(fromX: Tensor, state: S, seen: Tensor): S;

  /** x [batch, inputSize] and a state in; the output [batch, outputSize], which is h, and the next state out. */
  call(x: Tensor, state: S): [output: Tensor, state: S] {
    this.checkCall(x, state);
    return inFrame([x, this.weights.weight_ih], () => {
      const next = this.advance(this.ofInput(x), state, this.listState(state)[0]!);
      return [this.listState(next)[0]!, next];
    });
  }

  /**
   * @internal All steps: in one kernel call where there is one for them, otherwise step by step. `see` stands between h and
   * the product with it.
   */
  override unroll(x: Tensor, schedule: Schedule, initial: S | undefined, see?: Sight): Unrolled<S> {
    const { fused } = this;
    if (fused && !see) {
      const first = initial === undefined ? undefined : this.listState(initial);
      const { outputs, state } = runSequence(fused, x, schedule, first);
      return { outputs, state: this.makeState(state) };
    }
    const fromX = this.ofInput(x); // of all steps at once
    return unrollSteps(this, schedule, initial, (start, rows, state) => {
      const h = this.listState(state)[0]!;
      const next = this.advance(slice(fromX, [start, 0], [rows, -1]), state, see ? see(h) : h);
      return [this.listState(next)[0]!, next];
    });
  }

  /**
   * @internal `unroll` over rows of a table [V, I], `index` [P] says which. Where there are fewer entries than rows the input's
   * share of the gates, and on the way back its gradient, is computed for each entry once: the same outputs to the bit.
   */
  unrollEntries(
    table: Tensor,
    index: Int32Array,
    schedule: Schedule,
    initial: S | undefined,
  ): Unrolled<S> {
    if (!this.fused || table.shape[0]! >= index.length)
      return this.unroll(gatherRows(table, index), schedule, initial);
    const first = initial === undefined ? undefined : this.listState(initial);
    const { outputs, state } = runSequence(this.fused, table, schedule, first, index);
    return { outputs, state: this.makeState(state) };
  }

  /** @internal The input's share of the gates with both biases, W x + bx + br, [batch, G·H]: where the sums begin. */
  protected ofInput(x: Tensor): Tensor {
    const { weight_ih, bias_ih, bias_hh } = this.weights;
    return linear(x, weight_ih, bias_ih && bias_hh ? add(bias_ih, bias_hh) : (bias_ih ?? bias_hh));
  }

  /** @internal The gates' pre-activations, fromX + R h. */
  protected sums(fromX: Tensor, h: Tensor): Tensor {
    return add(fromX, linear(h, this.weights.weight_hh));
  }

  /** @internal The pre-activations [batch, H] of one gate, or of `count` neighbouring ones. */
  protected gate(gates: Tensor, index: number, count = 1): Tensor {
    const h = this.hiddenSize;
    return slice(gates, [0, index * h], [-1, count * h]);
  }

  /** @internal f(x), where f is the option `name`. It must keep x's shape: another one would be broadcast without a word. */
  protected activate(name: string, f: ActivationFunction, x: Tensor): Tensor {
    const y = f(x);
    const [where, result] = [this.label, `what ${name} returns`];
    checkShape(where, result, checkTensor(where, result, y).shape, x.shape);
    return y;
  }

  /** @internal What goes into an activation, cut where the cell has a `clip`. */
  protected clipped(x: Tensor): Tensor {
    return this.clip === undefined ? x : clip(x, -this.clip, this.clip);
  }
}
