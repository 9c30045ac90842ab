import type { Cell } from "../cells/cell.ts";
import { checkOptions, formatShape, kindError, valueError } from "../core/check.ts";
import { deriveSeed } from "../core/random.ts";
import { inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { Linear } from "../nn/linear.ts";
import { tanh } from "../ops/elementwise.ts";
import { concat, reshape } from "../ops/shape.ts";
import { dynamicRNN } from "../unroll.ts";
import { Attention, type Memory, seeded } from "./attention-layers.ts";
import { type StackOptions, stackOptionNames, TokenStack } from "./stack.ts";
import type { PaddedTokens, TokenSequences } from "./tokens.ts";

/** What a decoder can be given. */
export interface DecoderOptions extends StackOptions {
  /** What looks at the source at every step: its queries are the last layer's outputs. Default: nothing. */
  readonly attention?: Attention | undefined;
}

/** What a decoder makes of tokens. */
export interface Decoded<S> {
  /** [rows, steps, vocabulary]: of the token after each one. */
  readonly logits: Tensor;
  /** Each cell's state after its last step. */
  readonly states: readonly S[];
  /** [rows, steps, time] where each step looked; undefined without attention. */
  readonly weights: Tensor | undefined;
}

/**
 * Says after each token what the next one may be: embedding, layers of any cells, attention, and a linear layer. With a query h
 * and its context c the last two are h~ = tanh(W [c, h]) and W_o h~ (Luong et al. 2015, arXiv:1508.04025, eq. 5 and 6); as
 * the context is not fed into the next step, all steps of known tokens are computed at once.
 *
 * Parameters: embedding.weight, cells.0. ..., attention. ..., combine.weight, combine.bias, head.weight, head.bias.
 */
export class Decoder<S> extends TokenStack<S> {
  /** What looks at the source. */
  readonly attention?: Attention;
  /** W, where there is attention. */
  readonly combine?: Linear;
  /** W_o */
  readonly head: Linear;

  /**
   * `cells` from the first layer to the last; the first one's inputSize is the size of the embedding. Throws a RangeError
   * where sizes do not fit, an Error where one cell is used twice.
   */
  constructor(vocabulary: number, cells: readonly Cell<S>[], options?: DecoderOptions) {
    const where = "Decoder";
    const checked = checkOptions(where, options, [...stackOptionNames, "attention"]);
    super(where, vocabulary, cells, 1, checked);
    const { attention, seed } = checked;
    const size = this.outputSize;
    if (attention !== undefined) {
      if (!(attention instanceof Attention))
        throw kindError(where, "attention to be an attention layer", attention);
      if (attention.querySize !== size)
        throw valueError(where, `attention with querySize ${size}`, attention.querySize);
      this.attention = attention;
      this.combine = new Linear(attention.valueSize + size, size, seeded(deriveSeed(seed, 2)));
    }
    this.head = new Linear(size, vocabulary, seeded(deriveSeed(seed, 3)));
  }

  /**
   * All steps of known tokens at once: each sequence [start, first, second, ...], padded to the longest. `memory` is what
   * attention's `memory` returned. Throws a TypeError or RangeError where an argument does not fit.
   */
  forward(sequences: TokenSequences, states: readonly S[], memory?: Memory): Decoded<S> {
    const padded = this.pad("Decoder.forward", "sequences", sequences);
    return this.run("Decoder.forward", padded, states, memory, padded.lengths);
  }

  /**
   * One step: a token a row. There may be more rows than the memory has sequences, those of one sequence side by side, as
   * `beamSearch` has them. Throws a TypeError or RangeError where an argument does not fit.
   */
  step(tokens: Int32Array, states: readonly S[], memory?: Memory): Decoded<S> {
    const where = "Decoder.step";
    if (!(tokens instanceof Int32Array))
      throw kindError(where, "tokens to be an Int32Array, one a row", tokens);
    return this.run(where, { tokens, batch: tokens.length, time: 1 }, states, memory);
  }

  /** @internal Tokens [rows, steps]; without lengths all of them count. */
  run(
    where: string,
    tokens: Omit<PaddedTokens, "lengths">,
    states: readonly S[],
    memory: Memory | undefined,
    lengths?: Int32Array,
  ): Decoded<S> {
    const { cells } = this;
    if (!Array.isArray(states)) throw kindError(where, "states to be an array", states);
    if (states.length !== cells.length)
      throw valueError(where, `${cells.length} states, one a cell`, states.length);
    return inFrame([this], () => {
      const after: S[] = [];
      let outputs = this.embed(tokens);
      cells.forEach((cell, i) => {
        const inputs = this.dropout.forward(outputs);
        const initialState = states[i] as S;
        const one = dynamicRNN(cell, inputs, { initialState, sequenceLength: lengths });
        outputs = one.outputs;
        after.push(one.state);
      });
      const { seen, weights } = this.#look(where, outputs, memory);
      return { logits: this.head.forward(this.dropout.forward(seen)), states: after, weights };
    });
  }

  /** h~ of every output, or the outputs themselves without attention. */
  #look(
    where: string,
    outputs: Tensor,
    memory: Memory | undefined,
  ): { seen: Tensor; weights: Tensor | undefined } {
    const { attention, combine } = this;
    if (!attention || !combine) return { seen: outputs, weights: undefined };
    if (memory === undefined) throw kindError(where, "memory for its attention", memory);
    const [rows, steps, size] = outputs.shape as [number, number, number];
    const batch = memory.values.shape[0]!;
    if (rows % batch !== 0)
      throw valueError(where, `rows for a memory of ${batch} sequences`, formatShape([rows]));
    const perSequence = (rows / batch) * steps;
    const query = reshape(outputs, [batch, perSequence, size]);
    const { context, weights } = attention.forward(query, memory);
    const seen = tanh(combine.forward(concat([context, query], 2)));
    return {
      seen: reshape(seen, [rows, steps, size]),
      weights: reshape(weights, [rows, steps, weights.shape[2]!]),
    };
  }
}
