import { checkFlag, checkOptions } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, mul, sub } from "../ops/arithmetic.ts";
import { sigmoid, tanh } from "../ops/elementwise.ts";
import { linear } from "../ops/matmul.ts";
import { slice } from "../ops/shape.ts";
import {
  type ActivationFunction,
  BuiltInCell,
  type CellOptions,
  cellOptionNames,
  checkActivation,
} from "./built-in.ts";
import type { FusedCell } from "./sequence.ts";

/** What a GRU cell can be given. */
export interface GRUCellOptions extends CellOptions {
  /** Whether the reset gate acts on the product R_n h (torch, cuDNN, Keras) or on h before it (the paper, TF1). Default true. */
  readonly resetAfter?: boolean | undefined;
  /** Of the candidate n. Default `tanh`. */
  readonly activation?: ActivationFunction | undefined;
  /** Of the gates r and z. Default `sigmoid`. */
  readonly recurrentActivation?: ActivationFunction | undefined;
}

const optionNames = [
  ...cellOptionNames,
  "resetAfter",
  "activation",
  "recurrentActivation",
] as const;

/**
 * Gated recurrent unit (Cho et al. 2014, arXiv:1406.1078), as torch.nn.GRUCell has it:
 *
 *   r = σ(W_r x + bx_r + R_r h + br_r)             reset gate
 *   z = σ(W_z x + bx_z + R_z h + br_z)             update gate
 *   n = tanh(W_n x + bx_n + r (R_n h + br_n))      candidate, resetAfter: true
 *   n = tanh(W_n x + bx_n + R_n (r h) + br_n)      candidate, resetAfter: false
 *   h' = (1 - z) n + z h
 *
 * Parameters: weight_ih [3H, I], weight_hh [3H, H], bias_ih [3H], bias_hh [3H], gates in the order r z n. The state is h,
 * which is also the output.
 */
export class GRUCell extends BuiltInCell<Tensor> {
  /** Features of h. */
  readonly stateSize: number;
  /** Whether the reset gate acts on the product R_n h, or on h before it. */
  readonly resetAfter: boolean;
  /** Of the candidate. */
  readonly activation: ActivationFunction;
  /** Of the gates. */
  readonly recurrentActivation: ActivationFunction;

  /** Throws a RangeError for sizes below 1. */
  constructor(inputSize: number, hiddenSize: number, options?: GRUCellOptions) {
    const where = "GRUCell";
    const checked = checkOptions(where, options, optionNames);
    const { resetAfter = true, activation = tanh, recurrentActivation = sigmoid } = checked;
    checkFlag(where, "resetAfter", resetAfter);
    checkActivation(where, "activation", activation);
    checkActivation(where, "recurrentActivation", recurrentActivation);
    super(3, inputSize, hiddenSize, checked);
    this.resetAfter = resetAfter;
    this.activation = activation;
    this.recurrentActivation = recurrentActivation;
    this.stateSize = hiddenSize;
  }

  /** @internal */
  protected advance(fromX: Tensor, h: Tensor, seen: Tensor): Tensor {
    const fromH = this.resetAfter ? this.ofHidden(seen) : this.#recurrent(seen, 0, 2); // n has to wait for r
    const gates = add(this.gate(fromX, 0, 2), this.gate(fromH, 0, 2));
    const opened = this.activate(
      "recurrentActivation",
      this.recurrentActivation,
      this.clipped(gates),
    );
    const r = this.gate(opened, 0);
    const z = this.gate(opened, 1);
    const candidate = this.resetAfter
      ? mul(r, this.gate(fromH, 2))
      : this.#recurrent(mul(r, seen), 2, 1);
    const sums = this.clipped(add(this.gate(fromX, 2), candidate));
    const n = this.activate("activation", this.activation, sums);
    return add(mul(sub(1, z), n), mul(z, h));
  }

  /** @internal W x + bx: br of the candidate is added before the reset gate acts. */
  protected override ofInput(x: Tensor): Tensor {
    return linear(x, this.weights.weight_ih, this.weights.bias_ih);
  }

  /** @internal R h + br for all gates. */
  protected ofHidden(h: Tensor): Tensor {
    return linear(h, this.weights.weight_hh, this.weights.bias_hh);
  }

  /** R h + br of `count` gates from the `first` on. */
  #recurrent(h: Tensor, first: number, count: number): Tensor {
    const { weight_hh, bias_hh } = this.weights;
    const [from, rows] = [first * this.stateSize, count * this.stateSize];
    const weight = slice(weight_hh, [from, 0], [rows, -1]);
    return linear(h, weight, bias_hh && slice(bias_hh, [from], [rows]));
  }

  /** @internal */
  protected override get label(): string {
    return "GRUCell";
  }

  /** @internal */
  get fused(): FusedCell | undefined {
    const plain = this.activation === tanh && this.recurrentActivation === sigmoid;
    if (!plain || this.clip !== undefined) return undefined;
    const variant = this.resetAfter ? 0 : 1;
    return { kind: "gru", variant, hiddenSize: this.outputSize, weights: this.weights };
  }

  /** @internal */
  protected listState(state: Tensor): readonly Tensor[] {
    return [state];
  }

  /** @internal */
  protected makeState([h]: readonly Tensor[]): Tensor {
    return h!;
  }
}
