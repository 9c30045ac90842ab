import type { Cell } from "../cells/cell.ts";
import { valueError } from "../core/check.ts";
import { deriveSeed } from "../core/random.ts";
import { Tensor } from "../core/tensor.ts";
import { type Attention, BahdanauAttention, LuongAttention } from "./attention-layers.ts";
import type { Seq2SeqSettings, SpecialTokens } from "./seq2seq-options.ts";

/** Cells layer by layer, each as wide as those below put out. */
export function createCells(
  { embeddingSize, hiddenSize, numLayers, createCell }: Seq2SeqSettings,
  directions: number,
  seed: number | undefined,
): Cell<unknown>[] {
  const cells: Cell<unknown>[] = [];
  let inputSize = embeddingSize;
  for (let layer = 0; layer < numLayers; layer++) {
    const own = Array.from({ length: directions }, (_, direction) =>
      createCell(inputSize, hiddenSize, deriveSeed(seed, layer * directions + direction)),
    );
    cells.push(...own);
    inputSize = own.reduce((size, cell) => size + cell.outputSize, 0);
  }
  return cells;
}

/** What looks at values of the encoder with queries of the decoder. */
export function createAttention(
  where: string,
  kind: Seq2SeqSettings["attention"],
  querySize: number,
  valueSize: number,
  seed: number | undefined,
): Attention | undefined {
  if (kind === "none") return undefined;
  if (kind === "luong dot" && valueSize !== querySize)
    throw valueError(
      where,
      `an encoder that puts out ${querySize} features, as the decoder, for "luong dot"`,
      `${valueSize} (bidirectional puts out both ways')`,
    );
  if (kind === "bahdanau") return new BahdanauAttention(querySize, valueSize, { seed });
  const score = kind === "luong" ? "general" : "dot";
  return new LuongAttention(querySize, valueSize, { kind: score, seed });
}

/** What makes tokens impossible that are no part of a target. */
export function neverSaid(
  vocabulary: number,
  { padToken, startToken, endToken }: SpecialTokens,
): Tensor {
  const bias = new Float32Array(vocabulary);
  for (const token of [padToken, startToken])
    if (token !== endToken) bias[token] = Number.NEGATIVE_INFINITY;
  return new Tensor([vocabulary], bias);
}
