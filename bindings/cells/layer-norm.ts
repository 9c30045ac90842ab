import { createParameters, type Parameter } from "../core/parameter.ts";
import type { Tensor } from "../core/tensor.ts";
import { add } from "../ops/arithmetic.ts";
import { layerNorm } from "../ops/layer-norm.ts";
import { linear } from "../ops/matmul.ts";
import { GRUCell, type GRUCellOptions } from "./gru.ts";
import { LSTMCell, type LSTMCellOptions } from "./lstm.ts";
import { RNNCell, type RNNCellOptions } from "./rnn.ts";

// Cells of Ba, Kiros & Hinton 2016 (arXiv:1607.06450): the products with x and with h are normalised apart, each with a gain
// and with the cell's own bias for it, before they are added. Here and not in the cells, so that these do not bring the
// kernels of normalisation along. All steps are steps of their own: there is no kernel for whole sequences.

/** Gains of 1. */
function createGains(
  where: string,
  sizes: Readonly<Record<string, number>>,
): Readonly<Record<string, Parameter>> {
  const shapes = Object.entries(sizes).map(([name, size]) => [name, [size]] as const);
  const gains = createParameters(where, Object.fromEntries(shapes));
  for (const p of Object.values(gains)) p.assign(new Float32Array(p.size).fill(1));
  return gains;
}

/** A product, normalised. */
const normalized = (
  x: Tensor,
  weight: Tensor,
  gain: Tensor | undefined,
  bias: Tensor | undefined,
): Tensor => layerNorm(linear(x, weight), { weight: gain, bias });

/**
 * An RNN cell with layer normalisation: h' = f(LN(W x) + LN(R h)), LN(a) = gain (a - μ) / σ + bias over the H sums.
 * Parameters: those of RNNCell, gain_ih [H] and gain_hh [H].
 */
export class LayerNormRNNCell extends RNNCell {
  /** Throws a RangeError for sizes below 1. */
  constructor(inputSize: number, hiddenSize: number, options?: RNNCellOptions) {
    super(inputSize, hiddenSize, options);
    this.extend(createGains(this.label, { gain_ih: hiddenSize, gain_hh: hiddenSize }));
  }

  /** @internal */
  protected override get label(): string {
    return "LayerNormRNNCell";
  }

  /** @internal */
  override get fused(): undefined {
    return undefined;
  }

  /** @internal */
  protected override ofInput(x: Tensor): Tensor {
    const { weight_ih, gain_ih, bias_ih } = this.weights;
    return normalized(x, weight_ih, gain_ih, bias_ih);
  }

  /** @internal */
  protected override sums(fromX: Tensor, h: Tensor): Tensor {
    const { weight_hh, gain_hh, bias_hh } = this.weights;
    return add(fromX, normalized(h, weight_hh, gain_hh, bias_hh));
  }
}

/**
 * An LSTM cell with layer normalisation: the gates' sums are LN(W x) + LN(R h), each over all 4H of them, and h' =
 * o tanh(LN(c')) (Ba et al. 2016, equations 20 to 22). Parameters: those of LSTMCell, gain_ih [4H], gain_hh [4H], gain_c [H]
 * and bias_c [H].
 */
export class LayerNormLSTMCell extends LSTMCell {
  /** Throws a RangeError for sizes below 1. */
  constructor(inputSize: number, hiddenSize: number, options?: LSTMCellOptions) {
    super(inputSize, hiddenSize, options);
    const [all, h] = [4 * hiddenSize, hiddenSize];
    const sizes = { gain_ih: all, gain_hh: all, gain_c: h, bias_c: h };
    const added = createGains(this.label, sizes);
    added.bias_c!.assign(new Float32Array(h));
    this.extend(added);
  }

  /** @internal */
  protected override get label(): string {
    return "LayerNormLSTMCell";
  }

  /** @internal */
  override get fused(): undefined {
    return undefined;
  }

  /** @internal */
  protected override ofInput(x: Tensor): Tensor {
    const { weight_ih, gain_ih, bias_ih } = this.weights;
    return normalized(x, weight_ih, gain_ih, bias_ih);
  }

  /** @internal */
  protected override sums(fromX: Tensor, h: Tensor): Tensor {
    const { weight_hh, gain_hh, bias_hh } = this.weights;
    return add(fromX, normalized(h, weight_hh, gain_hh, bias_hh));
  }

  /** @internal */
  protected override ofCell(c: Tensor): Tensor {
    return layerNorm(c, { weight: this.weights.gain_c, bias: this.weights.bias_c });
  }
}

/**
 * A GRU cell with layer normalisation: W x and R h are normalised over all 3H sums before the equations of GRUCell, reset
 * after the product, take them. Parameters: those of GRUCell, gain_ih [3H] and gain_hh [3H].
 */
export class LayerNormGRUCell extends GRUCell {
  /** Throws a RangeError for sizes below 1. */
  constructor(inputSize: number, hiddenSize: number, options?: Omit<GRUCellOptions, "resetAfter">) {
    super(inputSize, hiddenSize, options);
    if (!this.resetAfter)
      throw new TypeError(
        `${this.label}: expected the reset gate after the product, which is normalised, got resetAfter: false`,
      );
    this.extend(createGains(this.label, { gain_ih: 3 * hiddenSize, gain_hh: 3 * hiddenSize }));
  }

  /** @internal */
  protected override get label(): string {
    return "LayerNormGRUCell";
  }

  /** @internal */
  override get fused(): undefined {
    return undefined;
  }

  /** @internal */
  protected override ofInput(x: Tensor): Tensor {
    const { weight_ih, gain_ih, bias_ih } = this.weights;
    return normalized(x, weight_ih, gain_ih, bias_ih);
  }

  /** @internal */
  protected override ofHidden(h: Tensor): Tensor {
    const { weight_hh, gain_hh, bias_hh } = this.weights;
    return normalized(h, weight_hh, gain_hh, bias_hh);
  }
}
