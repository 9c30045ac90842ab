import { GRUCell, type GRUCellOptions } from "../cells/gru.ts";
import { LSTMCell, type LSTMCellOptions, type LSTMState } from "../cells/lstm.ts";
import { RNNCell, type RNNCellOptions } from "../cells/rnn.ts";
import { checkOptions, kindError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { Recurrent, type RecurrentOptions, recurrentOptionNames } from "./recurrent.ts";

/** The shape of a state of so many features. */
type StateShape = (size: number) => readonly number[];

/** Layers whose state is one tensor. */
abstract class OfHidden extends Recurrent<Tensor> {
  /** @internal */
  protected pick(state: Tensor, take: (x: Tensor) => Tensor): Tensor {
    return take(state);
  }

  /** @internal */
  protected gather(states: readonly Tensor[], put: (xs: readonly Tensor[]) => Tensor): Tensor {
    return put(states);
  }

  /** @internal */
  protected checkInitial(where: string, state: Tensor, shape: StateShape): void {
    this.checkInitialTensor(where, "state", state, shape(this.hiddenSize));
  }
}

/** What an RNN layer can be given. */
export type RNNOptions = RecurrentOptions & Pick<RNNCellOptions, "nonlinearity">;

/** Layers of `RNNCell`, as torch.nn.RNN. The state is h [numLayers · directions, batch, hiddenSize]. */
export class RNN extends OfHidden {
  /** Throws a RangeError for sizes below 1, a TypeError for an unknown option. */
  constructor(inputSize: number, hiddenSize: number, options?: RNNOptions) {
    const where = "RNN";
    const checked = checkOptions(where, options, [...recurrentOptionNames, "nonlinearity"]);
    const { bias, nonlinearity } = checked;
    super(where, inputSize, hiddenSize, checked, (size, seed) => {
      return new RNNCell(size, hiddenSize, { bias, nonlinearity, seed });
    });
  }
}

/** What an LSTM layer can be given. */
export type LSTMOptions = RecurrentOptions & Pick<LSTMCellOptions, "projSize">;

/**
 * Layers of `LSTMCell`, as torch.nn.LSTM. The state is { h, c }, [numLayers · directions, batch, hiddenSize] each; with
 * `projSize` h, and with it each direction's output, has projSize features.
 */
export class LSTM extends Recurrent<LSTMState> {
  /** Features of h where it is projected. */
  readonly projSize: number | undefined;

  /** Throws a RangeError for sizes below 1 or a projSize that is not below hiddenSize, a TypeError for an unknown option. */
  constructor(inputSize: number, hiddenSize: number, options?: LSTMOptions) {
    const where = "LSTM";
    const checked = checkOptions(where, options, [...recurrentOptionNames, "projSize"]);
    const { bias, projSize } = checked;
    const createCell = (size: number, seed: number | undefined): LSTMCell =>
      new LSTMCell(size, hiddenSize, { bias, projSize, seed });
    super(where, inputSize, hiddenSize, checked, createCell, projSize);
    this.projSize = projSize;
  }

  /** @internal */
  protected pick({ h, c }: LSTMState, take: (x: Tensor) => Tensor): LSTMState {
    return { h: take(h), c: take(c) };
  }

  /** @internal */
  protected gather(
    states: readonly LSTMState[],
    put: (xs: readonly Tensor[]) => Tensor,
  ): LSTMState {
    return { h: put(states.map((s) => s.h)), c: put(states.map((s) => s.c)) };
  }

  /** @internal */
  protected checkInitial(where: string, state: LSTMState, shape: StateShape): void {
    if (typeof state !== "object" || state === null || !("h" in state && "c" in state))
      throw kindError(where, "state to be { h, c }", state);
    this.checkInitialTensor(where, "state.h", state.h, shape(this.projSize ?? this.hiddenSize));
    this.checkInitialTensor(where, "state.c", state.c, shape(this.hiddenSize));
  }
}

/** What a GRU layer can be given. */
export type GRUOptions = RecurrentOptions & Pick<GRUCellOptions, "resetAfter">;

/** Layers of `GRUCell`, as torch.nn.GRU. The state is h [numLayers · directions, batch, hiddenSize]. */
export class GRU extends OfHidden {
  /** Throws a RangeError for sizes below 1, a TypeError for an unknown option. */
  constructor(inputSize: number, hiddenSize: number, options?: GRUOptions) {
    const where = "GRU";
    const checked = checkOptions(where, options, [...recurrentOptionNames, "resetAfter"]);
    const { bias, resetAfter } = checked;
    super(where, inputSize, hiddenSize, checked, (size, seed) => {
      return new GRUCell(size, hiddenSize, { bias, resetAfter, seed });
    });
  }
}
