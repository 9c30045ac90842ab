import type { Cell } from "../cells/cell.ts";
import { GRUCell } from "../cells/gru.ts";
import { LSTMCell } from "../cells/lstm.ts";
import { RNNCell } from "../cells/rnn.ts";
import { checkChoice, checkFlag, checkOptions, checkSize, valueError } from "../core/check.ts";
import { seeded } from "./attention-layers.ts";

/** Makes a cell of so many inputs and features: one of the user's own. */
export type CellFactory = (
  inputSize: number,
  hiddenSize: number,
  seed: number | undefined,
) => Cell<unknown>;

/** What a model for sequence to sequence is made of. */
export interface Seq2SeqOptions {
  /** Tokens of sources reach from 0 to this less one. */
  readonly sourceVocabulary: number;
  /** Tokens of targets reach from 0 to this less one; the three special ones are among them. */
  readonly targetVocabulary: number;
  /** Fills sequences up, in sources as well. */
  readonly padToken: number;
  /** What a decoder is given first. */
  readonly startToken: number;
  /** What it says when it is done. */
  readonly endToken: number;
  /** Features of a token's vector. Default: as `hiddenSize`. */
  readonly embeddingSize?: number | undefined;
  /** Features of each cell's state. Default 128. */
  readonly hiddenSize?: number | undefined;
  /** Layers of the encoder, and of the decoder. Default 1. */
  readonly numLayers?: number | undefined;
  /** The cell by name, or a function that makes one. Default "gru". */
  readonly cell?: "rnn" | "lstm" | "gru" | CellFactory | undefined;
  /** Whether the encoder also reads backwards. Default false. */
  readonly bidirectional?: boolean | undefined;
  /** How the decoder looks at the source: "luong" is general, "luong dot" without weights of its own. Default "luong". */
  readonly attention?: "luong" | "luong dot" | "bahdanau" | "none" | undefined;
  /** The share of what goes into each layer, and comes out of the last, that is dropped in training. Default 0. */
  readonly dropout?: number | undefined;
  /** For weights, what is dropped and what is forced: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

const optionNames = [
  "sourceVocabulary",
  "targetVocabulary",
  "padToken",
  "startToken",
  "endToken",
  "embeddingSize",
  "hiddenSize",
  "numLayers",
  "cell",
  "bidirectional",
  "attention",
  "dropout",
  "seed",
] as const;

const cellNames = ["rnn", "lstm", "gru"] as const;
const attentionNames = ["luong", "luong dot", "bahdanau", "none"] as const;

/** What a model is made of, with nothing left open. */
export interface Seq2SeqSettings {
  readonly sourceVocabulary: number;
  readonly targetVocabulary: number;
  readonly special: SpecialTokens;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly createCell: CellFactory;
  readonly bidirectional: boolean;
  readonly attention: (typeof attentionNames)[number];
  readonly dropout: number | undefined;
  readonly seed: number | undefined;
}

/** Tokens that mean something to the model. */
export interface SpecialTokens {
  /** Fills sequences up. */
  readonly padToken: number;
  /** What a decoder is given first. */
  readonly startToken: number;
  /** What it says when it is done. */
  readonly endToken: number;
}

/** Options with what they leave out. Throws a TypeError or RangeError for those that do not fit. */
export function checkSettings(where: string, options: Seq2SeqOptions): Seq2SeqSettings {
  const checked = checkOptions(where, options, optionNames);
  const { sourceVocabulary, targetVocabulary, hiddenSize = 128, numLayers = 1 } = checked;
  const { embeddingSize = hiddenSize, dropout, seed, cell = "gru" } = checked;
  const sizes = { sourceVocabulary, targetVocabulary, embeddingSize, hiddenSize, numLayers };
  for (const [name, size] of Object.entries(sizes)) checkSize(where, name, size);
  return {
    ...sizes,
    special: checkSpecial(where, checked, sizes),
    createCell:
      typeof cell === "function" ? cell : byName(checkChoice(where, "cell", cell, cellNames)),
    bidirectional: checkFlag(where, "bidirectional", checked.bidirectional),
    attention: checkChoice(where, "attention", checked.attention ?? "luong", attentionNames),
    dropout,
    seed,
  };
}

function checkSpecial(
  where: string,
  { padToken, startToken, endToken }: SpecialTokens,
  {
    sourceVocabulary,
    targetVocabulary,
  }: Pick<Seq2SeqSettings, "sourceVocabulary" | "targetVocabulary">,
): SpecialTokens {
  const special = { padToken, startToken, endToken };
  for (const [name, token] of Object.entries(special))
    if (checkSize(where, name, token, 0) >= targetVocabulary)
      throw valueError(where, `${name} below ${targetVocabulary}, the targetVocabulary`, token);
  if (padToken >= sourceVocabulary)
    throw valueError(where, `padToken below ${sourceVocabulary}, the sourceVocabulary`, padToken);
  if (padToken === startToken || padToken === endToken)
    throw valueError(where, "padToken to be another than startToken and endToken", padToken);
  return special;
}

const byName =
  (name: (typeof cellNames)[number]): CellFactory =>
  (inputSize, hiddenSize, seed) => {
    const options = seeded(seed);
    if (name === "rnn") return new RNNCell(inputSize, hiddenSize, options);
    if (name === "lstm") return new LSTMCell(inputSize, hiddenSize, options);
    return new GRUCell(inputSize, hiddenSize, options);
  };
