import { BuiltInCell } from "../cells/built-in.ts";
import type { GRUCell } from "../cells/gru.ts";
import type { LSTMCell } from "../cells/lstm.ts";
import type { RNNCell } from "../cells/rnn.ts";
import type { FusedCell } from "../cells/sequence.ts";
import { kindError, valueError } from "../core/check.ts";
import type { Embedding } from "./embedding.ts";
import type { GRU, LSTM, RNN } from "./layers.ts";
import { Linear } from "./linear.ts";
import { Recurrent } from "./recurrent.ts";

/** What a stream can be made of: layers or single cells that run forwards, linear layers, and an embedding as the first. */
export type StreamLayer = RNN | LSTM | GRU | RNNCell | LSTMCell | GRUCell | Linear | Embedding;

/** Of a cell, what a stream needs. */
export type FusedLayer = Pick<BuiltInCell<unknown>, "inputSize" | "outputSize" | "parameters"> & {
  readonly fused: FusedCell;
};

const where = "Stream";

/** Layers as single steps: a stack cell by cell. The first one is called `layers[from]`. */
export function flattenLayers(layers: readonly unknown[], from: number): (FusedLayer | Linear)[] {
  return layers.flatMap((layer, k): (FusedLayer | Linear)[] => {
    const i = from + k;
    if (layer instanceof Linear) return [layer];
    if (layer instanceof BuiltInCell) return [checkFused(layer, i)];
    if (!(layer instanceof Recurrent))
      throw kindError(
        where,
        `layers[${i}] to be RNN, LSTM, GRU, a cell of theirs or Linear, or Embedding as the first`,
        layer,
      );
    if (layer.bidirectional)
      throw valueError(where, `layers[${i}] to run forwards only`, "a bidirectional one");
    return layer.cells.map((cell) => checkFused(cell as BuiltInCell<unknown>, i));
  });
}

/** A cell that has a kernel of its own. */
function checkFused(cell: BuiltInCell<unknown>, i: number): FusedLayer {
  if (!cell.fused)
    throw valueError(
      where,
      `layers[${i}] with a kernel of its own (no projection, peepholes, clipping or other activations)`,
      "one that goes step by step",
    );
  return cell as FusedLayer;
}

/** Makes sure that each layer takes what the one below it puts out. */
export function checkFit(
  embedding: Embedding | undefined,
  layers: readonly (FusedLayer | Linear)[],
): void {
  const [first] = layers;
  if (!first)
    throw valueError(
      where,
      embedding ? "a layer after the embedding" : "at least one layer",
      "none",
    );
  if (embedding && embedding.size !== first.inputSize)
    throw valueError(
      where,
      `a layer with inputSize ${embedding.size} after the embedding`,
      first.inputSize,
    );
  layers.forEach((layer, i) => {
    const below = layers[i - 1];
    if (below && below.outputSize !== layer.inputSize)
      throw valueError(
        where,
        `step ${i} with inputSize ${below.outputSize}, the outputSize of the one below`,
        layer.inputSize,
      );
  });
}
