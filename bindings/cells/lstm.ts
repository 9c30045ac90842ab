import { checkFlag, checkNumber, checkOptions, checkSize, valueError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, mul, sub } from "../ops/arithmetic.ts";
import { clip, sigmoid, tanh } from "../ops/elementwise.ts";
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

/** The state of an LSTM: what it puts out, [batch, hiddenSize] or [batch, projSize], and what it remembers, [batch, hiddenSize]. */
export type LSTMState = {
  /** What the cell gives, [batch, H], or [batch, projSize] where it is projected. */
  readonly h: Tensor;
  /** What it remembers, [batch, H]. */
  readonly c: Tensor;
};

/** What an LSTM cell can be given. All but `bias`, `recurrentBias` and `forgetBias` make sequences go step by step. */
export interface LSTMCellOptions extends CellOptions {
  /** Added to the forget gate beside its biases, and not a parameter: TensorFlow 1's `forget_bias`, 1 there. Default 0. */
  readonly forgetBias?: number | undefined;
  /** Features of h: the output is projected, h = W_hr (o tanh(c)) (Sak et al. 2014). Less than hiddenSize. Default: none. */
  readonly projSize?: number | undefined;
  /** Whether gates see c (Gers & Schmidhuber 2000): i and f the one before, o the new one. Default false. */
  readonly peepholes?: boolean | undefined;
  /** Whether f = 1 - i, so that the forget gate's weights go unused (ONNX: input_forget; Greff et al. 2017: CIFG). Default false. */
  readonly coupled?: boolean | undefined;
  /** Cuts c to [-cellClip, cellClip], as TensorFlow 1's `cell_clip`. Default: it is not cut. */
  readonly cellClip?: number | undefined;
  /** Of the candidate g, and of c on its way out unless `outputActivation` says otherwise. Default `tanh`. */
  readonly activation?: ActivationFunction | undefined;
  /** Of the gates i, f and o. Default `sigmoid`. */
  readonly recurrentActivation?: ActivationFunction | undefined;
  /** Of c on its way out (ONNX's h). Default: as `activation`. */
  readonly outputActivation?: ActivationFunction | undefined;
}

const optionNames = [
  ...cellOptionNames,
  "forgetBias",
  "projSize",
  "peepholes",
  "coupled",
  "cellClip",
  "activation",
  "recurrentActivation",
  "outputActivation",
] as const;

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
 * With `projSize` P: weight_hh [4H, P] and weight_hr [P, H]. With `peepholes`: weight_ch [3H], p_i p_f p_o, which add p_i c to
 * i, p_f c to f and p_o c' to o before σ.
 */
export class LSTMCell extends BuiltInCell<LSTMState> {
  /** Features of each tensor of the state. */
  readonly stateSize: {
    /** Those of h, and of the output: projSize where it is projected, else H. */
    readonly h: number;
    /** H. */
    readonly c: number;
  };
  /** Added to the forget gate. */
  readonly forgetBias: number;
  /** Whether f = 1 - i. */
  readonly coupled: boolean;
  /** Where c is cut. */
  readonly cellClip: number | undefined;
  /** Of the candidate. */
  readonly activation: ActivationFunction;
  /** Of the gates. */
  readonly recurrentActivation: ActivationFunction;
  /** Of c on its way out. */
  readonly outputActivation: ActivationFunction;

  /** Throws a RangeError for sizes below 1, a projSize that is not below hiddenSize or a negative limit. */
  constructor(inputSize: number, hiddenSize: number, options?: LSTMCellOptions) {
    const where = "LSTMCell";
    const checked = checkOptions(where, options, optionNames);
    const { forgetBias = 0, projSize, peepholes = false, coupled = false, cellClip } = checked;
    const { activation = tanh, recurrentActivation = sigmoid } = checked;
    const { outputActivation = activation } = checked;
    checkNumber(where, "forgetBias", forgetBias);
    if (projSize !== undefined && checkSize(where, "projSize", projSize) >= hiddenSize)
      throw valueError(where, `projSize below hiddenSize, which is ${hiddenSize}`, projSize);
    for (const [name, value] of Object.entries({ peepholes, coupled }))
      checkFlag(where, name, value);
    if (cellClip !== undefined) checkNumber(where, "cellClip", cellClip, 0);
    const activations = { activation, recurrentActivation, outputActivation };
    for (const [name, value] of Object.entries(activations)) checkActivation(where, name, value);
    super(4, inputSize, hiddenSize, checked, projSize, {
      ...(projSize !== undefined && { weight_hr: [projSize, hiddenSize] }),
      ...(peepholes && { weight_ch: [3 * hiddenSize] }),
    });
    this.stateSize = { h: projSize ?? hiddenSize, c: hiddenSize };
    this.forgetBias = forgetBias;
    this.coupled = coupled;
    this.cellClip = cellClip;
    this.activation = activation;
    this.recurrentActivation = recurrentActivation;
    this.outputActivation = outputActivation;
  }

  /** @internal */
  protected advance(fromX: Tensor, { c }: LSTMState, seen: Tensor): LSTMState {
    const { weight_hr } = this.weights;
    const gates = this.sums(fromX, seen);
    const i = this.#open(this.#peep(this.gate(gates, 0), 0, c));
    const f = this.coupled ? sub(1, i) : this.#open(this.#forget(gates, c));
    const g = this.activate("activation", this.activation, this.clipped(this.gate(gates, 2)));
    const next = this.#cut(add(mul(f, c), mul(i, g)));
    const o = this.#open(this.#peep(this.gate(gates, 3), 2, next));
    const h = mul(o, this.activate("outputActivation", this.outputActivation, this.ofCell(next)));
    return { h: weight_hr ? linear(h, weight_hr) : h, c: next };
  }

  /** A gate out of its pre-activation. */
  #open(x: Tensor): Tensor {
    return this.activate("recurrentActivation", this.recurrentActivation, this.clipped(x));
  }

  #forget(gates: Tensor, c: Tensor): Tensor {
    const f = this.#peep(this.gate(gates, 1), 1, c);
    return this.forgetBias === 0 ? f : add(f, this.forgetBias);
  }

  /** What a gate's pre-activation is once it has seen c. */
  #peep(x: Tensor, which: number, c: Tensor): Tensor {
    const { weight_ch } = this.weights;
    const h = this.hiddenSize;
    return weight_ch ? add(x, mul(c, slice(weight_ch, [which * h], [h]))) : x;
  }

  #cut(c: Tensor): Tensor {
    return this.cellClip === undefined ? c : clip(c, -this.cellClip, this.cellClip);
  }

  /** @internal c as its way out sees it. */
  protected ofCell(c: Tensor): Tensor {
    return c;
  }

  /** @internal */
  protected override get label(): string {
    return "LSTMCell";
  }

  /** @internal */
  get fused(): FusedCell | undefined {
    const { hiddenSize, forgetBias, weights } = this;
    const plain =
      this.activation === tanh &&
      this.outputActivation === tanh &&
      this.recurrentActivation === sigmoid &&
      !this.coupled &&
      !weights.weight_hr &&
      !weights.weight_ch;
    if (!plain || this.clip !== undefined || this.cellClip !== undefined) return undefined;
    return { kind: "lstm", variant: 0, hiddenSize, forgetBias, weights };
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
