import { checkChoice, checkOptions } from "../core/check.ts";
import { inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { add } from "../ops/arithmetic.ts";
import { relu, tanh } from "../ops/elementwise.ts";
import { linear } from "../ops/matmul.ts";
import { BuiltInCell, type CellOptions, cellOptionNames } from "./built-in.ts";
import type { FusedCell } from "./sequence.ts";

/** What an RNN cell can be given. */
export interface RNNCellOptions extends CellOptions {
  /** The activation. Default "tanh". */
  readonly nonlinearity?: "tanh" | "relu";
}

const optionNames = [...cellOptionNames, "nonlinearity"] as const;

/**
 * Simple recurrent network (Elman 1990, doi:10.1207/s15516709cog1402_1), as torch.nn.RNNCell has it:
 *
 *   h' = f(W x + bx + R h + br), f = tanh or relu
 *
 * Parameters: weight_ih [H, I], weight_hh [H, H], bias_ih [H], bias_hh [H]. The state is h, which is also the output.
 */
export class RNNCell extends BuiltInCell<Tensor> {
  /** Features of h. */
  readonly stateSize: number;
  /** The activation. */
  readonly nonlinearity: "tanh" | "relu";

  /** Throws a RangeError for sizes below 1 or an unknown nonlinearity. */
  constructor(inputSize: number, hiddenSize: number, options?: RNNCellOptions) {
    const where = "RNNCell";
    const checked = checkOptions(where, options, optionNames);
    const { nonlinearity = "tanh" } = checked;
    checkChoice(where, "nonlinearity", nonlinearity, ["tanh", "relu"]);
    super(1, inputSize, hiddenSize, checked);
    this.nonlinearity = nonlinearity;
    this.stateSize = hiddenSize;
  }

  /** x [batch, inputSize] and h [batch, hiddenSize] in; the output and the next h, which are the same, out. */
  call(x: Tensor, state: Tensor): [output: Tensor, state: Tensor] {
    this.checkCall(x, state);
    const { weight_ih, weight_hh, bias_ih, bias_hh } = this.weights;
    const f = this.nonlinearity === "tanh" ? tanh : relu;
    return inFrame([x, weight_ih], () => {
      const h = f(add(linear(x, weight_ih, bias_ih), linear(state, weight_hh, bias_hh)));
      return [h, h];
    });
  }

  /** @internal */
  protected override get label(): string {
    return "RNNCell";
  }

  /** @internal */
  get fused(): FusedCell {
    const variant = this.nonlinearity === "tanh" ? 0 : 1;
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
