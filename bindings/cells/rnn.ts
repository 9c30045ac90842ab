import { checkChoice, checkOptions } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { relu, tanh } from "../ops/elementwise.ts";
import {
  type ActivationFunction,
  BuiltInCell,
  type CellOptions,
  cellOptionNames,
  checkActivation,
} from "./built-in.ts";
import type { FusedCell } from "./sequence.ts";

/** What an RNN cell can be given. */
export interface RNNCellOptions extends CellOptions {
  /** The activation by torch's name for it. Default "tanh". */
  readonly nonlinearity?: "tanh" | "relu" | undefined;
  /** The activation as a function, in place of `nonlinearity`. */
  readonly activation?: ActivationFunction | undefined;
}

const optionNames = [...cellOptionNames, "nonlinearity", "activation"] as const;

/**
 * Simple recurrent network (Elman 1990, doi:10.1207/s15516709cog1402_1), as torch.nn.RNNCell has it:
 *
 *   h' = f(W x + bx + R h + br), f = tanh unless chosen otherwise
 *
 * Parameters: weight_ih [H, I], weight_hh [H, H], bias_ih [H], bias_hh [H]. The state is h, which is also the output.
 */
export class RNNCell extends BuiltInCell<Tensor> {
  /** Features of h. */
  readonly stateSize: number;
  /** The activation. */
  readonly activation: ActivationFunction;

  /** Throws a RangeError for sizes below 1 or an unknown nonlinearity. */
  constructor(inputSize: number, hiddenSize: number, options?: RNNCellOptions) {
    const where = "RNNCell";
    const checked = checkOptions(where, options, optionNames);
    const { nonlinearity = "tanh", activation = nonlinearity === "tanh" ? tanh : relu } = checked;
    checkChoice(where, "nonlinearity", nonlinearity, ["tanh", "relu"]);
    checkActivation(where, "activation", activation);
    if (checked.nonlinearity && checked.activation)
      throw new TypeError(`${where}: expected nonlinearity or activation, got both`);
    super(1, inputSize, hiddenSize, checked);
    this.activation = activation;
    this.stateSize = hiddenSize;
  }

  /** @internal */
  protected advance(fromX: Tensor, _state: Tensor, seen: Tensor): Tensor {
    return this.activate("activation", this.activation, this.clipped(this.sums(fromX, seen)));
  }

  /** @internal */
  protected override get label(): string {
    return "RNNCell";
  }

  /** @internal */
  get fused(): FusedCell | undefined {
    const variant = [tanh, relu].indexOf(this.activation);
    if (variant < 0 || this.clip !== undefined) return undefined;
    return { kind: "rnn", variant, hiddenSize: this.outputSize, weights: this.weights };
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
