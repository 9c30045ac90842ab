import { checkOptions } from "../core/check.ts";
import { inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { sigmoid, tanh } from "../ops/elementwise.ts";
import { linear } from "../ops/matmul.ts";
import { BuiltInCell, type CellOptions, cellOptionNames } from "./built-in.ts";
import type { FusedCell } from "./sequence.ts";

/** The state of an LSTM: what it puts out and what it remembers, [batch, hiddenSize] each. */
export type LSTMState = { readonly h: Tensor; readonly c: Tensor };

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; forget gate: Gers et al. 2000),
 * as torch.nn.LSTMCell has it:
 *
 *   i = σ(W_i x + bx_i + R_i h + br_i)      input gate
 *   f = σ(W_f x + bx_f + R_f h + br_f)      forget gate
 *   g = tanh(W_g x + bx_g + R_g h + br_g)   candidate
 *   o = σ(W_o x + bx_o + R_o h + br_o)      output gate
 *   c' = f c + i g
 *   h' = o tanh(c')
 *
 * Parameters: weight_ih [4H, I], weight_hh [4H, H], bias_ih [4H], bias_hh [4H], gates in the order i f g o.
 */
export class LSTMCell extends BuiltInCell<LSTMState> {
  /** Features of h and of c. */
  readonly stateSize: { readonly h: number; readonly c: number };

  /** Throws a RangeError for sizes below 1. */
  constructor(inputSize: number, hiddenSize: number, options?: CellOptions) {
    const where = "LSTMCell";
    super(4, inputSize, hiddenSize, checkOptions(where, options, cellOptionNames));
    this.stateSize = { h: hiddenSize, c: hiddenSize };
  }

  /** x [batch, inputSize] and { h, c } in; the output, which is h, and the next { h, c } out. */
  call(x: Tensor, state: LSTMState): [output: Tensor, state: LSTMState] {
    this.checkCall(x, state);
    const { weight_ih, weight_hh, bias_ih, bias_hh } = this.weights;
    return inFrame([x, weight_ih], () => {
      const gates = add(linear(x, weight_ih, bias_ih), linear(state.h, weight_hh, bias_hh));
      const i = sigmoid(this.gate(gates, 0));
      const f = sigmoid(this.gate(gates, 1));
      const g = tanh(this.gate(gates, 2));
      const o = sigmoid(this.gate(gates, 3));
      const c = add(mul(f, state.c), mul(i, g));
      const h = mul(o, tanh(c));
      return [h, { h, c }];
    });
  }

  /** @internal */
  protected override get label(): string {
    return "LSTMCell";
  }

  /** @internal */
  get fused(): FusedCell {
    return { kind: "lstm", variant: 0, hiddenSize: this.outputSize, weights: this.weights };
  }

  /** @internal */
  protected listState({ h, c }: LSTMState): readonly Tensor[] {
    return [h, c];
  }

  /** @internal */
  protected makeState([h, c]: readonly Tensor[]): LSTMState {
    return { h: h!, c: c! };
  }
}
