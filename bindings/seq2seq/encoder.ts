import type { Cell } from "../cells/cell.ts";
import { checkFlag, checkOptions } from "../core/check.ts";
import { inFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { concat } from "../ops/shape.ts";
import { bidirectionalDynamicRNN, dynamicRNN } from "../unroll.ts";
import { type StackOptions, stackOptionNames, TokenStack } from "./stack.ts";
import type { PaddedTokens, TokenSequences } from "./tokens.ts";

/** What an encoder can be given. */
export interface EncoderOptions extends StackOptions {
  /** Whether cells come in pairs, the second of which runs backwards. Default false. */
  readonly bidirectional?: boolean | undefined;
}

/** What an encoder makes of sequences. */
export interface Encoded<S> {
  /** [batch, time, outputSize], zeros past the end of each sequence. */
  readonly outputs: Tensor;
  /** How many steps of each sequence count. */
  readonly lengths: Int32Array;
  /** Each cell's state after its last step, in the order of the cells. */
  readonly states: readonly S[];
}

/**
 * Reads sequences of tokens: embedding, then layers of any cells, forwards or both ways. Parameters: embedding.weight, and
 * those of the cells under cells.0, cells.1, ...
 */
export class Encoder<S> extends TokenStack<S> {
  /** Whether each layer also runs backwards. */
  readonly bidirectional: boolean;

  /**
   * `cells` layer by layer: one a layer, or with `bidirectional` two, forward before backward. The first one's inputSize is
   * the size of the embedding. Throws a RangeError where sizes do not fit, an Error where one cell is used twice.
   */
  constructor(vocabulary: number, cells: readonly Cell<S>[], options?: EncoderOptions) {
    const where = "Encoder";
    const checked = checkOptions(where, options, [...stackOptionNames, "bidirectional"]);
    const bidirectional = checkFlag(where, "bidirectional", checked.bidirectional);
    super(where, vocabulary, cells, bidirectional ? 2 : 1, checked);
    this.bidirectional = bidirectional;
  }

  /**
   * Sequences of tokens, padded to the longest; padding at their ends is not computed. One without tokens keeps a state of
   * zeros. Throws a TypeError or RangeError for what is not a token.
   */
  forward(sequences: TokenSequences): Encoded<S> {
    return this.run(this.pad("Encoder.forward", "sequences", sequences));
  }

  /** @internal Sequences that are one batch already. */
  run(padded: PaddedTokens): Encoded<S> {
    const { lengths } = padded;
    return inFrame([this], () => {
      const states: S[] = [];
      let outputs = this.embed(padded);
      for (let i = 0; i < this.cells.length; i += this.directions)
        outputs = this.#runLayer(i, this.dropout.forward(outputs), lengths, states);
      return { outputs: this.dropout.forward(outputs), lengths, states };
    });
  }

  /** The layer that begins with a cell: outputs out, final states into the list. */
  #runLayer(first: number, inputs: Tensor, lengths: Int32Array, states: S[]): Tensor {
    const [forward, backward] = [this.cells[first]!, this.cells[first + 1]!];
    if (!this.bidirectional) {
      const { outputs, state } = dynamicRNN(forward, inputs, { sequenceLength: lengths });
      states.push(state);
      return outputs;
    }
    const both = bidirectionalDynamicRNN(forward, backward, inputs, { sequenceLength: lengths });
    states.push(...both.states);
    return concat(both.outputs, 2);
  }
}
