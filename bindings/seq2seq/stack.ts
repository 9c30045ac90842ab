import { type Cell, checkCell } from "../cells/cell.ts";
import { kindError, valueError } from "../core/check.ts";
import { Module } from "../core/module.ts";
import { deriveSeed } from "../core/random.ts";
import type { Tensor } from "../core/tensor.ts";
import { Dropout } from "../nn/dropout.ts";
import { Embedding } from "../nn/embedding.ts";
import { reshape } from "../ops/shape.ts";
import { seeded } from "./attention-layers.ts";
import { type PaddedTokens, padTokens, type TokenSequences } from "./tokens.ts";

/** What encoders and decoders can be given. */
export interface StackOptions {
  /** The token that fills sequences up: its embedding is zeros. Default 0. */
  readonly padToken?: number | undefined;
  /** The share of what goes into each layer that is dropped in training, and of what the last one puts out. Default 0. */
  readonly dropout?: number | undefined;
  /** For the initial embedding and what is dropped: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

export const stackOptionNames = ["padToken", "dropout", "seed"] as const;

/** What encoders and decoders share: tokens to vectors, and layers of cells to put them through. */
export abstract class TokenStack<S> extends Module {
  /** A vector for each token. */
  readonly embedding: Embedding;
  /** Layer by layer, forward before backward. */
  readonly cells: readonly Cell<S>[];
  /** @internal */ readonly dropout: Dropout;
  /** @internal Cells of a layer. */ protected readonly directions: 1 | 2;

  constructor(
    where: string,
    vocabulary: number,
    cells: readonly Cell<S>[],
    directions: 1 | 2,
    { padToken = 0, dropout = 0, seed }: StackOptions,
  ) {
    super();
    checkStack(where, cells, directions);
    this.embedding = new Embedding(vocabulary, cells[0]!.inputSize, {
      paddingIndex: padToken,
      ...seeded(deriveSeed(seed, 0)),
    });
    this.cells = [...cells];
    this.dropout = new Dropout(dropout, seeded(deriveSeed(seed, 1)));
    this.directions = directions;
  }

  /** Features of the last layer's outputs. */
  get outputSize(): number {
    return this.cells.slice(-this.directions).reduce((size, cell) => size + cell.outputSize, 0);
  }

  /** @internal Sequences as one batch. */
  pad(where: string, name: string, sequences: TokenSequences): PaddedTokens {
    const { count, paddingIndex } = this.embedding;
    return padTokens(where, name, sequences, { vocabulary: count, padToken: paddingIndex! });
  }

  /** @internal [batch, time, embedding size] */
  protected embed({ tokens, batch, time }: Omit<PaddedTokens, "lengths">): Tensor {
    return reshape(this.embedding.forward(tokens), [batch, time, this.embedding.size]);
  }
}

/** Makes sure that cells are there, that none is used twice, and that each takes what the layer below it puts out. */
function checkStack<S>(where: string, cells: readonly Cell<S>[], directions: 1 | 2): void {
  if (!Array.isArray(cells)) throw kindError(where, "cells to be an array of cells", cells);
  if (cells.length === 0 || cells.length % directions !== 0)
    throw valueError(where, `${directions} cells a layer, one layer at least`, cells.length);
  cells.forEach((cell, i) => {
    checkCell(where, `cells[${i}]`, cell);
    const layer = i - (i % directions);
    const size = cells
      .slice(layer - directions, layer)
      .reduce((total, below) => total + below.outputSize, 0);
    const expected = layer === 0 ? cells[0]!.inputSize : size;
    if (cell.inputSize !== expected)
      throw valueError(where, `cells[${i}] with inputSize ${expected}`, cell.inputSize);
  });
  if (new Set(cells).size < cells.length)
    throw new Error(`${where}: expected cells of their own throughout, got the same cell twice`);
}
